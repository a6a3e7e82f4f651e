"""Another time for an agreed session: at once, by asking, and every way in which it is refused."""

from collections import defaultdict

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

import core.events
from accounts.models import Role
from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Event
from scheduling.models import Move, Participant, Session
from scheduling.operations import (
    agree_to_move,
    answer_move,
    cancel_session,
    check_in,
    decline_move,
    expire_move,
    move_session,
    start,
    withdraw_move,
)
from scheduling.operations.reminding import plan_reminders
from scheduling.tasks import expire_unanswered_moves
from scheduling.tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    NOW,
    SessionFactory,
    claim,
    student_of,
)
from scheduling.tests.test_operations import claims, names, refused

pytestmark = pytest.mark.django_db
SECOND = MINUTE / 60
TEN = MONDAY + 10 * HOUR
LATER = TEN + 2 * DAY


def agreed(starts_at=TEN, **fields):
    session = SessionFactory(starts_at=starts_at, **fields)
    plan_reminders(session, now=NOW)
    return session


def asked(session, role, starts_at=LATER, now=NOW):
    return move_session(session, starts_at=starts_at, by=person(session, role), now=now)


def person(session, role):
    return session.coach if role == "coach" else student_of(session)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# At once


def test_a_student_moves_at_once_while_a_day_is_left():
    session = agreed()
    move = asked(session, "student", now=TEN - DAY)
    moved = fresh(session)
    assert (moved.state, moved.starts_at, moved.ends_at, moved.version) == ("scheduled", LATER, LATER + HOUR, 2)
    assert claims(moved) == {(who.pk, LATER, LATER + HOUR) for who in (session.coach, student_of(session))}
    assert (move.state, move.from_starts_at, move.answered_at) == ("agreed", TEN, TEN - DAY)
    assert Event.objects.about(session).get(name="session_moved").facts == {
        "move": move.pk,
        "role": "student",
        "was": TEN.isoformat(),
        "starts_at": LATER.isoformat(),
        "version": 2,
        "at_once": True,
    }


def test_a_move_leaves_the_old_reminders_behind_and_plans_new_ones():
    session = agreed()
    asked(session, "student")
    states = set(session.reminders.values_list("version", "kind", "state"))
    assert states == {
        *((1, kind, "dropped") for kind in ("day", "hour", "ready")),
        *((2, kind, "planned") for kind in ("day", "hour", "ready")),
    }


def test_the_start_that_counts_for_refunds_is_the_earliest_ever_agreed():
    session = agreed()
    asked(session, "student", LATER)
    assert (fresh(session).earliest_starts_at, fresh(session).stricter_start) == (TEN, TEN)
    asked(fresh(session), "student", TEN - HOUR)
    assert fresh(session).earliest_starts_at == TEN - HOUR


def test_the_zone_of_a_moved_session_is_still_that_of_its_earliest_start():
    session = agreed()
    asked(session, "student", now=TEN - 30 * HOUR)
    again = asked(fresh(session), "student", LATER + HOUR, now=TEN - 23 * HOUR)
    assert (again.state, fresh(session).starts_at) == ("open", LATER)


def test_a_session_of_a_series_that_moves_by_itself_is_not_taken_along_any_more():
    from scheduling.models import Series

    session = agreed()
    student = student_of(session)
    session.series = Series.objects.create(
        coach=session.coach,
        student=student,
        anchor=student,
        time_zone="UTC",
        weekday=0,
        clock="10:00",
        first_day=TEN.date(),
        weeks=4,
        duration_minutes=60,
        tz_version="2026a",
        made_at=NOW,
    )
    session.save()
    asked(session, "student")
    assert fresh(session).is_moved_alone is True


