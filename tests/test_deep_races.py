"""Two hundred at the same moment, also with a long way to PostgreSQL: exactly one gets it, nobody gets an error.

Run by `make test-deep`. At this size an operation may also say `busy`, which is a clean refusal: try again.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from accounts.tests.factories import StudentFactory
from core.models import Event
from core.registry import invariants
from scheduling.models import Calendar, Session
from scheduling.operations import (
    book_consultation,
    confirm_request,
    decline_request,
    hold_seat,
    move_session,
    publish_session,
    schedule,
    take_seat,
)
from scheduling.tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    NOW,
    CalendarFactory,
    SessionFactory,
    student_of,
)
from tests.racing import database_is_far, measured, together

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]
TEN = MONDAY + 10 * HOUR
CROWD = 200
AWAY = 0.02


@pytest.fixture(params=[0, AWAY], ids=["near", "far"])
def crowd(request):
    """Run all calls at once, near PostgreSQL or far from it; how often each answer was given."""
    folder = Path(tempfile.mkdtemp(prefix="far-"))
    yield lambda calls: _run(calls, folder, request.param)
    shutil.rmtree(folder, ignore_errors=True)


def _run(calls, folder, seconds):
    if not seconds:
        return Counter(together(*calls, patience=60))
    with database_is_far(folder, seconds=seconds):
        return Counter(together(*calls, patience=60))


def test_the_way_to_the_database_is_as_long_as_is_said():
    folder = Path(tempfile.mkdtemp(prefix="far-"))
    took = []

    def ask():
        with connection.cursor() as cursor:
            took.append(measured(lambda: cursor.execute("SELECT 1")))
            return cursor.fetchone()[0]

    with database_is_far(folder, seconds=AWAY):
        assert together(ask) == [1]
    assert together(ask) == [1]
    far, near = took
    assert far >= AWAY > near
    shutil.rmtree(folder)


def test_one_slot(crowd):
    calls = [booking(session) for session in sessions_of(CalendarFactory().coach)]
    clean_and_one(crowd(calls), "scheduled", "booked")


def test_two_overlapping_times_of_a_coach(crowd):
    sessions = sessions_of(CalendarFactory().coach)
    calls = [booking(session, TEN + (number % 2) * 30 * MINUTE) for number, session in enumerate(sessions)]
    clean_and_one(crowd(calls), "scheduled", "booked")


def test_one_student_and_two_coaches(crowd):
    student, coaches = StudentFactory(), [CalendarFactory().coach for _number in range(2)]
    sessions = [SessionFactory(coach=coaches[number % 2], student=student) for number in range(CROWD)]
    clean_and_one(crowd([booking(session) for session in sessions]), "scheduled", "booked")


def test_moving_into_a_slot_that_others_want(crowd):
    coach = CalendarFactory(most_a_day=None).coach
    days = [MONDAY + (7 + number) * DAY for number in range(50) if (MONDAY + number * DAY).weekday() < 5]
    times = [day + (9 + hour) * HOUR for day in days for hour in range(8)][: CROWD // 2]
    moving = [SessionFactory(coach=coach, starts_at=at) for at in times]
    fresh = sessions_of(coach, CROWD // 2)
    results = crowd([*map(move, moving), *map(booking, fresh)])
    assert results["agreed"] + results["scheduled"] == 1, results
    assert set(results) <= {"agreed", "scheduled", "busy", "booked"}, results
    assert_time_is_right()


def test_one_request_answered_by_yes_and_no(crowd):
    coach = CalendarFactory(confirms=Calendar.Confirms.REQUEST).coach
    session = schedule_now(SessionFactory(coach=coach))
    assert session.state == "requested"
    yes, no = (
        (lambda: confirm_request(session, by=coach, now=NOW).state),
        (lambda: decline_request(session, by=coach, now=NOW).state),
    )
    crowd([yes, no] * (CROWD // 2))
    answers = Event.objects.about(session).filter(name__in=["session_scheduled", "session_declined"]).count()
    assert answers == 1
    assert_time_is_right()


def test_two_requests_for_one_time(crowd):
    coach = CalendarFactory(confirms=Calendar.Confirms.REQUEST).coach
    clean_and_one(crowd([booking(session) for session in sessions_of(coach)]), "requested", "booked")


def test_the_last_seat_of_a_group(crowd):
    coach = CalendarFactory().coach
    group = publish_session(title="Salsa", starts_at=TEN, duration_minutes=60, seats=2, least=0, by=coach, now=NOW)
    take_seat(group, student=StudentFactory(), now=NOW)
    students = [StudentFactory() for _number in range(CROWD)]
    calls = [lambda who=who: hold_seat(group, by=who, now=NOW).state for who in students]
    clean_and_one(crowd(calls), "held", "full")
    assert group.participants.filter(role="student").exclude(state="left").count() == 2


def test_the_second_consultation_of_a_pair(crowd):
    coach, student = CalendarFactory().coach, StudentFactory()
    times = [TEN + (number % 5) * DAY for number in range(CROWD)]
    calls = [lambda at=at: book_consultation(coach, starts_at=at, by=student, now=NOW).state for at in times]
    clean_and_one(crowd(calls), "scheduled", "consultation_used", "booked")
    assert Session.objects.filter(kind="consultation").count() == 1


def sessions_of(coach, count=CROWD):
    return [SessionFactory(coach=coach) for _number in range(count)]


def booking(session, starts_at=TEN):
    student = student_of(session)
    return lambda: schedule(session, starts_at=starts_at, by=student, now=NOW).state


def move(session):
    student = student_of(session)
    return lambda: move_session(session, starts_at=TEN, by=student, now=NOW).state


def schedule_now(session):
    return schedule(session, starts_at=TEN, by=student_of(session), now=NOW)


def clean_and_one(results, won, *refusals):
    """One won; all others were told no, and nobody got an error."""
    assert results[won] == 1, results
    assert set(results) <= {won, "busy", *refusals}, results
    assert_time_is_right()


def assert_time_is_right():
    for name, find in invariants.items():
        if name.startswith("time: "):
            assert list(find()) == [], name
