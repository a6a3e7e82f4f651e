"""The rules of time, as pure functions: windows, outcomes, wall clocks, free slots."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.conf import settings

from core.wall import to_utc

DAY = timedelta(days=1)
Stretch = Sequence[int]  # from, until: seconds since 1970
Hours = Sequence[int]  # weekday from Monday = 0, from, until: minutes of the day; until 0 is the day's end


def _minutes(key: str) -> timedelta:
    return timedelta(minutes=settings.POLICY[key])


def joinable_from(starts_at: datetime) -> datetime:
    """When the waiting room opens."""
    return starts_at - _minutes("join_before_minutes")


def ready_from(starts_at: datetime) -> datetime:
    """When a scheduled session is shown as ready."""
    return starts_at - _minutes("ready_before_minutes")


def late_after(starts_at: datetime) -> datetime:
    """Until when a check-in is in time, this moment included."""
    return starts_at + _minutes("no_show_minutes")


def hold_until(now: datetime) -> datetime:
    """How long a time is kept for a student who is about to confirm it."""
    return now + _minutes("hold_minutes")


def rated_until(ended_at: datetime) -> datetime:
    """Until when people may say, or say otherwise, how a session was."""
    return ended_at + settings.POLICY["satisfaction_days"] * DAY


def is_given_back(role: str, notice_minutes: int | None) -> bool:
    """Whether a cancelled consultation does not count: the student may have another one with this coach."""
    if role == "student" and notice_minutes is not None:
        return notice_minutes >= settings.POLICY["consultation_change_hours"] * 60
    return True


def reminders_of(starts_at: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """Kind and moment of each reminder that still lies ahead when a session is scheduled."""
    planned = [
        ("day", starts_at - timedelta(hours=24)),
        ("hour", starts_at - timedelta(hours=1)),
        ("ready", ready_from(starts_at)),
    ]
    return [(kind, due_at) for kind, due_at in planned if due_at > now]


def outcome(
    coach: datetime | None, student: datetime | None, *, starts_at: datetime, ends_at: datetime, ended_at: datetime
) -> str:
    """What a session came to, from when each side checked in; the clock alone never makes it completed."""
    if ended_at < starts_at + (ends_at - starts_at) / 2:
        return "unclear"
    if (coach is None or student is None) and ended_at < late_after(starts_at):
        return "unclear"  # whoever is missing could still have come in time
    if coach is None and student is None:
        return "both_absent"
    coach_in_time = coach is not None and coach <= late_after(starts_at)
    student_in_time = student is not None and student <= late_after(starts_at)
    if coach_in_time and student_in_time:
        return "completed"
    if coach_in_time and student is None:
        return "student_absent"
    if student_in_time and coach is None:
        return "coach_absent"
    return "unclear"


def windows(hours: Iterable[Hours], zone: ZoneInfo, first: date, last: date) -> list[tuple[int, int]]:
    """Weekly hours as stretches of real time on the days of the zone from first to last, sorted."""
    of_weekday: dict[int, list[Hours]] = {}
    for window in hours:
        of_weekday.setdefault(window[0], []).append(window)
    found = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        for _weekday, starts, ends in of_weekday.get(day.weekday(), []):
            stretch = (_second(day, starts, zone), _second(day, ends or 1440, zone))
            if stretch[0] < stretch[1]:
                found.append(stretch)
    return sorted(found)


@lru_cache(maxsize=2**15)  # the same midnights and noons of the same zones, over and over
def _second(day: date, minute: int, zone: ZoneInfo) -> int:
    next_day, minute = divmod(minute, 1440)
    return int(to_utc(day + next_day * DAY, time(*divmod(minute, 60)), zone).timestamp())


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
    blocked = sorted([*_with_pauses(busy, before, after), *((start, end) for start, end in elsewhere)])
    found, position = [], 0
    for start, stop, end in _grids(windows):
        slot = _on_grid(earliest, start, step)
        while slot < min(stop, latest) and slot + duration <= end:
            while position < len(blocked) and blocked[position][1] <= slot:
                position += 1
            if position < len(blocked) and blocked[position][0] < slot + duration:
                slot = _on_grid(blocked[position][1], start, step)
                continue
            found.append(slot)
            slot += step
    return found


def free_stretches(
    windows: Sequence[Stretch], busy: Sequence[Stretch], *, before: int = 0, after: int = 0, earliest: int
) -> list[tuple[int, int]]:
    """Where a session of any length may lie: what `free_slots` finds, without its steps. All in seconds, sorted."""
    blocked, position = joined(sorted(_with_pauses(busy, before, after))), 0
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