def test_moving_back_restores_all_but_version_and_the_start_that_counts():
    session = agreed()
    kept = [name.attname for name in Session._meta.concrete_fields if name.attname not in {"version"}]
    before, time_before = {name: getattr(fresh(session), name) for name in kept}, claims(session)
    asked(session, "student")
    asked(fresh(session), "student", TEN)
    assert {name: getattr(fresh(session), name) for name in kept} == before
    assert claims(session) == time_before
    assert set(session.reminders.filter(state="planned").values_list("version", "kind")) == {
        (3, "day"),
        (3, "hour"),
        (3, "ready"),
    }


def test_a_consultation_moves_at_once_until_two_hours_before():
    session = agreed(kind=Session.Kind.CONSULTATION, duration_minutes=15)
    assert asked(session, "student", now=TEN - 2 * HOUR).state == "agreed"
    other = agreed(kind=Session.Kind.CONSULTATION, duration_minutes=15)
    assert asked(other, "student", now=TEN - 2 * HOUR + SECOND).state == "open"


# By asking

EDGES = [
    ("student", 24 * HOUR, "agreed"),
    ("student", 24 * HOUR - SECOND, "open"),
    ("student", 10 * HOUR, "open"),
    ("student", 10 * HOUR - SECOND, "open"),
    ("student", SECOND, "open"),
    ("coach", 48 * HOUR, "open"),
    ("coach", 48 * HOUR - SECOND, "open"),
    ("coach", 10 * HOUR, "open"),
]


@pytest.mark.parametrize(("role", "before", "state"), EDGES)
def test_what_a_move_is_at_each_edge(role, before, state):
    session = agreed()
    move = asked(session, role, LATER, now=TEN - before)
    assert (move.state, fresh(session).starts_at) == (state, LATER if state == "agreed" else TEN)


DUE = [
    ("student", 23 * HOUR, 13 * HOUR),  # to the cutoff, ten hours before the start
    ("student", 9 * HOUR, 9 * HOUR),  # to the start, as the cutoff is over
    ("coach", 60 * HOUR, 24 * HOUR),
    ("coach", 20 * HOUR, 10 * HOUR),
]


@pytest.mark.parametrize(("role", "before", "answer"), DUE)
def test_until_when_an_answer_counts(role, before, answer):
    move = asked(agreed(), role, now=TEN - before)
    assert move.answer_due_at == TEN - before + answer


def test_an_answer_is_of_no_use_after_the_time_that_was_wanted():
    session = agreed(TEN + DAY)
    move = asked(session, "coach", TEN + 3 * HOUR, now=TEN - 10 * HOUR)
    assert move.answer_due_at == TEN + 3 * HOUR


def test_after_the_cutoff_a_coach_can_only_cancel():
    session = agreed()
    refused("locked", asked, session, "coach", now=TEN - 10 * HOUR + SECOND)
    assert not Move.objects.exists()


def test_the_time_asked_for_is_not_kept():
    session = agreed()
    asked(session, "coach")
    assert claims(session) == {(who.pk, TEN, TEN + HOUR) for who in (session.coach, student_of(session))}


@pytest.mark.parametrize(("role", "other"), [("coach", "student"), ("student", "coach")])
def test_the_other_side_agrees_and_the_session_moves(role, other):
    session = agreed()
    move = asked(session, role, now=TEN - 20 * HOUR)
    agree_to_move(move, by=person(session, other), now=TEN - 19 * HOUR)
    moved = fresh(session)
    assert (moved.starts_at, moved.version, fresh(move).state) == (LATER, 2, "agreed")
    assert claims(moved) == {(who.pk, LATER, LATER + HOUR) for who in (session.coach, student_of(session))}


