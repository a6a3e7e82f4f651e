"""What staff can say when somebody asks why they were not reminded."""

import pytest

from accounts.tests.factories import UserFactory
from core import outbox
from core.models import OutgoingMail
from notifications.deliveries import by_mail, in_app, with_deliveries
from notifications.operations import read_notices
from scheduling.models import Reminder
from scheduling.operations import schedule
from scheduling.tasks import send_due_reminders
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture
def session():
    session = SessionFactory()
    return schedule(session, starts_at=TEN, by=student_of(session), now=NOW)


def log(person):
    rows = with_deliveries(Reminder.objects.filter(recipient=person)).order_by("due_at")
    return [(row.kind, row.state, in_app(row), by_mail(row)) for row in rows]


def test_each_way_is_said_with_its_moment(session):
    student = student_of(session)
    send_due_reminders(TEN - DAY)
    assert log(student)[0] == ("day", "sent", "in the app 2027-01-10 10:00:00 UTC", "planned (0)")
    [mail] = OutgoingMail.objects.filter(to=student.email, subject="Your session tomorrow")
    outbox.carry(mail, now=TEN - DAY + MINUTE)
    read_notices(by=student, now=TEN - DAY + HOUR)
    assert log(student) == [
        (
            "day",
            "sent",
            "in the app 2027-01-10 10:00:00 UTC, read 2027-01-10 11:00:00 UTC",
            "sent 2027-01-10 10:01:00 UTC",
        ),
        ("hour", "planned", "–", "–"),
        ("ready", "planned", "–", "–"),
    ]


def test_a_mail_that_failed_says_why(session):
    student = student_of(session)
    send_due_reminders(TEN - DAY)
    OutgoingMail.objects.filter(to=student.email).update(state="failed", attempts=8, last_error="no such mailbox")
    assert log(student)[0][3] == "failed (8) no such mailbox"


def test_staff_read_it_beside_the_reminder_and_the_session(client, session):
    send_due_reminders(TEN - DAY)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    listed = client.get("/admin/scheduling/reminder/").content.decode()
    assert listed.count("in the app 2027-01-10 10:00:00 UTC") == 2
    page = client.get(f"/admin/scheduling/session/{session.pk}/change/").content.decode()
    assert page.count("in the app 2027-01-10 10:00:00 UTC") == 2


def test_who_is_reminded_late_is_not_told_of_tomorrow(session):
    student = student_of(session)
    send_due_reminders(TEN - 2 * HOUR)
    [notice] = student.notifications.filter(event__name="reminder_due")
    assert notice.text == f"Your session with {session.coach.name} is near: Mon 11 Jan 2027, 10:00 UTC."
