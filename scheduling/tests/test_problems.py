"""Reporting what went wrong with a session, taking it back, and staff's answer."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Event
from scheduling.models import Problem
from scheduling.operations import (
    cancel_session,
    check_in,
    close_session,
    report_problem,
    solve_problem,
    withdraw_problem,
)
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, SessionFactory, student_of
from scheduling.tests.test_operations import refused

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
OVER = TEN + HOUR
SAID = {"kind": "quality", "text": "We did not get to the exercises."}


@pytest.fixture
def support():
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name="support"))
    return person


@pytest.fixture
def session():
    session = SessionFactory(starts_at=TEN)
    for who in (session.coach, student_of(session)):
        check_in(session, by=who, now=TEN)
    return close_session(session, now=OVER)


def test_either_side_reports_and_it_is_written_down(session):
    for who, role in ((student_of(session), "student"), (session.coach, "coach")):
        problem = report_problem(session, by=who, now=OVER, kind="quality", text="  We did not get to it. ")
        assert (problem.state, problem.kind, problem.text) == ("open", "quality", "We did not get to it.")
        event = Event.objects.about(problem).get()
        assert (event.name, event.by) == ("problem_reported", who)
        assert event.facts == {"session": session.pk, "kind": "quality", "role": role}


def test_it_is_reported_from_the_start_until_three_days_after_the_end():
    session = SessionFactory(starts_at=TEN)
    student = student_of(session)
    refused("not_now", report_problem, session, by=student, now=TEN - MINUTE / 60, **SAID)
    report_problem(session, by=student, now=TEN, **SAID)
    over = SessionFactory(starts_at=TEN)
    close_session(over, now=OVER)
    refused("not_now", report_problem, over, by=over.coach, now=OVER + 3 * DAY, **SAID)
    report_problem(over, by=over.coach, now=OVER + 3 * DAY - MINUTE / 60, **SAID)


def test_three_days_count_from_when_it_was_ended(session):
    type(session).objects.filter(pk=session.pk).update(ended_at=TEN + 30 * MINUTE)
    refused("not_now", report_problem, session, by=session.coach, now=TEN + 3 * DAY + 30 * MINUTE, **SAID)


def test_what_was_called_off_has_no_problem():
    session = SessionFactory(starts_at=TEN)
    cancel_session(session, by=session.coach, now=TEN - DAY)
    refused("not_now", report_problem, session, by=session.coach, now=TEN, **SAID)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "weather", "text": "Rain"}, "no_kind"),
        ({"kind": "late", "text": "   "}, "no_words"),
        ({"kind": "late", "text": "x" * 2001}, "no_words"),
    ],
)
def test_a_report_says_what_and_why(session, said, code):
    refused(code, report_problem, session, by=session.coach, now=OVER, **said)


def test_strangers_report_nothing_and_withdraw_nothing(session):
    with pytest.raises(PermissionDenied):
        report_problem(session, by=StudentFactory(), now=OVER, **SAID)
    problem = report_problem(session, by=session.coach, now=OVER, **SAID)
    for somebody in (StudentFactory(), student_of(session)):
        with pytest.raises(PermissionDenied):
            withdraw_problem(problem, by=somebody, now=OVER)


def test_one_person_has_one_open_report_of_a_session(session):
    report_problem(session, by=session.coach, now=OVER, **SAID)
    refused("already_reported", report_problem, session, by=session.coach, now=OVER, **SAID)


def test_it_is_taken_back_once_and_may_be_reported_again(session):
    problem = report_problem(session, by=session.coach, now=OVER, **SAID)
    for hours in (1, 2):
        problem = withdraw_problem(problem, by=session.coach, now=OVER + hours * HOUR)
    assert (problem.state, problem.solved_at) == ("withdrawn", OVER + HOUR)
    assert [event.name for event in Event.objects.about(problem)] == ["problem_reported", "problem_withdrawn"]
    assert report_problem(session, by=session.coach, now=OVER + 3 * HOUR, **SAID).state == "open"


def test_staff_solve_it_once_and_it_stays_solved(session, support):
    problem = report_problem(session, by=session.coach, now=OVER, **SAID)
    solved = solve_problem(problem, verdict="as_it_stands", decision=" Seen. ", by=support, now=OVER + DAY)
    assert (solved.state, solved.decision, solved.solved_at) == ("solved", "Seen.", OVER + DAY)
    again = {"verdict": "as_it_stands", "decision": "No", "by": support, "now": OVER}
    refused("not_open", solve_problem, problem, **again)
    refused("not_open", withdraw_problem, problem, by=session.coach, now=OVER)
    refused("already_solved", report_problem, session, by=session.coach, now=OVER + DAY, **SAID)


def test_solving_needs_the_right_and_words(session, support):
    problem = report_problem(session, by=session.coach, now=OVER, **SAID)
    for somebody in (session.coach, UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            solve_problem(problem, verdict="refund", decision="Seen.", by=somebody, now=OVER)
    refused("no_words", solve_problem, problem, verdict="refund", decision=" ", by=support, now=OVER)
    assert Problem.objects.get().state == "open"
