"""What is written down about free time is what slots lists, with every feature that a calendar has."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.models import BusyTime, DateException, GoogleCalendar, Session, TimeClaim, TravelZone
from scheduling.slots import slots, why
from scheduling.tests.factories import DAY, HOUR, MINUTE, NOW, CalendarFactory, SessionFactory
from scheduling.tests.test_free_time import fresh, offered

pytestmark = pytest.mark.django_db
half_hours = st.integers(0, 7 * 48 - 1)
ZONES = {
    "UTC": NOW,
    "Asia/Kathmandu": NOW,
    "Europe/Berlin": datetime(2027, 3, 24, 7, 10, tzinfo=UTC),
    "America/New_York": datetime(2027, 11, 3, 3, 40, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2027, 4, 1, 12, tzinfo=UTC),
}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    zone=st.sampled_from(sorted(ZONES)),
    starts=st.tuples(*[st.integers(0, 20)] * 7),
    length=st.integers(1, 4),
    bookings=st.lists(
        st.tuples(half_hours, st.sampled_from([30, 60, 90]), st.sampled_from(["agreed", "held"])), max_size=5
    ),
    minutes=st.sampled_from([15, 60, 90]),
    step=st.sampled_from([15, 20, 60]),
    pauses=st.tuples(*[st.sampled_from([0, 15, 40])] * 2),
    notice=st.integers(2, 72),
    horizon=st.integers(1, 6),
    later=st.integers(0, 14),
    days=st.lists(
        st.tuples(st.integers(-1, 5), st.integers(0, 2), st.none() | st.integers(0, 20), st.booleans()), max_size=3
    ),
    travel=st.none() | st.tuples(st.integers(-1, 4), st.integers(0, 3), st.sampled_from(sorted(ZONES))),
    busy=st.lists(st.tuples(half_hours, st.integers(1, 20)), max_size=3),
    most=st.sampled_from([None, None, 1, 2]),
    own=st.sampled_from([None, None, None, "withhold", "mark"]),
)
def test_whatever_slots_lists_lies_in_a_stretch_and_nothing_else_on_its_grid(
    zone, starts, length, bookings, minutes, step, pauses, notice, horizon, later, days, travel, busy, most, own
):
    begin = ZONES[zone]
    coach = CalendarFactory(
        time_zone=zone,
        step_minutes=step,
        buffer_before_minutes=pauses[0],
        buffer_after_minutes=pauses[1],
        notice_hours=notice,
        horizon_days=horizon,
        most_a_day=most,
        unverified=own or "withhold",
        hours=[(day, time(hour), time((hour + length) % 24)) for day, hour in enumerate(starts)],
    ).coach
    change_days(coach.calendar, begin, days, travel)
    for half_hour, number in busy:
        at = begin + half_hour * 30 * MINUTE
        BusyTime.objects.create(user=coach, during=DateTimeTZRange(at, at + number * 30 * MINUTE))
    if own:
        GoogleCalendar.objects.create(user=coach, due_at=begin, verified_until=begin + 5 * HOUR)
    for half_hour, taken, state in bookings:
        occupy(coach, begin + half_hour * 30 * MINUTE, taken, state, begin)
    now = begin + later * HOUR  # the row is as good as new until it is due
    row = fresh(coach, begin)
    if row.due_at <= now:
        row = fresh(coach, now)
    listed = set(slots(coach, None, minutes, now, now + 8 * DAY, now))
    for at in listed | grid(begin, zone, step, starts):
        if (at in listed) != bool(offered(coach, minutes, [at], now)):
            assert at not in listed
            assert why(coach, None, at, minutes, now).code == "not_listed"  # free, off the grid that is used there


def change_days(calendar, begin, days, travel):
    """Exceptions, blocked or extra, and days in another zone."""
    first = begin.astimezone(ZoneInfo(calendar.time_zone)).date()
    for day, more, hour, is_extra in days:
        row = {"first_day": first + day * DAY, "last_day": first + (day + more) * DAY}
        if hour is not None or is_extra:
            row |= {"starts": time(hour or 6), "ends": time((hour or 6) + 3)}
        DateException.objects.create(calendar=calendar, kind="extra" if is_extra else "blocked", **row)
    if travel:
        day, more, zone = travel
        dates = {"first_day": first + day * DAY, "last_day": first + (day + more) * DAY}
        TravelZone.objects.create(calendar=calendar, time_zone=zone, **dates)


def occupy(coach, at, minutes, state, now):
    if TimeClaim.objects.filter(user=coach, during__overlap=(at, at + minutes * MINUTE)).exists():
        return
    more = {"state": Session.State.HELD, "hold_expires_at": now + 5 * HOUR + MINUTE} if state == "held" else {}
    SessionFactory(coach=coach, duration_minutes=minutes, starts_at=at, **more)


def grid(begin, zone, step, starts):
    """Moments at which slots may begin: each day's steps from the beginning of its hours."""
    found = set()
    for number in range(8):
        day = begin.astimezone(ZoneInfo(zone)) + number * DAY
        first = day.replace(hour=starts[day.weekday()], minute=0, second=0, fold=0).astimezone(UTC)
        found |= {first + count * step * MINUTE for count in range(4 * 60 // step)}
    return {at for at in found if at >= begin}
