"""Free time is written down anew when something changed it, and when a day has passed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection

from core.operations import operation
from core.outbox import nudge
from core.wall import to_utc
from scheduling import policy
from scheduling.models import Calendar, FreeTime, Session
from scheduling.slots import MARGIN, REACH, Diary, read_diaries
from scheduling.weekly import cells_within

BATCH = 1000
SESSION = 60  # minutes of the session that `next_free_at` speaks of
WEEKS = 5  # that the cells look ahead: four times a weekday, and until the row is written anew

CHANGED = ["due_at", "computed_at"]
REFRESH = "scheduling.tasks.refresh_changed_free_time"

ADD = """
INSERT INTO scheduling_freetime (coach_id, stretches, cells, notice_hours, horizon_days, due_at)
SELECT coach_id, '{}', '{}', 0, 0, %s FROM unnest(%s::bigint[]) AS coach_id ON CONFLICT DO NOTHING
"""
LOCK = "SELECT coach_id FROM scheduling_freetime WHERE coach_id = ANY(%s) ORDER BY coach_id FOR NO KEY UPDATE"
WRITE = """
UPDATE scheduling_freetime SET stretches = fresh.stretches::tstzmultirange, cells = fresh.cells::smallint[],
       notice_hours = fresh.notice_hours, horizon_days = fresh.horizon_days, next_free_at = fresh.next_free_at,
       computed_at = %s, due_at = fresh.due_at
FROM unnest(%s::bigint[], string_to_array(%s, '|'), string_to_array(%s, '|'), %s::int[], %s::int[],
            %s::timestamptz[], %s::timestamptz[])
     AS fresh (coach_id, stretches, cells, notice_hours, horizon_days, next_free_at, due_at)
WHERE scheduling_freetime.coach_id = fresh.coach_id
"""


def refresh_free_time(coach_id: int, *, now: datetime) -> int:
    """Work out anew when this coach could be booked, and write it down."""
    return refresh_many([coach_id], now=now)


def refresh_many(coach_ids: Sequence[int], *, now: datetime) -> int:
    """The same for many coaches, a thousand in each transaction; how many there were."""
    return sum(_refresh(coach_ids[first : first + BATCH], now) for first in range(0, len(coach_ids), BATCH))


@operation
def mark_due(calendar: Calendar, *, now: datetime) -> None:
    """A coach's hours changed: their free time is to be worked out anew, soon."""
    row = FreeTime(coach_id=calendar.coach_id, due_at=now)
    FreeTime.objects.bulk_create([row], update_conflicts=True, unique_fields=["coach"], update_fields=CHANGED)
    nudge(REFRESH)


@operation
def mark_due_after(session: Session, *, now: datetime) -> None:
    """The time of a session's people changed: the free time of those who coach is to be worked out anew, soon."""
    mark_due_for(session.participants.values("user"), now=now)


@operation
def mark_due_for(people: Any, *, now: datetime) -> None:
    """What fills the time of these people, given by their keys, changed: the free time of those who coach is due, soon."""
    theirs = FreeTime.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True, of=("self",))
    if FreeTime.objects.filter(pk__in=theirs.values("pk")).update(due_at=now, computed_at=None):
        nudge(REFRESH)


@operation
def refresh_due(*, now: datetime) -> int:
    """Work out anew what is due, as far as nobody else is at it; how many there were."""
    due = FreeTime.objects.filter(due_at__lte=now).order_by("due_at")
    locked = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return _write(list(locked.values_list("pk", flat=True)[:BATCH]), now)


@operation
def _refresh(coach_ids: Sequence[int], now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ADD, [now, list(coach_ids)])
        cursor.execute(LOCK, [list(coach_ids)])
        return _write([pk for (pk,) in cursor.fetchall()], now)


def _write(coach_ids: list[int], now: datetime) -> int:
    """Write rows that are locked: whoever takes time meanwhile waits, and then marks them as due again."""
    if not coach_ids:
        return 0
    diaries = read_diaries(coach_ids, [], now, now + REACH, now)
    rows = [_row(coach_id, diaries.get(coach_id, Diary()), now) for coach_id in coach_ids]
    keys, stretches, cells, *others = map(list, zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [now, keys, "|".join(stretches), "|".join(cells), *others])
    return len(rows)


def _row(coach_id: int, diary: Diary, now: datetime) -> tuple[Any, ...]:
    stretches = [] if diary.closure(now) else diary.stretches(now, diary.horizon(now) + MARGIN)
    cells = cells_within(stretches, now, now + timedelta(weeks=WEEKS))
    next_free = next(iter(diary.next_free(SESSION, now)), None)
    return (
        coach_id,
        _listed(f"[{_text(start)},{_text(end)})" for start, end in stretches),
        _listed(map(str, cells)),
        diary.notice_hours,
        diary.horizon_days,
        datetime.fromtimestamp(next_free, UTC) if next_free else None,
        _due(diary, next_free, now),
    )


def _due(diary: Diary, next_free: int | None, now: datetime) -> datetime:
    """The coach's next midnight, from when a day more is bookable, or before: when what was written stops being true.

    That is when a hold runs out, when it has become too late to book the first free time, and when the coach's own
    calendar is no longer relied upon.
    """
    midnight = to_utc(now.astimezone(diary.zone).date() + policy.DAY, time(0), diary.zone)
    too_late = next_free - diary.notice_hours * 3600 + 1 if next_free else None
    unverified = diary.verified_until if not diary.closure(now) else None
    earlier = (datetime.fromtimestamp(each, UTC) for each in (diary.next_spent_hold, too_late, unverified) if each)
    return min([midnight, *(each for each in earlier if each > now)])


def _listed(parts: Iterable[str]) -> str:
    return "{" + ",".join(parts) + "}"


@lru_cache(maxsize=2**14)
def _text(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M:%S+00}"