@pytest.mark.parametrize("answer", [agree_to_move, decline_move])
def test_only_the_other_side_answers(answer):
    session = agreed()
    move = asked(session, "coach")
    for stranger in (session.coach, StudentFactory(), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            answer(move, by=stranger, now=NOW)
    assert fresh(move).state == "open"


@pytest.mark.parametrize("first", [agree_to_move, decline_move])
@pytest.mark.parametrize("second", [agree_to_move, decline_move])
def test_a_question_is_answered_once(first, second):
    session = agreed()
    move = asked(session, "coach")
    first(move, by=student_of(session), now=NOW)
    refused("answered", second, move, by=student_of(session), now=NOW)
    assert fresh(session).version == (2 if first is agree_to_move else 1)


def test_a_declined_move_leaves_the_agreed_time():
    session = agreed()
    move = decline_move(asked(session, "coach"), by=student_of(session), now=NOW)
    assert (move.state, fresh(session).starts_at, fresh(session).version) == ("declined", TEN, 1)


def test_whoever_asked_takes_it_back():
    session = agreed()
    move = asked(session, "coach")
    with pytest.raises(PermissionDenied):
        withdraw_move(move, by=student_of(session), now=NOW)
    assert withdraw_move(move, by=session.coach, now=NOW).state == "withdrawn"
    refused("answered", withdraw_move, move, by=session.coach, now=NOW)
    refused("answered", agree_to_move, move, by=student_of(session), now=NOW)


def test_silence_means_that_the_agreed_time_stands():
    session = agreed()
    move = asked(session, "coach")
    assert expire_unanswered_moves(NOW + DAY - SECOND) == 0
    assert expire_unanswered_moves(NOW + DAY) == 1
    assert expire_unanswered_moves(NOW + DAY) == 0
    assert (fresh(move).state, fresh(session).starts_at) == ("expired", TEN)
    assert names(session) == ["move_asked", "move_expired"]


def test_an_answer_after_its_time_is_refused_even_before_the_sweep():
    session = agreed()
    move = asked(session, "coach")
    refused("expired", agree_to_move, move, by=student_of(session), now=NOW + DAY + SECOND)


def test_a_move_that_is_not_due_does_not_expire():
    move = expire_move(asked(agreed(), "coach"), now=NOW)
    assert move.state == "open"


def test_a_student_answers_a_proposal_with_another_time():
    session = agreed()
    first = asked(session, "coach")
    other = answer_move(first, starts_at=LATER + HOUR, by=student_of(session), now=NOW)
    assert (fresh(first).state, other.state, other.role, other.answers) == ("answered", "open", "student", first)
    agree_to_move(other, by=session.coach, now=NOW)
    assert fresh(session).starts_at == LATER + HOUR


def test_only_a_coachs_proposal_is_answered_with_another_time():
    session = agreed()
    move = asked(session, "student", now=TEN - 20 * HOUR)
    refused("not_the_student", answer_move, move, starts_at=LATER + HOUR, by=session.coach, now=TEN - 20 * HOUR)


def test_notice_is_counted_from_when_it_was_asked():
    session = agreed()
    wanted = TEN + 3 * HOUR
    move = asked(session, "student", wanted, now=TEN - 9 * HOUR)  # exactly the coach's 12 hours
    agree_to_move(move, by=session.coach, now=TEN - HOUR)
    assert fresh(session).starts_at == wanted


# Refused


def test_a_stranger_moves_nothing():
    session = agreed()
    for stranger in (StudentFactory(), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            move_session(session, starts_at=LATER, by=stranger, now=NOW)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (TEN, "same_time"),
        (NOW - HOUR, "past"),
        (NOW + HOUR, "notice"),
        (MONDAY + 3 * HOUR, "outside_hours"),
        (TEN + 15 * MINUTE, "not_listed"),
        (TEN + 100 * DAY, "horizon"),
    ],
)
@pytest.mark.parametrize("role", ["coach", "student"])
def test_a_time_that_is_not_offered_is_refused(role, wanted, code):
    session = agreed()
    refused(code, asked, session, role, wanted)
    assert fresh(session).starts_at == TEN
    assert not Move.objects.exists()


def test_a_time_taken_meanwhile_is_refused_when_it_is_agreed_to():
    session = agreed()
    move = asked(session, "coach")
    SessionFactory(coach=session.coach, starts_at=LATER)
    refused("booked", agree_to_move, move, by=student_of(session), now=NOW)
    assert (fresh(move).state, fresh(session).starts_at) == ("open", TEN)


