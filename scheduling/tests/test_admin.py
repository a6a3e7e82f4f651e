"""What staff see of time, and the one thing they decide."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.tests.factories import UserFactory
from core.models import Event
from scheduling.models import Calendar, Reminder
from scheduling.operations import check_in, close_session, schedule
from scheduling.tests.factories import HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture
def staff(client):
    person = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


@pytest.fixture
def unclear(clock):
    clock.travel_to(TEN + 2 * HOUR)
    session = SessionFactory(starts_at=TEN)
    check_in(session, by=student_of(session), now=TEN + 20 * MINUTE)
    return close_session(session, now=TEN + HOUR)


def change(row):
    return reverse(f"admin:scheduling_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("model", ["session", "reminder", "timeclaim", "calendar"])
def test_lists_and_searches_open(client, staff, model):
    session = SessionFactory()
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    address = reverse(f"admin:scheduling_{model}_changelist")
    assert client.get(address).status_code == 200
    assert client.get(address, {"q": session.coach.email}).status_code == 200
    assert client.get(address, {"q": "nobody"}).status_code == 200


def test_a_session_shows_its_evidence_and_its_timeline_and_cannot_be_saved(client, staff, unclear):
    page = client.get(change(unclear)).text
    for words in ("10:20", "checked_in", "session_ended", "outcome=unclear", student_of(unclear).name):
        assert words in page
    assert client.post(change(unclear), {"state": "missed"}).status_code == 403
    assert client.post(reverse("admin:scheduling_session_add")).status_code == 403
    unclear.refresh_from_db()
    assert unclear.state == "completed"


def test_staff_settle_what_is_unclear(client, staff, unclear):
    address = reverse("admin:scheduling_session_actions", args=[unclear.pk, "settle"])
    assert "actions/settle" in client.get(change(unclear)).text
    assert "What did session" in client.get(address).text
    assert "required" in client.post(address, {}).text
    assert client.post(address, {"outcome": "coach_absent"}).headers["Location"] == change(unclear)
    unclear.refresh_from_db()
    assert (unclear.state, unclear.outcome) == ("missed", "coach_absent")
    event = Event.objects.about(unclear).last()
    assert (event.name, event.by) == ("session_settled", staff)
    assert "actions/settle" not in client.get(change(unclear)).text


def test_settling_twice_is_refused_on_the_form(client, staff, unclear):
    address = reverse("admin:scheduling_session_actions", args=[unclear.pk, "settle"])
    client.post(address, {"outcome": "completed"})
    assert "is not open" in client.post(address, {"outcome": "coach_absent"}).text
    unclear.refresh_from_db()
    assert unclear.outcome == "completed"


def test_staff_without_the_right_do_not_settle(client, unclear):
    client.force_login(UserFactory(is_staff=True))
    address = reverse("admin:scheduling_session_actions", args=[unclear.pk, "settle"])
    assert client.post(address, {"outcome": "completed"}).status_code == 403
    unclear.refresh_from_db()
    assert unclear.outcome == "unclear"


def test_reminders_are_a_log(client, staff):
    session = SessionFactory()
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    reminder = Reminder.objects.first()
    assert client.post(change(reminder), {"state": "sent"}).status_code == 403


def test_staff_mend_a_coach_s_hours(client, staff):
    calendar = CalendarFactory(hours=[])
    data = {name: getattr(calendar, name) for name in ("buffer_before_minutes", "buffer_after_minutes", "step_minutes")}
    data |= {"coach": calendar.coach_id, "time_zone": "Europe/Madrid", "notice_hours": 24, "horizon_days": 60}
    data |= {
        name: getattr(calendar, name) for name in ("confirms", "unverified", "meeting", "consultation_notice_hours")
    }
    data |= {"weekly_hours-TOTAL_FORMS": 1, "weekly_hours-INITIAL_FORMS": 0, "weekly_hours-0-weekday": 2}
    data |= {"weekly_hours-0-starts": "09:00", "weekly_hours-0-ends": "12:00"}
    assert client.post(change(calendar), data).status_code == 302
    calendar = Calendar.objects.get()
    assert (calendar.time_zone, calendar.notice_hours, calendar.weekly_hours.get().weekday) == ("Europe/Madrid", 24, 2)


def ask(client, calendar, **typed):
    asked = {"day": "2027-01-11", "clock": "10:00", "minutes": 60, "kind": ""} | typed
    return client.get(reverse("admin:scheduling_calendar_actions", args=[calendar.pk, "why_not"]), asked)


def supporter(client):
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="support"))
    client.force_login(person)


def test_support_read_why_a_time_is_not_to_be_had(client, clock):
    clock.travel_to(NOW)
    supporter(client)
    session = SessionFactory(starts_at=TEN)
    calendar = session.coach.calendar
    full = "Another session, agreed or held, takes the time from Mon 11 Jan 2027, 10:00 UTC to 11:00."
    assert full in ask(client, calendar).text
    student = SessionFactory(starts_at=TEN + 2 * HOUR).participants.get(role="student").user
    assert "can be booked" in ask(client, calendar, clock="12:00").text
    assert "The student has another session" in ask(client, calendar, clock="12:00", student=student.email).text
    assert "Nobody has this address" in ask(client, calendar, student="nobody@example.com").text


def test_staff_without_the_right_do_not_ask(client, clock):
    client.force_login(UserFactory(is_staff=True))
    assert ask(client, CalendarFactory()).status_code == 403
