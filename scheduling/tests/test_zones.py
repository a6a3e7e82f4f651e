"""Zones on the day before, of and after their clocks change: windows and slots to the minute, in UTC."""

from datetime import UTC, datetime, time

import pytest

from scheduling import spans
from scheduling.diary import instant
from scheduling.operations import schedule
from scheduling.slots import slots
from scheduling.tests.factories import DAY, CalendarFactory, SessionFactory, student_of
from tests.clock_changes import CHANGES, HOURS, each

pytestmark = pytest.mark.django_db


@each(HOURS)
def test_a_window_is_these_instants(hours):
    weekly = [(weekday, hours.first * 60, (hours.first + 3) * 60) for weekday in range(7)]
    [found] = spans.windows(weekly, hours.zone, hours.day, hours.day)
    assert " ".join(f"{instant(second):%d %H:%M}" for second in found) == hours.window


@each(HOURS)
def test_slots_are_these_instants_and_the_last_of_them_is_booked(hours):
    noon = datetime.combine(hours.day, time(12), UTC)
    week = [(hours.day.weekday(), time(hours.first), time((hours.first + 3) % 24))]
    calendar = CalendarFactory(time_zone=hours.zone.key, step_minutes=60, hours=week, horizon_days=365)
    session = SessionFactory(coach=calendar.coach)
    found = slots(calendar.coach, None, 60, noon - 2 * DAY, noon + 2 * DAY, noon - 9 * DAY)
    assert [f"{at:%H:%M}" for at in found] == hours.starts
    assert {at.astimezone(hours.zone).date() for at in found} == {hours.day}
    booked = schedule(session, starts_at=found[-1], by=student_of(session), now=noon - 9 * DAY)
    assert (booked.starts_at, booked.time_zone) == (found[-1], hours.zone.key)


def test_each_change_of_clocks_has_the_day_before_the_day_and_the_day_after():
    listed = {(hours.zone, hours.day) for hours in HOURS}
    days = {(change.zone, change.day + shift * DAY) for change in CHANGES for shift in (-1, 0, 1)}
    assert days <= listed
    assert len({zone for zone, _day in days}) >= 10
