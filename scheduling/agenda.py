"""A person's time as a calendar shows it: a week by quarters of an hour, a month by days. Pure layout over rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.wall import to_utc
from scheduling.models import Session

DAY = timedelta(days=1)
QUARTERS = 96
FIRST_HOUR, LAST_HOUR = 8, 18  # that a week shows at least
NAMED = 3  # sessions of a day that a month names
SHOWN = [*sorted(Session.OCCUPYING), *sorted(Session.OVER)]
Stretch = tuple[int, int]


@dataclass
class Entry:
    """One session on the clock of the calendar's zone; what lies after midnight is an entry of its own."""

    session: Session
    words: str
    state: str
    zone: ZoneInfo
    is_rest: bool = False

    @property
    def day(self) -> date:
        return self._local(0).date() if not self.is_rest else self._local(1).date()

    @property
    def first(self) -> int:
        """The quarter of the day in which it begins, by the clock on the wall."""
        start = self._local(0)
        return 0 if self.is_rest else start.hour * 4 + start.minute // 15

    @property
    def last(self) -> int:
        """The quarter before which it ends, midnight at the latest."""
        start, end = self._local(0), self._local(1)
        if self.is_rest:
            return end.hour * 4 + -(-end.minute // 15)
        minutes = start.hour * 60 + start.minute + self.session.duration_minutes
        return min(-(-minutes // 15), QUARTERS)

    @property
    def goes_on(self) -> bool:
        """Whether something of it lies after midnight."""
        end = self._local(1)
        return end.date() > self._local(0).date() and (end.hour, end.minute) != (0, 0)

    def _local(self, edge: int) -> datetime:
        return self.session.span[edge].astimezone(self.zone)


@dataclass
class Cell:
    """Some quarters of one day: with sessions in them, free to be booked, or nothing."""

    rows: int
    entries: list[Entry] = field(default_factory=list)
    is_free: bool = False


@dataclass(frozen=True)
class Month:
    """A month in whole weeks from Monday, by the clock of a zone."""

    first: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        start = self.first - timedelta(days=self.first.weekday())
        weeks = -(-(self.next.first - start).days // 7)
        return [start + number * DAY for number in range(weeks * 7)]

    @property
    def start(self) -> datetime:
        return to_utc(self.days[0], time(0), self.zone)

    @property
    def end(self) -> datetime:
        return to_utc(self.days[-1] + DAY, time(0), self.zone)

    @property
    def next(self) -> "Month":
        return Month((self.first + 31 * DAY).replace(day=1), self.zone)

    @property
    def previous(self) -> "Month":
        return Month((self.first - DAY).replace(day=1), self.zone)


def day_named(name: str, otherwise: date) -> date:
    """A day such as `2026-11-23`, when it is one within reach."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return otherwise
    return day if 1971 <= day.year <= 2400 else otherwise


def by_day(days: Sequence[date], entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Each day with its sessions, in their order."""
    found: dict[date, list[Entry]] = {day: [] for day in days}
    for entry in entries:
        if entry.day in found:
            found[entry.day].append(entry)
    return [
        {"day": day, "entries": rows, "named": rows[:NAMED], "more": max(len(rows) - NAMED, 0)}
        for day, rows in found.items()
    ]


def with_rests(entries: Iterable[Entry]) -> list[Entry]:
    """Those that reach into the next day twice: on the day they begin, and what is left of them."""
    return [part for each in entries for part in ([each, replace(each, is_rest=True)] if each.goes_on else [each])]


def weeks_of(days: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [days[first : first + 7] for first in range(0, len(days), 7)]


def grid(days: list[dict[str, Any]], free: Sequence[Stretch], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The hours of a week as rows of a table; a cell reaches over as many quarters as it lasts."""
    open_ = [_quarters_of(each["day"], free, zone) for each in days]
    first, last = _reach([entry for each in days for entry in each["entries"]], open_)
    columns = [_cells(each["entries"], quarters, first, last) for each, quarters in zip(days, open_, strict=True)]
    rows = [
        {"quarter": quarter, "cells": [column.get(quarter) for column in columns]} for quarter in range(first, last)
    ]
    return [row | {"hour": row["quarter"] // 4 if row["quarter"] % 4 == 0 else None} for row in rows]


def _quarters_of(day: date, free: Sequence[Stretch], zone: ZoneInfo) -> set[int]:
    """The quarters of a day that lie wholly in free time."""
    start, end = (int(to_utc(each, time(0), zone).timestamp()) for each in (day, day + DAY))
    found = set()
    for first, last in free:
        for second in range(-(-max(first, start) // 900) * 900, min(last, end) - 899, 900):
            local = datetime.fromtimestamp(second, UTC).astimezone(zone)
            found.add(local.hour * 4 + local.minute // 15)
    return found


def _reach(entries: list[Entry], open_: list[set[int]]) -> Stretch:
    """Whole hours around everything there is."""
    starts = [each.first for each in entries] + [min(each) for each in open_ if each]
    ends = [each.last for each in entries] + [max(each) + 1 for each in open_ if each]
    first, last = min([FIRST_HOUR * 4, *starts]), max([LAST_HOUR * 4, *ends])
    return first // 4 * 4, -(-last // 4) * 4


def _cells(entries: list[Entry], free: set[int], first: int, last: int) -> dict[int, Cell]:
    """Where cells begin; those that would overlap, as in the hour that comes twice, are one."""
    cells: dict[int, Cell] = {}
    end = first
    for entry in sorted(entries, key=lambda each: (each.first, each.session.pk)):
        if cells and entry.first < end:
            known = max(cells)
            end = max(end, entry.last)
            cells[known].rows, cells[known].entries = end - known, [*cells[known].entries, entry]
        else:
            end = max(entry.last, entry.first + 1)
            cells[entry.first] = Cell(end - entry.first, [entry])
    taken = {quarter for start, cell in cells.items() for quarter in range(start, start + cell.rows)}
    return cells | _gaps(set(range(first, last)) - taken, free)


def _gaps(quarters: set[int], free: set[int]) -> dict[int, Cell]:
    """The rest in pieces of an hour at most, free or not."""
    cells: dict[int, Cell] = {}
    start = -1
    for quarter in sorted(quarters):
        goes_on = start in cells and quarter == start + cells[start].rows and quarter % 4
        if goes_on and cells[start].is_free == (quarter in free):
            cells[start].rows += 1
        else:
            start = quarter
            cells[start] = Cell(1, is_free=quarter in free)
    return cells
