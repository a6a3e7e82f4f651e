"""How a week and a month are laid out, where clocks change, too."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.agenda import Entry, Month, by_day, day_named, grid, weeks_of, with_rests
from scheduling.models import Session
from scheduling.tests.factories import HOUR, MINUTE, MONDAY

ZONE = ZoneInfo("UTC")


def entry(starts_at, minutes=60, zone=ZONE, pk=1):
    row = Session(pk=pk, starts_at=starts_at, ends_at=starts_at + minutes * MINUTE, duration_minutes=minutes)
    return Entry(row, "", "scheduled", zone)


def cells(entries, free=(), day=date(2027, 1, 11), zone=ZONE):
    """`quarter: (rows, sessions, free)` of each cell of one day."""
    found = {}
    for row in grid(by_day([day], entries), list(free), zone):
        [cell] = row["cells"]
        if cell:
            found[row["quarter"]] = (cell.rows, len(cell.entries), cell.is_free)
    return found


def test_a_session_is_as_tall_as_it_is_long():
    found = cells([entry(MONDAY + 10 * HOUR, 90)])
    assert found[40] == (6, 1, False)
    assert {quarter: rows for quarter, (rows, sessions, _free) in found.items() if not sessions} == {
        **dict.fromkeys(range(32, 40, 4), 4),
        46: 2,
        **dict.fromkeys(range(48, 72, 4), 4),
    }


def test_a_day_is_covered_without_a_hole():
    found = cells([entry(MONDAY + 10 * HOUR + 5 * MINUTE, 25), entry(MONDAY + 11 * HOUR, 15, pk=2)])
    at = 32
    while at < 72:
        at += found.pop(at)[0]
    assert (at, found) == (72, {})


def test_those_that_begin_in_one_quarter_share_a_cell():
    found = cells([entry(MONDAY + 10 * HOUR, 5), entry(MONDAY + 10 * HOUR + 5 * MINUTE, 15, pk=2)])
    assert found[40] == (2, 2, False)


def test_the_hour_that_comes_twice_shows_both():
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    found = cells([entry(first, zone=zone), entry(first + HOUR, zone=zone, pk=2)], day=date(2026, 10, 25), zone=zone)
    assert found[10] == (4, 2, False)


def test_what_reaches_into_the_next_day_is_there_on_both():
    late, till_midnight = entry(MONDAY + 23.5 * HOUR), entry(MONDAY + 22.5 * HOUR, 90, pk=2)
    [first, rest] = with_rests([late])
    assert [(each.day.day, each.first, each.last) for each in (first, rest)] == [(11, 94, 96), (12, 0, 2)]
    assert with_rests([till_midnight]) == [till_midnight]
    tuesday = cells(with_rests([late, till_midnight]), day=date(2027, 1, 12))
    assert (tuesday[0], tuesday[2]) == ((2, 1, False), (2, 0, False))


def test_the_rest_ends_by_the_clock_on_the_wall_where_clocks_change_after_midnight():
    zone = ZoneInfo("America/Havana")
    evening = datetime(2026, 11, 1, 3, 30, tzinfo=UTC)  # 23:30; an hour after midnight clocks go back to it
    [first, rest] = with_rests([entry(evening, 120, zone=zone)])
    assert [(each.day.day, each.first, each.last) for each in (first, rest)] == [(31, 94, 96), (1, 0, 2)]


def test_early_and_late_ones_make_the_week_longer_and_midnight_ends_it():
    found = cells([entry(MONDAY + 5 * HOUR), entry(MONDAY + 23 * HOUR + 30 * MINUTE, pk=2)])
    assert (min(found), found[94]) == (20, (2, 1, False))


def test_free_time_is_shaded_where_it_is_whole():
    start = int((MONDAY + 9 * HOUR).timestamp())
    found = cells([], [(start + 60, start + 3600)])
    assert (found[36], found[37]) == ((1, 0, False), (3, 0, True))


@pytest.mark.parametrize(
    ("first", "days", "start"),
    [
        (date(2027, 2, 1), 28, date(2027, 2, 1)),
        (date(2027, 1, 1), 35, date(2026, 12, 28)),
        (date(2027, 5, 1), 42, date(2027, 4, 26)),
    ],
)
def test_a_month_is_whole_weeks(first, days, start):
    month = Month(first, ZONE)
    assert (len(month.days), month.days[0]) == (days, start)
    assert len(weeks_of(by_day(month.days, []))) == days // 7


def test_a_month_in_a_zone_whose_clocks_change():
    month = Month(date(2026, 10, 1), ZoneInfo("Europe/Berlin"))
    assert (month.start, month.end) == (
        datetime(2026, 9, 27, 22, tzinfo=UTC),
        datetime(2026, 11, 1, 23, tzinfo=UTC),
    )
    assert (month.previous.first, month.next.first) == (date(2026, 9, 1), date(2026, 11, 1))


def test_a_day_of_no_calendar_is_another():
    assert day_named("2027-01-11", ZONE) == date(2027, 1, 11)
    assert [day_named(name, None) for name in ("", "x", "0001-01-01", "9999-12-31", "2027-02-30")] == [None] * 5
