"""Who came, and what follows from it."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Event
from scheduling.operations import check_in, close_session, confirm_outcome, end, settle_outcome, start
from scheduling.tests.factories import HOUR, MINUTE, MONDAY, SessionFactory, student_of
from scheduling.tests.test_operations import claims, names, refused

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def booked(**fields):
    return SessionFactory(starts_at=TEN, **fields)


def attended(coach=None, student=None):
    """A session into which the two came so many minutes after its start."""
    session = booked()
    for who, minutes in ((session.coach, coach), (student_of(session), student)):
        if minutes is not None:
            check_in(session, by=who, now=TEN + minutes * MINUTE)
    return session


def test_the_first_check_in_is_kept_and_later_ones_change_nothing():
    session = booked()
    assert check_in(session, by=session.coach, now=TEN - 10 * MINUTE).checked_in_at == TEN - 10 * MINUTE
    assert check_in(session, by=session.coach, now=TEN + 5 * MINUTE).checked_in_at == TEN - 10 * MINUTE
    session.refresh_from_db()
    assert (session.state, session.started_at, names(session)) == ("scheduled", None, ["checked_in"])


def test_with_both_sides_here_the_session_is_in_progress():
    session = attended(coach=-3, student=2)
    session.refresh_from_db()
    assert (session.state, session.started_at) == ("in_progress", TEN + 2 * MINUTE)
    assert names(session) == ["checked_in", "checked_in", "session_started"]


def test_two_students_alone_do_not_make_a_session():
    session = booked()
    first, second = student_of(session), StudentFactory()
    session.participants.create(user=second, role="student")
    for student in (first, second):
        check_in(session, by=student, now=TEN)
    session.refresh_from_db()
    assert session.state == "scheduled"


def test_the_waiting_room_is_open_from_ten_minutes_before_to_the_end():
    session = booked()
    refused("too_early", check_in, session, by=session.coach, now=TEN - 10.01 * MINUTE)
    refused("over", check_in, session, by=session.coach, now=TEN + HOUR)
    assert check_in(session, by=session.coach, now=TEN + 59 * MINUTE).checked_in_at == TEN + 59 * MINUTE


@pytest.mark.parametrize("state", ["held", "cancelled", "completed", "missed"])
def test_only_an_agreed_session_can_be_joined(state):
    fields = {"hold_expires_at": TEN} if state == "held" else {}
    session = booked(state=state, **fields)
    refused("wrong_state", check_in, session, by=session.coach, now=TEN)
    refused("wrong_state", start, session, by=session.coach, now=TEN)


def test_strangers_neither_join_nor_start_nor_end_nor_vouch():
    session = booked(state="in_progress")
    for operation in (check_in, start, end, confirm_outcome):
        with pytest.raises(PermissionDenied):
            operation(session, by=StudentFactory(), now=TEN)


def test_the_coach_starts_which_is_a_check_in_and_starting_twice_changes_nothing():
    session = booked()
    for minute in (1, 4):
        session = start(session, by=session.coach, now=TEN + minute * MINUTE)
    assert (session.state, session.started_at) == ("in_progress", TEN + MINUTE)
    assert session.participants.get(role="coach").checked_in_at == TEN + MINUTE
    assert names(session) == ["checked_in", "session_started"]


def test_a_student_starts_only_what_the_coach_has_come_to():
    session = booked()
    student = student_of(session)
    refused("coach_not_here", start, session, by=student, now=TEN)
    check_in(session, by=session.coach, now=TEN)
    assert start(session, by=student, now=TEN + MINUTE).started_at == TEN + MINUTE


def test_a_coach_who_started_alone_is_not_evidence_of_the_student():
    session = booked()
    start(session, by=session.coach, now=TEN)
    session = close_session(session, now=TEN + HOUR)
    assert (session.state, session.outcome) == ("missed", "student_absent")


@pytest.mark.parametrize(
    ("coach", "student", "state", "outcome"),
    [
        (0, 0, "completed", "completed"),
        (15, 15, "completed", "completed"),
        (0, None, "missed", "student_absent"),
        (None, 0, "missed", "coach_absent"),
        (None, None, "missed", "both_absent"),
        (0, 16, "missed", "student_absent"),
        (16, 0, "missed", "coach_absent"),
        (16, 17, "completed", "unclear"),
        (16, None, "completed", "unclear"),
        (None, 16, "completed", "unclear"),
    ],
)
def test_a_session_whose_time_is_up_ends_with_what_the_check_ins_show(coach, student, state, outcome):
    session = close_session(attended(coach, student), now=TEN + HOUR)
    assert (session.state, session.outcome, session.ended_at) == (state, outcome, TEN + HOUR)
    assert claims(session) == set()
    last = Event.objects.about(session).last()
    assert (last.name, last.by, last.facts) == ("session_ended", None, {"outcome": outcome})


def test_closing_waits_for_the_end_and_happens_once():
    session = close_session(booked(), now=TEN + HOUR - MINUTE)
    assert session.state == "scheduled"
    for _time in range(2):
        session = close_session(session, now=TEN + 2 * HOUR)
    assert (session.ended_at, names(session)) == (TEN + HOUR, ["session_ended"])


def test_either_side_ends_it_once():
    session = attended(0, 0)
    session = end(session, by=session.coach, now=TEN + 50 * MINUTE)
    session = end(session, by=student_of(session), now=TEN + 55 * MINUTE)
    assert (session.state, session.outcome, session.ended_at) == ("completed", "completed", TEN + 50 * MINUTE)
    assert names(session).count("session_ended") == 1


def test_ended_before_half_its_time_it_is_unclear():
    session = attended(0, 0)
    session = end(session, by=student_of(session), now=TEN + 29 * MINUTE)
    assert (session.state, session.outcome) == ("completed", "unclear")


def test_what_has_not_started_cannot_be_ended():
    session = booked()
    refused("not_started", end, session, by=session.coach, now=TEN)


def test_an_end_after_the_planned_end_counts_as_the_planned_one():
    session = attended(0, 0)
    assert end(session, by=session.coach, now=TEN + 61 * MINUTE).ended_at == TEN + HOUR


def test_each_side_says_once_that_it_took_place():
    session = close_session(attended(0, 0), now=TEN + HOUR)
    student = student_of(session)
    for hours in (1, 2):
        confirm_outcome(session, by=student, now=TEN + hours * HOUR)
    assert session.participants.get(user=student).confirmed_at == TEN + HOUR
    [event] = Event.objects.about(session).filter(name="session_confirmed")
    assert (event.by, event.facts) == (student, {"role": "student"})


def test_an_unclear_session_took_place_when_both_say_so():
    session = close_session(attended(None, 16), now=TEN + HOUR)
    confirm_outcome(session, by=student_of(session), now=TEN + 2 * HOUR)
    session.refresh_from_db()
    assert session.outcome == "unclear"
    session = confirm_outcome(session, by=session.coach, now=TEN + 3 * HOUR)
    assert (session.state, session.outcome) == ("completed", "completed")
    assert Event.objects.about(session).last().facts == {"outcome": "completed"}
    assert names(session)[-3:] == ["session_confirmed", "session_confirmed", "session_settled"]


@pytest.mark.parametrize("state", ["scheduled", "in_progress", "missed", "cancelled"])
def test_only_what_took_place_can_be_confirmed(state):
    session = booked(state=state)
    refused("not_completed", confirm_outcome, session, by=session.coach, now=TEN)


@pytest.mark.parametrize(
    ("outcome", "state"), [("completed", "completed"), ("coach_absent", "missed"), ("both_absent", "missed")]
)
def test_staff_settle_what_is_unclear_once(outcome, state):
    session = close_session(attended(None, 16), now=TEN + HOUR)
    staff = UserFactory(is_staff=True, is_superuser=True)
    session = settle_outcome(session, outcome=outcome, by=staff, now=TEN + 2 * HOUR)
    assert (session.state, session.outcome) == (state, outcome)
    event = Event.objects.about(session).last()
    assert (event.name, event.by, event.facts) == ("session_settled", staff, {"outcome": outcome})
    refused("already_settled", settle_outcome, session, outcome="completed", by=staff, now=TEN)


def test_settling_needs_staff_and_an_answer():
    session = close_session(attended(None, 16), now=TEN + HOUR)
    for somebody in (session.coach, UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            settle_outcome(session, outcome="completed", by=somebody, now=TEN)
    refused(
        "no_outcome",
        settle_outcome,
        session,
        outcome="unclear",
        by=UserFactory(is_staff=True, is_superuser=True),
        now=TEN,
    )


def test_nobody_ends_a_session_before_its_agreed_start():
    session = attended(coach=-5, student=-5)
    refused("too_early", end, session, by=session.coach, now=TEN - MINUTE)
    session.refresh_from_db()
    assert session.state == "in_progress"
