"""Many who want another time at the same moment. Each race has its control: without the guard it goes wrong."""

import threading
from collections import Counter

import pytest

from core.models import Event
from core.registry import invariants
from scheduling.models import Move, Session
from scheduling.operations import agree_to_move, move_session, moving, withdraw_move
from scheduling.tests.factories import DAY, HOUR, MONDAY, NOW, SessionFactory, student_of
from scheduling.tests.test_races import (
    CLIENTS,
    booking,
    double_bookings,
    no_constraint,  # noqa: F401 - a fixture
    no_lock,  # noqa: F401 - a fixture
    sessions_of_one_coach,
)
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = MONDAY + 2 * DAY + 10 * HOUR


def moving_to(session):
    student = student_of(session)
    return lambda: move_session(session, starts_at=WANTED, by=student, now=NOW).state


def half_move_half_book(clients):
    """Sessions at other times that want to move to one slot, and as many that are booked into it."""
    unscheduled = sessions_of_one_coach(clients // 2)
    coach = unscheduled[0].coach
    agreed = [
        SessionFactory(coach=coach, starts_at=MONDAY + DAY * (n % 2) + (9 + n) * HOUR) for n in range(clients // 2)
    ]
    return [moving_to(each) for each in agreed] + [booking(each, WANTED) for each in unscheduled]


def test_of_twenty_who_move_to_or_book_one_slot_exactly_one_gets_it():
    answers = Counter(together(*half_move_half_book(CLIENTS)))
    assert answers["agreed"] + answers["scheduled"] == 1
    assert set(answers) <= {"agreed", "scheduled", "booked", "taken", "busy"}
    assert Session.objects.filter(starts_at=WANTED).count() == 1
    assert {name: list(check()) for name, check in invariants.items() if list(check())} == {}


def test_without_lock_and_constraint_they_are_booked_twice(no_lock, no_constraint):  # noqa: F811
    calls = half_move_half_book(4)
    no_lock(4)
    together(*calls)
    assert double_bookings() > 0


def asked():
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR)
    return session, move_session(session, starts_at=WANTED, by=session.coach, now=NOW)


def test_of_twenty_approvals_one_counts():
    session, move = asked()
    student = student_of(session)
    answers = together(*[lambda: agree_to_move(move, by=student, now=NOW).state] * CLIENTS)
    assert Counter(answers) == {"agreed": 1, "answered": 19}
    session.refresh_from_db()
    assert (session.version, session.starts_at) == (2, WANTED)
    assert Event.objects.filter(name="session_moved").count() == 1


def test_without_the_lock_a_question_is_answered_twice(monkeypatch):
    barrier = threading.Barrier(2)

    def read_together(row):
        fresh = type(row).objects.get(pk=row.pk)
        barrier.wait(20)
        return fresh

    session, move = asked()
    student, people = student_of(session), [session.coach, student_of(session)]
    monkeypatch.setattr(moving, "in_turn", lambda row: (Session.objects.get(pk=row.pk), people))
    monkeypatch.setattr(moving, "locked", read_together)
    answers = together(*[lambda: agree_to_move(move, by=student, now=NOW).state] * 2)
    assert "answered" not in answers  # both found it open; what one of them came to is an error of the database
    assert answers != ["agreed", "agreed"]


def test_a_question_taken_back_while_it_is_answered_ends_one_way():
    for _round in range(5):
        session, move = asked()
        student, coach = student_of(session), session.coach
        calls = [lambda: agree_to_move(move, by=student, now=NOW).state] * 5  # noqa: B023
        calls += [lambda: withdraw_move(move, by=coach, now=NOW).state] * 5  # noqa: B023
        answers = Counter(together(*calls))
        assert answers["answered"] == 9
        state = Move.objects.get(pk=move.pk).state
        assert answers[state] == 1
        session.refresh_from_db()
        assert session.version == (2 if state == "agreed" else 1)
