"""Two workers, one calendar at Google. Without the claim, both would call."""

import pytest

from scheduling.calendar_tasks import read_due_calendars, write_due_copies
from scheduling.models import BusyTime, CalendarCopy
from scheduling.operations import schedule, writing
from scheduling.operations.calendars import connect_google
from scheduling.tests.factories import HOUR, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from scheduling.tests.google import allow, point_to, running_calendar
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
TEN = MONDAY + 10 * HOUR
WORKERS = 4


@pytest.fixture
def google(settings):
    with running_calendar() as google:
        point_to(settings, google)
        google.pause = 0.3
        yield google


@pytest.fixture
def coach(google):
    coach = CalendarFactory(unverified="mark").coach
    allow(coach)
    connect_google(coach, now=NOW)
    return coach


@pytest.fixture
def copy(coach):
    session = SessionFactory(coach=coach)
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    return CalendarCopy.objects.get()


def test_of_four_workers_one_writes_an_event(google, copy):
    assert sorted(together(*[lambda: write_due_copies(NOW)] * WORKERS)) == [0, 0, 0, 1]
    assert (len(google.shown()), google.calls("PATCH")) == (1, 0)


def test_control_without_the_claim_all_of_them_call_and_still_there_is_one_event(google, copy, monkeypatch):
    monkeypatch.setattr(writing, "claim_copy", lambda copy, now: copy)
    together(*[lambda: write_due_copies(NOW)] * WORKERS)
    assert (len(google.shown()), google.calls("PATCH")) == (1, WORKERS - 1)


def test_of_four_workers_one_reads_a_calendar(google, coach):
    google.has("2027-01-11T10:00:00Z", "2027-01-11T11:00:00Z")
    assert sorted(together(*[lambda: read_due_calendars(NOW)] * WORKERS)) == [0, 0, 0, 1]
    assert (google.calls("GET"), BusyTime.objects.count()) == (1, 1)
