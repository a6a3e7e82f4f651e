"""What becomes of reminders when the clock jumps, somebody leaves, or nobody was at work for a while."""

import pytest

from core.models import Event
from scheduling.models import Participant
from scheduling.operations import schedule
from scheduling.tasks import send_due_reminders
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture
def session():
    session = SessionFactory()
    return schedule(session, starts_at=TEN, by=student_of(session), now=NOW)


def sent(session):
    facts = Event.objects.about(session).filter(name="reminder_due").values_list("facts", flat=True)
    return sorted((each["kind"], each["recipient"]) for each in facts)


def both(session, kind):
    return sorted((kind, person) for person in (session.coach_id, student_of(session).pk))


@pytest.mark.parametrize(("left", "kind"), [(2 * HOUR, "day"), (40 * MINUTE, "hour"), (3 * MINUTE, "ready")])
def test_only_the_nearest_of_those_that_came_due_together_goes_out(session, left, kind):
    send_due_reminders(TEN - left)
    send_due_reminders(TEN - left)
    assert sent(session) == both(session, kind)


def test_the_others_are_dropped_for_good(session):
    send_due_reminders(TEN - 3 * MINUTE)
    kinds = session.reminders.order_by("kind").values_list("kind", "state").distinct()
    assert dict(kinds) == {"day": "dropped", "hour": "dropped", "ready": "sent"}


def test_those_that_come_due_one_after_the_other_all_go_out(session):
    for left in (DAY, HOUR, 5 * MINUTE):
        send_due_reminders(TEN - left)
    assert len(sent(session)) == 6


def test_a_jump_over_everything_reminds_nobody(session):
    send_due_reminders(TEN + HOUR)
    assert sent(session) == []


def test_who_has_left_is_not_reminded(session):
    Participant.objects.filter(session=session, user=session.coach).update(state="left")
    send_due_reminders(TEN - DAY)
    assert sent(session) == [("day", student_of(session).pk)]
