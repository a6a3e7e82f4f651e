"""Where clocks change, worked out by hand: the one table by which hours, bookings, pages, files and reminders are tested.

`CHANGES`: a wall clock on the day before, on the day of, and on the day after a gap or a fold; `even` days change
nothing. `HOURS`: three hours of the wall clock on the same days. Days of the month and times are in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

# Zone, what happens, local day and clock | the day before | the day: none, one or two | the day after | what zones are called.
_CHANGES = """
Europe/Berlin       gap  2027-03-28 02:30 | 27 01:30 |                   | 29 00:30 | CET CEST
Europe/Berlin       fold 2027-10-31 02:30 | 30 00:30 | 31 00:30 31 01:30 | 01 01:30 | CEST CEST CET CET
America/New_York    gap  2027-03-14 02:30 | 13 07:30 |                   | 15 06:30 | EST EDT
America/New_York    fold 2027-11-07 01:30 | 06 05:30 | 07 05:30 07 06:30 | 08 06:30 | EDT EDT EST EST
Australia/Lord_Howe gap  2027-10-03 02:15 | 01 15:45 |                   | 03 15:15 | UTC+10:30 UTC+11
Australia/Lord_Howe fold 2027-04-04 01:45 | 02 14:45 | 03 14:45 03 15:15 | 04 15:15 | UTC+11 UTC+11 UTC+10:30 UTC+10:30
Asia/Kathmandu      even 2027-03-28 02:30 | 26 20:45 | 27 20:45          | 28 20:45 | UTC+05:45 UTC+05:45 UTC+05:45
Africa/Casablanca   fold 2027-02-07 02:30 | 06 01:30 | 07 01:30 07 02:30 | 08 02:30 | UTC+01 UTC+01 UTC+00 UTC+00
Africa/Casablanca   gap  2027-03-14 02:30 | 13 02:30 |                   | 15 01:30 | UTC+00 UTC+01
Pacific/Apia        even 2027-04-04 03:30 | 02 14:30 | 03 14:30          | 04 14:30 | UTC+13 UTC+13 UTC+13
America/St_Johns    gap  2027-03-14 02:30 | 13 06:00 |                   | 15 05:00 | NST NDT
America/St_Johns    fold 2027-11-07 01:30 | 06 04:00 | 07 04:00 07 05:00 | 08 05:00 | NDT NDT NST NST
America/Havana      gap  2027-03-14 00:30 | 13 05:30 |                   | 15 04:30 | CST CDT
America/Havana      fold 2027-11-07 00:30 | 06 04:30 | 07 04:30 07 05:30 | 08 05:30 | CDT CDT CST CST
America/Santiago    gap  2027-09-05 00:30 | 04 04:30 |                   | 06 03:30 | UTC-04 UTC-03
America/Santiago    fold 2027-04-03 23:30 | 03 02:30 | 04 02:30 04 03:30 | 05 03:30 | UTC-03 UTC-03 UTC-04 UTC-04
Pacific/Chatham     gap  2027-09-26 03:00 | 24 14:15 |                   | 26 13:15 | UTC+12:45 UTC+13:45
Pacific/Chatham     fold 2027-04-04 03:00 | 02 13:15 | 03 13:15 03 14:15 | 04 14:15 | UTC+13:45 UTC+13:45 UTC+12:45 UTC+12:45
"""
# Rules of the past, for what needs no booking: a day that never was, and clocks that change at midnight.
_PAST = """
Pacific/Apia        gap  2011-12-30 09:00 | 29 19:00 |                   | 30 19:00 | UTC-10 UTC+14
America/Sao_Paulo   gap  2018-11-04 00:30 | 03 03:30 |                   | 05 02:30 | UTC-03 UTC-02
America/Sao_Paulo   fold 2018-02-17 23:30 | 17 01:30 | 18 01:30 18 02:30 | 19 02:30 | UTC-02 UTC-02 UTC-03 UTC-03
Asia/Tehran         gap  2021-03-22 00:30 | 20 21:00 |                   | 22 20:00 | UTC+03:30 UTC+04:30
Asia/Tehran         fold 2021-09-21 23:30 | 20 19:00 | 21 19:00 21 20:00 | 22 20:00 | UTC+04:30 UTC+04:30 UTC+03:30 UTC+03:30
Europe/Dublin       gap  2026-03-29 01:30 | 28 01:30 |                   | 30 00:30 | GMT IST
Europe/Dublin       fold 2026-10-25 01:30 | 24 00:30 | 25 00:30 25 01:30 | 26 01:30 | IST IST GMT GMT
"""
# Zone, local day and first of three hours | from and until in UTC | the starts of an hour by the clock of UTC.
_HOURS = """
Europe/Berlin       2027-03-27 01 | 27 00:00 27 03:00 | 00:00 01:00 02:00
Europe/Berlin       2027-03-28 01 | 28 00:00 28 02:00 | 00:00 01:00
Europe/Berlin       2027-03-29 01 | 28 23:00 29 02:00 | 23:00 00:00 01:00
Europe/Berlin       2027-10-30 01 | 29 23:00 30 02:00 | 23:00 00:00 01:00
Europe/Berlin       2027-10-31 01 | 30 23:00 31 03:00 | 23:00 00:00 01:00 02:00
Europe/Berlin       2027-11-01 01 | 01 00:00 01 03:00 | 00:00 01:00 02:00
America/New_York    2027-03-13 01 | 13 06:00 13 09:00 | 06:00 07:00 08:00
America/New_York    2027-03-14 01 | 14 06:00 14 08:00 | 06:00 07:00
America/New_York    2027-03-15 01 | 15 05:00 15 08:00 | 05:00 06:00 07:00
America/New_York    2027-11-06 01 | 06 05:00 06 08:00 | 05:00 06:00 07:00
America/New_York    2027-11-07 01 | 07 05:00 07 09:00 | 05:00 06:00 07:00 08:00
America/New_York    2027-11-08 01 | 08 06:00 08 09:00 | 06:00 07:00 08:00
Australia/Lord_Howe 2027-04-03 01 | 02 14:00 02 17:00 | 14:00 15:00 16:00
Australia/Lord_Howe 2027-04-04 01 | 03 14:00 03 17:30 | 14:00 15:00 16:00
Australia/Lord_Howe 2027-04-05 01 | 04 14:30 04 17:30 | 14:30 15:30 16:30
Australia/Lord_Howe 2027-10-02 01 | 01 14:30 01 17:30 | 14:30 15:30 16:30
Australia/Lord_Howe 2027-10-03 01 | 02 14:30 02 17:00 | 14:30 15:30
Australia/Lord_Howe 2027-10-04 01 | 03 14:00 03 17:00 | 14:00 15:00 16:00
Asia/Kathmandu      2027-03-27 01 | 26 19:15 26 22:15 | 19:15 20:15 21:15
Asia/Kathmandu      2027-03-28 01 | 27 19:15 27 22:15 | 19:15 20:15 21:15
Asia/Kathmandu      2027-03-29 01 | 28 19:15 28 22:15 | 19:15 20:15 21:15
Africa/Casablanca   2027-02-06 01 | 06 00:00 06 03:00 | 00:00 01:00 02:00
Africa/Casablanca   2027-02-07 01 | 07 00:00 07 04:00 | 00:00 01:00 02:00 03:00
Africa/Casablanca   2027-02-08 01 | 08 01:00 08 04:00 | 01:00 02:00 03:00
Africa/Casablanca   2027-03-13 01 | 13 01:00 13 04:00 | 01:00 02:00 03:00
Africa/Casablanca   2027-03-14 01 | 14 01:00 14 03:00 | 01:00 02:00
Africa/Casablanca   2027-03-15 01 | 15 00:00 15 03:00 | 00:00 01:00 02:00
Pacific/Apia        2027-04-03 01 | 02 12:00 02 15:00 | 12:00 13:00 14:00
Pacific/Apia        2027-04-04 01 | 03 12:00 03 15:00 | 12:00 13:00 14:00
Pacific/Apia        2027-04-05 01 | 04 12:00 04 15:00 | 12:00 13:00 14:00
Asia/Tehran         2027-03-21 01 | 20 21:30 21 00:30 | 21:30 22:30 23:30
Asia/Tehran         2027-03-22 01 | 21 21:30 22 00:30 | 21:30 22:30 23:30
Asia/Tehran         2027-03-23 01 | 22 21:30 23 00:30 | 21:30 22:30 23:30
America/St_Johns    2027-03-13 01 | 13 04:30 13 07:30 | 04:30 05:30 06:30
America/St_Johns    2027-03-14 01 | 14 04:30 14 06:30 | 04:30 05:30
America/St_Johns    2027-03-15 01 | 15 03:30 15 06:30 | 03:30 04:30 05:30
America/St_Johns    2027-11-06 01 | 06 03:30 06 06:30 | 03:30 04:30 05:30
America/St_Johns    2027-11-07 01 | 07 03:30 07 07:30 | 03:30 04:30 05:30 06:30
America/St_Johns    2027-11-08 01 | 08 04:30 08 07:30 | 04:30 05:30 06:30
America/Havana      2027-03-13 00 | 13 05:00 13 08:00 | 05:00 06:00 07:00
America/Havana      2027-03-14 00 | 14 05:00 14 07:00 | 05:00 06:00
America/Havana      2027-03-15 00 | 15 04:00 15 07:00 | 04:00 05:00 06:00
America/Havana      2027-11-06 00 | 06 04:00 06 07:00 | 04:00 05:00 06:00
America/Havana      2027-11-07 00 | 07 04:00 07 08:00 | 04:00 05:00 06:00 07:00
America/Havana      2027-11-08 00 | 08 05:00 08 08:00 | 05:00 06:00 07:00
Asia/Kolkata        2027-10-30 01 | 29 19:30 29 22:30 | 19:30 20:30 21:30
Asia/Kolkata        2027-10-31 01 | 30 19:30 30 22:30 | 19:30 20:30 21:30
Asia/Kolkata        2027-11-01 01 | 31 19:30 31 22:30 | 19:30 20:30 21:30
America/Santiago    2027-04-02 21 | 03 00:00 03 03:00 | 00:00 01:00 02:00
America/Santiago    2027-04-03 21 | 04 00:00 04 04:00 | 00:00 01:00 02:00 03:00
America/Santiago    2027-04-04 21 | 05 01:00 05 04:00 | 01:00 02:00 03:00
America/Santiago    2027-09-04 00 | 04 04:00 04 07:00 | 04:00 05:00 06:00
America/Santiago    2027-09-05 00 | 05 04:00 05 06:00 | 04:00 05:00
America/Santiago    2027-09-06 00 | 06 03:00 06 06:00 | 03:00 04:00 05:00
Pacific/Chatham     2027-04-03 01 | 02 11:15 02 14:15 | 11:15 12:15 13:15
Pacific/Chatham     2027-04-04 01 | 03 11:15 03 15:15 | 11:15 12:15 13:15 14:15
Pacific/Chatham     2027-04-05 01 | 04 12:15 04 15:15 | 12:15 13:15 14:15
Pacific/Chatham     2027-09-25 01 | 24 12:15 24 15:15 | 12:15 13:15 14:15
Pacific/Chatham     2027-09-26 01 | 25 12:15 25 14:15 | 12:15 13:15
Pacific/Chatham     2027-09-27 01 | 26 11:15 26 14:15 | 11:15 12:15 13:15
"""


@dataclass(frozen=True)
class Change:
    """One wall clock on three days in a row, and what it stands for in UTC."""

    zone: ZoneInfo
    kind: str  # "gap", "fold" or "even"
    day: date
    clock: time
    before: datetime
    on: tuple[datetime, ...]
    after: datetime
    names: tuple[str, ...]  # of the zone, as people read them, at each of the instants

    @property
    def instants(self) -> tuple[datetime, ...]:
        return (self.before, *self.on, self.after)

    @property
    def shown(self) -> list[tuple[datetime, str]]:
        """Each instant, and how it reads by the zone's clock."""
        days = [self.day - timedelta(1), *[self.day] * len(self.on), self.day + timedelta(1)]
        words = [f"{day:%a} {day.day} {day:%b %Y}, {self.clock:%H:%M}" for day in days]
        texts = [f"{word} {name}" for word, name in zip(words, self.names, strict=True)]
        return list(zip(self.instants, texts, strict=True))

    def __str__(self) -> str:
        return f"{self.zone.key} {self.kind} {self.day}"


