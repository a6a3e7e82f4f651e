"""The hours of a week, as pure functions: as numbers, as windows, as what recurs in real time.

An hour is weekday from Monday = 0, times 24, plus the hour, by somebody's own clock. A window is what clients send:
`{"weekday": 1, "starts": "18:00", "ends": "21:00"}`; `24:00` and `00:00` are the day's end. A cell is a half hour of
the week in UTC, of which there are 336.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.weeks import hour_name

Window = dict[str, Any]
HALF_HOUR = 1800
CELLS = 7 * 48
FIRST_CELL = 4 * 48  # Monday, 5 January 1970, in half hours since 1970


def windows_of_hours(hours: Iterable[int]) -> list[Window]:
    """Hours as windows of one weekday each, those that touch as one, in the order of the week."""
    found: list[tuple[int, int, int]] = []
    for hour in sorted(set(hours)):
        weekday, starts = divmod(hour, 24)
        if found and found[-1][0] == weekday and found[-1][2] == starts:
            found[-1] = (weekday, found[-1][1], starts + 1)
        else:
            found.append((weekday, starts, starts + 1))
    return [
        {"weekday": weekday, "starts": hour_name(starts), "ends": hour_name(ends)} for weekday, starts, ends in found
    ]


def hours_of_windows(windows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Windows as sorted hours; ValueError with a sentence when one is no stretch of whole hours of a weekday."""
    found: set[int] = set()
    for window in windows:
        weekday, starts, ends = _weekday(window), _whole_hour(window, "starts"), _whole_hour(window, "ends") or 24
        if ends <= starts:
            raise ValueError(_("Hours must end after they start."))
        found.update(range(weekday * 24 + starts, weekday * 24 + ends))
    return sorted(found)


def weekly_cells(stretches: Iterable[tuple[datetime, datetime]], now: datetime, weeks: int = 2) -> list[int]:
    """The half hours of the UTC week during which a coach is free at least once in the coming weeks, sorted."""
    in_seconds = ((start.timestamp(), end.timestamp()) for start, end in stretches)
    return cells_within(in_seconds, now, now + timedelta(weeks=weeks))


def cells_within(stretches: Iterable[Sequence[float]], start: datetime, end: datetime) -> list[int]:
    """The half hours of the UTC week that lie in one of these stretches, in seconds, from start to end."""
    earliest, latest = start.timestamp(), end.timestamp()
    found: set[int] = set()
    for first, last in stretches:
        found.update(range(-int(-max(first, earliest) // HALF_HOUR), int(min(last, latest) // HALF_HOUR)))
    return sorted({(number - FIRST_CELL) % CELLS for number in found})


def cell_of(second: int) -> int:
    """The half hour of the UTC week in which an instant lies."""
    return (second // HALF_HOUR - FIRST_CELL) % CELLS


def _weekday(window: Mapping[str, Any]) -> int:
    weekday = window.get("weekday")
    if not isinstance(weekday, int) or isinstance(weekday, bool) or not 0 <= weekday <= 6:
        raise ValueError(_("A weekday is a number from 0 for Monday to 6 for Sunday."))
    return weekday


def _whole_hour(window: Mapping[str, Any], name: str) -> int:
    value = window.get(name)
    said = re.fullmatch(r"([01][0-9]|2[0-4]):00", value) if isinstance(value, str) else None
    if not said:
        raise ValueError(_("Preferred times start and end on the hour, such as 18:00."))
    return int(said[1])
