"""Asking which coaches are free at a time. The rows answer that `scheduling.operations.free_time` keeps."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from core.wall import to_utc
from scheduling.models import FreeTime
from scheduling.slots import Diary, read_diaries
from scheduling.weekly import HALF_HOUR, cell_of

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
LONGEST_STEP = timedelta(hours=2)


def next_instants(weekday: int, clock: time, zone: ZoneInfo, now: datetime, count: int = 4) -> list[datetime]:
    """The next moments at which that zone's clocks show a weekday (Monday = 0) and a time, in UTC."""
    today = now.astimezone(zone).date()
    first = today + (weekday - today.weekday()) % 7 * DAY
    found = (to_utc(first + number * 7 * DAY, clock, zone) for number in range(count + 1))
    return [instant for instant in found if instant > now][:count]


def free_then(instants: Iterable[datetime], now: datetime, minutes: int = 60, coach: str = "user_id") -> IsNull:
    """A condition for `filter()`: the coach of a row could be booked at one of these moments for so long.

    `coach` names the column that holds the coach's key. One probe of the primary key for each row that is looked at: a
    scalar subquery, which PostgreSQL never turns into a join with all free time there is. Of what is not null it
    expects nearly all rows, as is right for those whom `cell_then` has chosen; of a boolean it would expect half.
    """
    free = FreeTime.objects.filter(is_free_then(instants, now, minutes), pk=OuterRef(coach))
    return IsNull(Subquery(free.values("pk")), False)


def is_free_then(instants: Iterable[datetime], now: datetime, minutes: int = 60, prefix: str = "") -> Q:
    """The same on rows of FreeTime, or through a join: `prefix="user__free_time__"`."""
    conditions = (_free_at(instant, now, timedelta(minutes=minutes), prefix) for instant in instants)
    return reduce(or_, conditions, Q(**{f"{prefix}pk__in": []}))


def starts_around(coaches: Iterable[int], moments: Iterable[datetime], now: datetime) -> dict[int, datetime]:
    """Where an hour with each coach may begin, nearest to the first of these moments that has one; in one statement.

    Being free for the hour is not enough: sessions begin on the steps of the coach's own hours.
    """
    asked = list(moments)
    diaries = read_diaries(coaches, [], asked[0], asked[-1], now) if asked else {}
    found = {coach: _nearest(diary, asked, now) for coach, diary in diaries.items()}
    return {coach: start for coach, start in found.items() if start}


def cell_then(instant: datetime) -> int:
    """The first half hour of the UTC week that lies as a whole in the hour from a moment on.

    Who is free for that hour has it in `FreeTime.cells`, so an index finds those few of whom the row itself is asked.
    """
    return cell_of(-int(-instant.timestamp() // HALF_HOUR) * HALF_HOUR)


def _nearest(diary: Diary, moments: Iterable[datetime], now: datetime) -> datetime | None:
    for moment in moments:
        starts = diary.free(moment - LONGEST_STEP, moment + LONGEST_STEP + SECOND, 60, now)
        asked = int(moment.timestamp())
        if starts:
            return datetime.fromtimestamp(min(starts, key=lambda start: (abs(start - asked), -start)), UTC)
    return None


def _free_at(instant: datetime, now: datetime, length: timedelta, prefix: str) -> Q:
    ahead = max(instant - now, timedelta(0))
    conditions = {
        "stretches__covers": (instant, instant + length),
        "notice_hours__lte": ahead // HOUR,
        "horizon_days__gt": ahead // DAY,
    }
    return Q(**{prefix + name: value for name, value in conditions.items()})