@dataclass(frozen=True)
class Hours:
    """Three hours by the wall clock of one day: from when until when they are, and where an hour begins in them."""

    zone: ZoneInfo
    day: date
    first: int
    window: str
    starts: list[str]

    def __str__(self) -> str:
        return f"{self.zone.key} {self.day}"


def each(rows: list[Any]) -> pytest.MarkDecorator:
    """Run a test once for each `change` or each of the `hours`."""
    return pytest.mark.parametrize("change" if isinstance(rows[0], Change) else "hours", rows, ids=str)


def _change(line: str) -> Change:
    what, before, on, after, names = (part.split() for part in line.split("|"))
    zone, kind, day, clock = what[0], what[1], date.fromisoformat(what[2]), time.fromisoformat(what[3])
    return Change(
        ZoneInfo(zone),
        kind,
        day,
        clock,
        _near(day, *before),
        tuple(_near(day, *pair) for pair in zip(on[::2], on[1::2], strict=True)),
        _near(day, *after),
        tuple(names),
    )


def _near(day: date, of_month: str, clock: str) -> datetime:
    """The instant with this day of the month and time of UTC, at most two days from a local day."""
    [found] = (day + timedelta(shift) for shift in range(-2, 3) if (day + timedelta(shift)).day == int(of_month))
    return datetime.combine(found, time.fromisoformat(clock), UTC)


def _hours(line: str) -> Hours:
    what, window, starts = (part.split() for part in line.split("|"))
    return Hours(ZoneInfo(what[0]), date.fromisoformat(what[1]), int(what[2]), " ".join(window), starts)


CHANGES = [_change(line) for line in _CHANGES.strip().splitlines()]
PAST = [_change(line) for line in _PAST.strip().splitlines()]
HOURS = [_hours(line) for line in _HOURS.strip().splitlines()]
EXACT = [(change, at) for change in CHANGES for at in change.instants]
