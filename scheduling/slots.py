"""When a coach may be booked: one reading decides both what is listed and what is booked."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from scheduling.diary import MARGIN, REACH, Diary, instant, read_diaries, read_diary
from scheduling.models import Session
from scheduling.why import refusal, why

__all__ = [
    "MARGIN", "REACH", "Diary", "is_free", "next_free_times", "read_diaries", "read_diary", "refusal", "slots", "why"
]  # fmt: skip

ZONE = ZoneInfo("UTC")


def slots(
    coach: User | int,
    student: User | int | None,
    duration_minutes: int,
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    apart_from: Session | None = None,
    kind: str = "",
) -> list[datetime]:
    """Every moment from `start` to before `end` at which this student can book this coach, in UTC."""
    diary = read_diary(coach, [student] if student else [], start, end, now, apart_from=apart_from, kind=kind)
    return [instant(second) for second in diary.free(start, end, duration_minutes, now)]


def next_free_times(
    coach: User | int,
    student: User | int | None,
    duration_minutes: int,
    now: datetime,
    *,
    count: int = 5,
    per_day: int = 100,
    zone: ZoneInfo = ZONE,
    kind: str = "",
) -> list[datetime]:
    """The next moments at which this student can book this coach, so many of each day of the zone, in one statement."""
    diary = read_diary(coach, [student] if student else [], now, now + REACH, now, kind=kind)
    found: list[datetime] = []
    days: Counter[date] = Counter()
    for second in diary.free(now, diary.horizon(now), duration_minutes, now):
        day = datetime.fromtimestamp(second, zone).date()
        days[day] += 1
        if days[day] <= per_day:
            found.append(instant(second))
        if len(found) == count:
            break
    return found


def is_free(
    coach: User | int,
    student: User | int | None,
    duration_minutes: int,
    at: datetime,
    now: datetime,
    *,
    kind: str = "",
) -> bool:
    """Whether this very moment is one of the listed slots."""
    return at in slots(coach, student, duration_minutes, at, at + timedelta(seconds=1), now, kind=kind)
