"""Ten zones on the day before, of and after their clocks change: windows and slots to the minute, in UTC.

Hours are from 01:00 to 04:00 by the wall clock, in Havana from 00:00 to 03:00, where clocks change at midnight.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduling import spans
from scheduling.diary import instant
from scheduling.operations import schedule
from scheduling.slots import slots
from scheduling.tests.factories import DAY, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db

# Local day, from and until in UTC, and the starts of an hour by the day and the clock of UTC.
TABLE = """
Europe/Berlin        2027-03-27  27 00:00  27 03:00  00:00 01:00 02:00
Europe/Berlin        2027-03-28  28 00:00  28 02:00  00:00 01:00
Europe/Berlin        2027-03-29  28 23:00  29 02:00  23:00 00:00 01:00
Europe/Berlin        2027-10-30  29 23:00  30 02:00  23:00 00:00 01:00
Europe/Berlin        2027-10-31  30 23:00  31 03:00  23:00 00:00 01:00 02:00
Europe/Berlin        2027-11-01  01 00:00  01 03:00  00:00 01:00 02:00
America/New_York     2027-03-13  13 06:00  13 09:00  06:00 07:00 08:00
America/New_York     2027-03-14  14 06:00  14 08:00  06:00 07:00
America/New_York     2027-03-15  15 05:00  15 08:00  05:00 06:00 07:00
America/New_York     2027-11-06  06 05:00  06 08:00  05:00 06:00 07:00
America/New_York     2027-11-07  07 05:00  07 09:00  05:00 06:00 07:00 08:00
America/New_York     2027-11-08  08 06:00  08 09:00  06:00 07:00 08:00
Australia/Lord_Howe  2027-04-03  02 14:00  02 17:00  14:00 15:00 16:00
Australia/Lord_Howe  2027-04-04  03 14:00  03 17:30  14:00 15:00 16:00
Australia/Lord_Howe  2027-04-05  04 14:30  04 17:30  14:30 15:30 16:30
Australia/Lord_Howe  2027-10-02  01 14:30  01 17:30  14:30 15:30 16:30
Australia/Lord_Howe  2027-10-03  02 14:30  02 17:00  14:30 15:30
Australia/Lord_Howe  2027-10-04  03 14:00  03 17:00  14:00 15:00 16:00
Asia/Kathmandu       2027-03-27  26 19:15  26 22:15  19:15 20:15 21:15
Asia/Kathmandu       2027-03-28  27 19:15  27 22:15  19:15 20:15 21:15
Asia/Kathmandu       2027-03-29  28 19:15  28 22:15  19:15 20:15 21:15
Africa/Casablanca    2027-02-06  06 00:00  06 03:00  00:00 01:00 02:00
Africa/Casablanca    2027-02-07  07 00:00  07 04:00  00:00 01:00 02:00 03:00
Africa/Casablanca    2027-02-08  08 01:00  08 04:00  01:00 02:00 03:00
Africa/Casablanca    2027-03-13  13 01:00  13 04:00  01:00 02:00 03:00
Africa/Casablanca    2027-03-14  14 01:00  14 03:00  01:00 02:00
Africa/Casablanca    2027-03-15  15 00:00  15 03:00  00:00 01:00 02:00
Pacific/Apia         2027-04-03  02 12:00  02 15:00  12:00 13:00 14:00
Pacific/Apia         2027-04-04  03 12:00  03 15:00  12:00 13:00 14:00
Pacific/Apia         2027-04-05  04 12:00  04 15:00  12:00 13:00 14:00
Asia/Tehran          2027-03-21  20 21:30  21 00:30  21:30 22:30 23:30
Asia/Tehran          2027-03-22  21 21:30  22 00:30  21:30 22:30 23:30
Asia/Tehran          2027-03-23  22 21:30  23 00:30  21:30 22:30 23:30
America/St_Johns     2027-03-13  13 04:30  13 07:30  04:30 05:30 06:30
America/St_Johns     2027-03-14  14 04:30  14 06:30  04:30 05:30
America/St_Johns     2027-03-15  15 03:30  15 06:30  03:30 04:30 05:30
America/St_Johns     2027-11-06  06 03:30  06 06:30  03:30 04:30 05:30
America/St_Johns     2027-11-07  07 03:30  07 07:30  03:30 04:30 05:30 06:30
America/St_Johns     2027-11-08  08 04:30  08 07:30  04:30 05:30 06:30
America/Havana       2027-03-13  13 05:00  13 08:00  05:00 06:00 07:00
America/Havana       2027-03-14  14 05:00  14 07:00  05:00 06:00
America/Havana       2027-03-15  15 04:00  15 07:00  04:00 05:00 06:00
America/Havana       2027-11-06  06 04:00  06 07:00  04:00 05:00 06:00
America/Havana       2027-11-07  07 04:00  07 08:00  04:00 05:00 06:00 07:00
America/Havana       2027-11-08  08 05:00  08 08:00  05:00 06:00 07:00
Asia/Kolkata         2027-10-30  29 19:30  29 22:30  19:30 20:30 21:30
Asia/Kolkata         2027-10-31  30 19:30  30 22:30  19:30 20:30 21:30
Asia/Kolkata         2027-11-01  31 19:30  31 22:30  19:30 20:30 21:30
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def first_hour(zone: str) -> int:
    return 0 if zone == "America/Havana" else 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_window_is_these_instants(row):
    zone, day, *since_until = row[:6]
    hours = [(weekday, first_hour(zone) * 60, (first_hour(zone) + 3) * 60) for weekday in range(7)]
    [found] = spans.windows(hours, ZoneInfo(zone), date.fromisoformat(day), date.fromisoformat(day))
    assert " ".join(f"{instant(second):%d %H:%M}" for second in found) == " ".join(since_until)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_slots_are_these_instants_and_the_last_of_them_is_booked(row):
    zone, day, *_window, starts = *row[:6], row[6:]
    hour, noon = first_hour(zone), datetime.fromisoformat(day).replace(tzinfo=UTC) + DAY / 2
    weekday = date.fromisoformat(day).weekday()
    calendar = CalendarFactory(
        time_zone=zone, step_minutes=60, hours=[(weekday, time(hour), time(hour + 3))], horizon_days=365
    )
    session = SessionFactory(coach=calendar.coach)
    found = slots(calendar.coach, None, 60, noon - 2 * DAY, noon + 2 * DAY, noon - 9 * DAY)
    assert [f"{at:%H:%M}" for at in found] == starts
    assert {at.astimezone(ZoneInfo(zone)).date() for at in found} == {date.fromisoformat(day)}
    booked = schedule(session, starts_at=found[-1], by=student_of(session), now=noon - 9 * DAY)
    assert (booked.starts_at, booked.time_zone) == (found[-1], zone)


def test_each_of_ten_zones_has_the_day_before_the_day_and_the_day_after():
    assert len({zone for zone, *_rest in ROWS}) == 10
    assert all(len([row for row in ROWS if row[0] == zone]) % 3 == 0 for zone, *_rest in ROWS)
