"""Twenty clicks at the same moment on Join, Start and End. Each has its control: without the lock it goes wrong."""

import threading
from collections import Counter

import pytest

from core.models import Event
from scheduling.models import Session
from scheduling.operations import attendance, check_in, end, start
from scheduling.tests.factories import HOUR, MINUTE, MONDAY, SessionFactory
from scheduling.tests.test_operations import names
from scheduling.tests.test_races import CLIENTS
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
TEN = MONDAY + 10 * HOUR


def both(session):
    return [place.user for place in session.people]


def clicks(operation, session, at):
    people = both(session)
    return [lambda who=people[number % 2]: bool(operation(session, by=who, now=at)) for number in range(CLIENTS)]


def running():
    session = SessionFactory(starts_at=TEN, state="in_progress", started_at=TEN)
    session.participants.update(checked_in_at=TEN)
    return session


@pytest.fixture
def no_lock(monkeypatch):
    """Rows are read without their lock, and everybody reads before anybody writes."""
    barrier = threading.Barrier(CLIENTS)

    def read_together(row):
        row = Session.objects.get(pk=row.pk)
        barrier.wait(20)
        return row

    monkeypatch.setattr(attendance, "locked", read_together)


def test_of_twenty_joins_each_side_is_checked_in_once_and_it_begins_once():
    session = SessionFactory(starts_at=TEN)
    assert Counter(together(*clicks(check_in, session, TEN))) == {True: CLIENTS}
    assert Counter(names(session)) == {"checked_in": 2, "session_started": 1}


def test_of_twenty_starts_it_begins_once():
    session = SessionFactory(starts_at=TEN)
    check_in(session, by=session.coach, now=TEN)
    assert Counter(together(*clicks(start, session, TEN + MINUTE))) == {True: CLIENTS}
    assert Counter(names(session)) == {"checked_in": 2, "session_started": 1}


def test_of_twenty_ends_it_ends_once():
    session = running()
    assert Counter(together(*clicks(end, session, TEN + 55 * MINUTE))) == {True: CLIENTS}
    assert names(session).count("session_ended") == 1
    session.refresh_from_db()
    assert (session.state, session.ended_at, session.actual_minutes) == ("completed", TEN + 55 * MINUTE, 55)


@pytest.mark.usefixtures("no_lock")
def test_control_without_the_lock_it_ends_more_than_once():
    session = running()
    together(*clicks(end, session, TEN + 55 * MINUTE))
    assert names(session).count("session_ended") > 1


@pytest.mark.usefixtures("no_lock")
def test_control_without_the_lock_one_side_is_checked_in_more_than_once():
    session = SessionFactory(starts_at=TEN)
    together(*clicks(check_in, session, TEN))
    assert names(session).count("checked_in") > 2


def test_nothing_is_recorded_of_what_was_refused():
    session = SessionFactory(starts_at=TEN)
    early = Counter(together(*clicks(check_in, session, TEN - 11 * MINUTE)))
    assert early == {"too_early": CLIENTS}
    assert not Event.objects.about(session).exists()
