"""Twenty who ask, and twenty answers, at the same moment. Each has its control: without the guard it goes wrong."""

import threading
from collections import Counter

import pytest

from scheduling.models import Session, TimeClaim
from scheduling.operations import confirm_request, decline_request, requesting
from scheduling.tests.factories import HOUR, MONDAY, NOW, CalendarFactory, SessionFactory
from scheduling.tests.test_operations import names
from scheduling.tests.test_races import CLIENTS, booking, double_bookings, no_constraint, no_lock
from tests.racing import together

__all__ = ["no_constraint", "no_lock"]
pytestmark = pytest.mark.django_db(transaction=True)
TEN = MONDAY + 10 * HOUR


def wishes(count):
    coach = CalendarFactory(confirms="request").coach
    return [SessionFactory(coach=coach) for _number in range(count)]


def asked(count=1):
    """Requests of one coach, an hour each, one after the other."""
    sessions = wishes(count)
    for number, session in enumerate(sessions):
        assert booking(session, TEN + number * HOUR)() == "requested"
    return sessions


def yes(session):
    return lambda: confirm_request(session, by=session.coach, now=NOW).state


def no(session):
    return lambda: decline_request(session, by=session.coach, now=NOW).state


def answers(session):
    return [name for name in names(session) if name in {"session_scheduled", "session_declined"}]


@pytest.fixture
def no_lock_of_the_session(monkeypatch):
    """Two read the request without its lock, both before either answers."""
    barrier = threading.Barrier(2)

    def read_together(row):
        row = Session.objects.get(pk=row.pk)
        barrier.wait(20)
        return row

    monkeypatch.setattr(requesting, "locked", read_together)


def test_of_twenty_who_ask_for_one_time_one_waits_for_the_answer():
    assert Counter(together(*map(booking, wishes(CLIENTS)))) == {"requested": 1, "booked": CLIENTS - 1}
    assert (TimeClaim.objects.count(), double_bookings()) == (2, 0)


def test_control_without_lock_and_constraint_a_time_is_asked_for_twice(no_lock, no_constraint):
    calls = [booking(each) for each in wishes(5)]
    no_lock(5)
    assert Counter(together(*calls)) == {"requested": 5}
    assert double_bookings() == 10


def test_two_requests_confirmed_ten_times_each_at_once_are_agreed_once_each():
    both = asked(2)
    assert Counter(together(*map(yes, both * (CLIENTS // 2)))) == {"scheduled": CLIENTS}
    assert [answers(each) for each in both] == [["session_scheduled"]] * 2
    assert (TimeClaim.objects.count(), double_bookings()) == (4, 0)
    assert all(each.reminders.count() == 6 for each in both)


def test_ten_times_yes_and_ten_times_no_are_one_answer():
    [session] = asked()
    results = Counter(together(*[yes(session), no(session)] * (CLIENTS // 2)))
    session.refresh_from_db()
    [answer] = answers(session)
    if answer == "session_scheduled":
        assert (results, session.time_claims.count()) == ({"scheduled": 10, "wrong_state": 10}, 2)
    else:
        assert (results, session.time_claims.count()) == ({"unscheduled": 1, "wrong_state": 19}, 0)


@pytest.mark.usefixtures("no_lock_of_the_session")
def test_control_without_the_lock_a_request_is_confirmed_and_declined():
    [session] = asked()
    together(yes(session), no(session))
    assert answers(session) != ["session_scheduled"]
    assert len(answers(session)) == 2


@pytest.mark.usefixtures("no_lock_of_the_session")
def test_control_without_the_lock_two_confirmations_are_not_one():
    [session] = asked()
    results = together(yes(session), yes(session))
    assert len(answers(session)) == 2 or any("Error" in each for each in results)