def test_one_question_at_a_time():
    session = agreed()
    asked(session, "coach")
    for role in ("coach", "student"):
        refused("move_open", asked, session, role, LATER + HOUR)


@pytest.mark.parametrize("role", ["coach", "student"])
def test_each_side_may_have_a_session_moved_twice(role):
    session = agreed()
    other = "student" if role == "coach" else "coach"
    for number in (1, 2):
        move = asked(fresh(session), role, LATER + number * HOUR)
        if move.state == "open":
            agree_to_move(move, by=person(session, other), now=NOW)
    refused("too_many_moves", asked, fresh(session), role, LATER + 3 * HOUR)
    assert asked(fresh(session), other, LATER + 3 * HOUR).pk


def test_what_was_refused_does_not_count():
    session = agreed()
    for _number in range(3):
        decline_move(asked(session, "coach"), by=student_of(session), now=NOW)
    withdraw_move(asked(session, "coach"), by=session.coach, now=NOW)
    withdraw_move(asked(session, "coach"), by=session.coach, now=NOW)
    refused("too_many_moves", asked, session, "coach")


@pytest.mark.parametrize("role", ["coach", "student"])
def test_a_session_that_runs_or_is_over_is_not_moved(role):
    session = agreed()
    refused("wrong_state", asked, session, role, now=TEN)
    check_in(session, by=session.coach, now=TEN - 5 * MINUTE)
    start(session, by=student_of(session), now=TEN - 4 * MINUTE)
    refused("wrong_state", asked, session, role, now=TEN - 3 * MINUTE)
    other = agreed()
    cancel_session(other, by=None, now=NOW)
    refused("wrong_state", asked, other, role)
    refused("wrong_state", asked, SessionFactory(), role)


def test_what_was_asked_of_another_version_is_not_agreed_to():
    session = agreed()
    move = asked(session, "coach")
    Session.objects.filter(pk=session.pk).update(version=2)
    refused("stale", agree_to_move, move, by=student_of(session), now=NOW)


def test_nobody_agrees_to_move_what_was_cancelled():
    session = agreed()
    move = asked(session, "coach")
    cancel_session(session, by=student_of(session), now=NOW)
    refused("answered", agree_to_move, move, by=student_of(session), now=NOW)
    assert fresh(session).state == "cancelled"


# Groups


def group(**fields):
    session = agreed(kind=Session.Kind.GROUP, seats=3, **fields)
    second = StudentFactory()
    Participant.objects.create(session=session, user=second, role=Role.STUDENT)
    claim(session, second)
    return session, second


def test_a_group_is_moved_by_its_coach_at_once_with_everybody():
    session, second = group()
    move = asked_by(session, session.coach)
    assert (move.state, fresh(session).starts_at) == ("agreed", LATER)
    assert {who for who, *_span in claims(session)} >= {session.coach_id, second.pk}
    assert {span for _who, *span in map(tuple, claims(session)) for span in [tuple(span)]} == {(LATER, LATER + HOUR)}


def test_a_student_does_not_move_a_group():
    session, second = group()
    refused("group", asked_by, session, second)


def test_a_group_is_not_moved_to_where_one_of_its_students_is_busy():
    session, second = group()
    SessionFactory(starts_at=LATER, student=second)
    refused("booked", asked_by, session, session.coach)
    assert fresh(session).starts_at == TEN


def asked_by(session, who):
    return move_session(session, starts_at=LATER, by=who, now=NOW)


def test_how_many_statements_a_move_takes(monkeypatch):
    """The operation alone: what upper floors do about it is theirs to count."""
    monkeypatch.setattr(core.events, "_reactions", defaultdict(list))
    session = agreed()
    student = student_of(session)
    with CaptureQueriesContext(connection) as said:
        move_session(session, starts_at=LATER, by=student, now=NOW)
    assert len(said) <= 19, "\n".join(each["sql"][:150] for each in said)
