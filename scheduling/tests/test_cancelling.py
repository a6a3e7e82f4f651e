"""What a cancellation leaves behind: who, how long before, of which time; and which consultations count."""

import pytest

from accounts.tests.factories import UserFactory
from core.models import Event
from scheduling.models import Move, Session
from scheduling.operations import agree_to_move, answer_move, cancel_session, move_session
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def facts(session):
    return Event.objects.about(session).get(name="session_cancelled").facts


def person(session, role):
    return {"coach": session.coach, "student": student_of(session), "staff": UserFactory(is_staff=True), "": None}[role]


@pytest.mark.parametrize("role", ["coach", "student", "staff", ""])
def test_a_cancellation_says_who_and_how_long_before(role):
    session = SessionFactory(starts_at=TEN)
    cancel_session(session, by=person(session, role), now=TEN - 10 * HOUR + MINUTE / 60)
    assert facts(session) == {
        "was": "scheduled",
        "role": role,
        "notice_minutes": 599,
        "starts_at": "2027-01-11T10:00:00+00:00",
    }


def moved_by(role, starts_at=TEN, to=TEN + DAY):
    """An agreed session that this side asked to move, and the other agreed."""
    session = SessionFactory(starts_at=starts_at)
    move = move_session(session, starts_at=to, by=person(session, role), now=NOW)
    if move.state == Move.State.OPEN:
        agree_to_move(move, by=person(session, "student"), now=NOW)
    return Session.objects.get(pk=session.pk)


@pytest.mark.parametrize(
    ("wished", "by", "minutes"),
    [
        ("coach", "coach", 120),
        ("coach", "student", 120),
        ("student", "student", 120),
        ("student", "coach", 120 + 24 * 60),  # the student's wish is not held against the coach
    ],
)
def test_the_notice_is_counted_to_the_earliest_start_that_who_calls_off_answers_for(wished, by, minutes):
    session = moved_by(wished)
    cancel_session(session, by=person(session, by), now=TEN - 2 * HOUR)
    assert facts(session)["notice_minutes"] == minutes


def test_a_time_with_which_the_student_answered_the_coachs_wish_counts_as_the_coachs():
    session = SessionFactory(starts_at=TEN)
    wish = move_session(session, starts_at=TEN + DAY, by=session.coach, now=NOW)
    other = answer_move(wish, starts_at=TEN + 2 * DAY, by=student_of(session), now=NOW)
    agree_to_move(other, by=session.coach, now=NOW)
    cancel_session(session, by=session.coach, now=TEN - 2 * HOUR)
    assert facts(session)["notice_minutes"] == 120


def test_a_session_without_a_time_has_no_notice():
    session = SessionFactory()
    cancel_session(session, by=session.coach, now=NOW)
    assert facts(session) == {"was": "unscheduled", "role": "coach", "notice_minutes": None, "starts_at": None}


@pytest.mark.parametrize(
    ("role", "before", "counts"),
    [
        ("student", 2 * HOUR, False),
        ("student", 2 * HOUR - MINUTE / 60, True),
        ("coach", MINUTE, False),
        ("staff", MINUTE, False),
        ("", MINUTE, False),
    ],
)
def test_a_cancelled_consultation_counts_only_where_the_student_was_late(role, before, counts):
    session = SessionFactory(starts_at=TEN, kind=Session.Kind.CONSULTATION, duration_minutes=15)
    assert cancel_session(session, by=person(session, role), now=TEN - before).uses_up is counts


def test_nobody_is_asked_any_more_to_move_what_was_cancelled():
    session = SessionFactory(starts_at=TEN)
    move = Move.objects.create(
        session=session,
        version=1,
        asked_by=session.coach,
        role="coach",
        from_starts_at=TEN,
        starts_at=TEN + DAY,
        asked_at=NOW,
        answer_due_at=NOW + DAY,
    )
    cancel_session(session, by=session.coach, now=NOW)
    move.refresh_from_db()
    assert (move.state, move.answered_at) == ("withdrawn", NOW)
