"""Stretches of real time: hours as wall clocks become instants, and what is taken is cut out. Pure functions, in seconds."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from functools import lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from core.wall import to_utc

Stretch = Sequence[int]  # from, until: seconds since 1970
Hours = Sequence[int]  # weekday from Monday = 0, from, until: minutes of the day; until 0 is the day's end
Clocks = Sequence[int]  # first day, last day, from, until: days since 1970, and the minutes of each of them
Travel = tuple[int, int, ZoneInfo]  # first day, last day, and the zone of those days
EPOCH = date(1970, 1, 1).toordinal()


def windows(
    hours: Iterable[Hours],
    zone: ZoneInfo,
    first: date,
    last: date,
    *,
    extra: Iterable[Clocks] = (),
    travels: Sequence[Travel] = (),
) -> list[tuple[int, int]]:
    """Weekly and extra hours as stretches of real time on the days from first to last, sorted.

    On a day of a travel they are wall-clock time of the zone travelled to.
    """
    of_weekday: dict[int, list[tuple[int, int]]] = {}
    for weekday, starts, ends in hours:
        of_weekday.setdefault(weekday, []).append((starts, ends))
    found, besides = [], list(extra)
    for day in range(day_number(first), day_number(last) + 1):
        here, clocks = zone_on(day, zone, travels), of_weekday.get((day + 3) % 7, [])
        if besides:
            clocks = clocks + [(starts, ends) for since, until, starts, ends in besides if since <= day <= until]
        for starts, ends in clocks:
            stretch = (_second(day, starts, here), _second(day, ends or 1440, here))
            if stretch[0] < stretch[1]:
                found.append(stretch)
    return sorted(found)


def zone_on(day: int, zone: ZoneInfo, travels: Sequence[Travel]) -> ZoneInfo:
    """The zone of one day: where the coach travels to, else the calendar's."""
    return next((there for since, until, there in travels if since <= day <= until), zone)


def midnights(zone: ZoneInfo, first: date, last: date, *, travels: Sequence[Travel] = ()) -> list[int]:
    """Where each day from first to last begins, and where the last one ends: each at midnight of its own zone.

    Whoever travels far enough to the east skips a day: it ends where it begins.
    """
    edges = [_second(day, 0, zone_on(day, zone, travels)) for day in range(day_number(first), day_number(last) + 2)]
    return list(accumulate(reversed(edges), min))[::-1]


def full_days(taught: Iterable[Stretch], most: int, edges: Sequence[int]) -> list[tuple[int, int]]:
    """Of the days between these midnights those on which so many sessions lie; one across midnight lies on both."""
    counts = Counter(
        number for start, end in taught for number in range(bisect_right(edges, start) - 1, bisect_left(edges, end))
    )
    days = ((edges[number], edges[number + 1]) for number in sorted(counts) if _is_full(number, counts, most, edges))
    return [(start, end) for start, end in days if start < end]


def _is_full(number: int, counts: Counter[int], most: int, edges: Sequence[int]) -> bool:
    return counts[number] >= most and 0 <= number < len(edges) - 1


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - EPOCH


@lru_cache(maxsize=2**15)  # the same midnights and noons of the same zones, over and over
def _second(day: int, minute: int, zone: ZoneInfo) -> int:
    next_day, minute = divmod(minute, 1440)
    return int(to_utc(date.fromordinal(EPOCH + day + next_day), time(*divmod(minute, 60)), zone).timestamp())


def free_slots(
    windows: Sequence[Stretch],
    busy: Sequence[Stretch],
    *,
    step: int,
    duration: int,
    before: int = 0,
    after: int = 0,
    earliest: int,
    latest: int,
    elsewhere: Sequence[Stretch] = (),
) -> list[int]:
    """Starts of sessions that lie inside the windows and clear of what is busy; `earliest` ≤ start < `latest`.

    All in seconds, windows sorted. Windows that touch count as one; each begins its grid of steps anew. Between a
    session and a busy stretch lies the longer of the two pauses, which serves both; `elsewhere` needs no pause.
    """
    blocked = sorted([*_with_pauses(busy, before, after), *map(_pair, elsewhere)])
    found, position = [], 0
    for start, stop, end in _grids(windows):
        slot, until = _on_grid(earliest, start, step), min(stop, latest, end - duration + 1)
        while slot < until:
            while position < len(blocked) and blocked[position][1] <= slot:
                position += 1
            clear = min(until, blocked[position][0] - duration + 1) if position < len(blocked) else until
            found.extend(range(slot, clear, step))
            slot = _on_grid(blocked[position][1], start, step) if clear < until else until
    return found


def free_stretches(
    windows: Sequence[Stretch],
    busy: Sequence[Stretch],
    *,
    before: int = 0,
    after: int = 0,
    earliest: int,
    elsewhere: Sequence[Stretch] = (),
) -> list[tuple[int, int]]:
    """Where a session of any length may lie: what `free_slots` finds, without its steps. All in seconds, sorted."""
    blocked, position = joined(sorted([*_with_pauses(busy, before, after), *map(_pair, elsewhere)])), 0
    found: list[tuple[int, int]] = []
    for start, end in joined(windows):
        begins = max(start, earliest)
        while position < len(blocked) and blocked[position][0] < end:
            taken_from, taken_until = blocked[position]
            if begins < taken_from:
                found.append((begins, taken_from))
            begins = max(begins, taken_until)
            if taken_until > end:
                break  # it may reach into the next window
            position += 1
        if begins < end:
            found.append((begins, end))
    return found


def joined(stretches: Iterable[Stretch]) -> list[tuple[int, int]]:
    """Sorted stretches, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in stretches:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _with_pauses(busy: Iterable[Stretch], before: int, after: int) -> Iterator[tuple[int, int]]:
    pause = max(before, after)
    return ((start - pause, end + pause) for start, end in busy)


def _pair(stretch: Stretch) -> tuple[int, int]:
    return stretch[0], stretch[1]


def _grids(windows: Sequence[Stretch]) -> Iterator[tuple[int, int, int]]:
    """Of each window: where its grid starts, where the next one takes over, where the time without a break ends."""
    starts: list[int] = []
    until = 0
    for start, end in windows:
        if starts and start > until:
            yield from ((first, stop, until) for first, stop in pairwise([*starts, until]))
            starts = []
        until = max(until, end) if starts else end
        starts.append(start)
    yield from ((first, stop, until) for first, stop in pairwise([*starts, until]))


def _on_grid(moment: int, start: int, step: int) -> int:
    """The first point of a grid at or after a moment."""
    return start + max(0, -((start - moment) // step)) * step
