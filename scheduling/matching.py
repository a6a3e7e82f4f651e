"""How well two people's weeks fit, worked out from both calendars; to the second, whatever clocks do meanwhile."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.weeks import HOURS
from scheduling import policy, spans
from scheduling.slots import Diary, read_diaries

WEEKS = 4
STEP = 1800  # seconds between the starts that are counted
SHOWN_FROM = 1800  # seconds of an hour that must be free for the picture to say so
NONE, STUDENT, COACH, BOTH = "none", "student", "coach", "both"
Stretches = list[tuple[int, int]]


@dataclass(frozen=True)
class Wish:
    """Who would meet, at which hours of the student's week, for how long."""

    coach_id: int
    student_id: int
    hours: Sequence[int]
    zone: str
    minutes: int


@dataclass(frozen=True)
class Match:
    """How the coming weeks fit. `grid` says for each hour of the viewer's week: none, student, coach or both."""

    percent: int | None = None  # of the starts the student would like; None: they prefer no times
    hours_both: list[int] = field(default_factory=list)
    weeks: int = WEEKS
    grid: list[str] = field(default_factory=lambda: [NONE] * HOURS)
    zone: str = "UTC"
    has_hours: bool = True  # whether the coach has said at all when they can be booked


def match_of(wish: Wish, *, now: datetime, viewer_zone: str = "") -> Match:
    """How one student's wish fits one coach's calendar, in one statement; the picture by the viewer's clock."""
    return matches_of([wish], now=now, viewer_zone=viewer_zone)[0]


def matches_of(wishes: Sequence[Wish], *, now: datetime, viewer_zone: str = "") -> list[Match]:
    """The same for many, still in one statement; without `viewer_zone` each picture is by its student's clock."""
    coaches, students = {wish.coach_id for wish in wishes}, {wish.student_id for wish in wishes}
    diaries = read_diaries(coaches, students, now, now + timedelta(weeks=WEEKS), now) if wishes else {}
    return [
        _match(wish, diaries.get(wish.coach_id, Diary()), now, ZoneInfo(viewer_zone or wish.zone)) for wish in wishes
    ]


def _match(wish: Wish, diary: Diary, now: datetime, viewer: ZoneInfo) -> Match:
    """Only what can still be booked counts: from the coach's notice on, as far ahead as they are bookable."""
    ends = now + timedelta(weeks=WEEKS)
    start, end = diary.earliest(now), min(ends, diary.horizon(now))
    span = (_second(start), max(_second(end), _second(start)))
    length, wanted = wish.minutes * 60, _wanted(wish, now, ends)
    coach = _common([] if diary.closure(now) else diary.stretches(start, end), [span])
    student = spans.free_stretches(wanted, diary.claims.get(wish.student_id, []), earliest=span[0])
    both = [stretch for stretch in _common(coach, student) if stretch[1] - stretch[0] >= length]
    hours = {
        BOTH: _hours(both, viewer, min(length, SHOWN_FROM)),
        STUDENT: _hours(wanted, viewer, SHOWN_FROM),
        COACH: _hours(coach, viewer, SHOWN_FROM),
    }
    return Match(
        percent=_percent(wanted, both, length, span) if wish.hours else None,
        hours_both=sorted(hours[BOTH]),
        grid=[next((word for word in hours if hour in hours[word]), NONE) for hour in range(HOURS)],
        zone=viewer.key,
        has_hours=diary.has_hours,
    )


def _wanted(wish: Wish, start: datetime, end: datetime) -> Stretches:
    """The hours the student prefers as stretches of real time, on whole days of theirs, those that touch as one."""
    zone = ZoneInfo(wish.zone)
    first, last = (start - policy.DAY).astimezone(zone).date(), (end + policy.DAY).astimezone(zone).date()
    hours = [(hour // 24, hour % 24 * 60, (hour % 24 + 1) * 60 % 1440) for hour in wish.hours]
    return spans.joined(spans.windows(hours, zone, first, last))


def _percent(wanted: Stretches, both: Stretches, length: int, span: tuple[int, int]) -> int:
    """The share of starts at which both are free; 100 means all of them, 0 none."""
    starts = [
        start for first, last in wanted for start in range(first, last - length + 1, STEP) if span[0] <= start < span[1]
    ]
    fitting = sum(_covers(both, start, start + length) for start in starts)
    if fitting in {0, len(starts)}:
        return 100 if fitting else 0
    return min(max(round(100 * fitting / len(starts)), 1), 99)


def _covers(stretches: Stretches, start: int, end: int) -> bool:
    before = bisect_right(stretches, start, key=lambda stretch: stretch[0])
    return before > 0 and end <= stretches[before - 1][1]


def _common(some: Stretches, others: Stretches) -> Stretches:
    """What lies in both of two sorted lists."""
    found: Stretches = []
    one = other = 0
    while one < len(some) and other < len(others):
        start, end = max(some[one][0], others[other][0]), min(some[one][1], others[other][1])
        if start < end:
            found.append((start, end))
        if some[one][1] < others[other][1]:
            one += 1
        else:
            other += 1
    return found


def _hours(stretches: Iterable[tuple[int, int]], zone: ZoneInfo, least: int) -> set[int]:
    """The hours of a zone's week of which so many seconds are covered at least once."""
    covered: dict[tuple[int, int], int] = defaultdict(int)
    for start, end in stretches:
        while start < end:
            local = datetime.fromtimestamp(start, zone)
            until = start + 3600 - local.minute * 60 - local.second
            covered[until, local.weekday() * 24 + local.hour] += min(end, until) - start
            start = until
    return {hour for (_until, hour), seconds in covered.items() if seconds >= least}


def _second(moment: datetime) -> int:
    return -int(-moment.timestamp() // 1)  # a part of a second counts as the next one
