"""What listing costs: one statement, and about a millisecond of sweeping however full the diary is."""

from datetime import date, time
from time import process_time

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import StudentFactory
from scheduling.models import BusyTime, DateException
from scheduling.slots import read_diary, slots
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy_coach():
    """Two hundred bookings in thirty days, with exceptions, busy times and a limit."""
    week = [(weekday, time(8), time(20)) for weekday in range(7)]
    calendar = CalendarFactory(hours=week, most_a_day=8, buffer_after_minutes=15, time_zone="Europe/Berlin")
    student = StudentFactory()
    for number in range(200):
        at = MONDAY + number // 7 * DAY + 7 * HOUR + number % 7 * 90 * MINUTE
        SessionFactory(coach=calendar.coach, student=student, starts_at=at)
    for number in range(20):
        at, day = MONDAY + number * DAY + 18 * HOUR, date(2027, 1, 12 + number % 15)
        BusyTime.objects.create(user=calendar.coach, during=DateTimeTZRange(at, at + HOUR))
        DateException.objects.create(calendar=calendar, first_day=day, last_day=day, starts=time(13), ends=time(14))
    return calendar.coach


def test_thirty_days_with_two_hundred_bookings_take_one_statement(busy_coach):
    with CaptureQueriesContext(connection) as queries:
        assert slots(busy_coach, None, 60, MONDAY, MONDAY + 30 * DAY, NOW)
    assert len(queries) == 1


def test_the_sweep_takes_little_more_than_a_bare_walk(busy_coach):
    """As a multiple of this machine's own speed: sorting two hundred pairs twenty times is about a millisecond too."""
    diary = read_diary(busy_coach, [], MONDAY, MONDAY + 30 * DAY, NOW)
    pairs = [(-number % 199, number) for number in range(200)]
    asked = (MONDAY, MONDAY + 30 * DAY, 60, NOW)
    assert len(diary.busy) == 200 and diary.free(*asked)
    sweep = fastest(lambda: diary.free(*asked))
    walk = fastest(lambda: [sorted(pairs, key=lambda pair: pair[0]) for _time in range(20)])
    print(f"sweep {sweep * 1000:.2f} ms, walk {walk * 1000:.2f} ms")
    assert sweep < 8 * walk


def fastest(work):
    times = []
    for _time in range(15):
        begun = process_time()
        work()
        times.append(process_time() - begun)
    return min(times)
