"""When a coach may be booked: one reading decides both what is listed and what is booked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.refused import Refused
from scheduling import policy
from scheduling.models import Session

REACH = timedelta(days=366)
ZONE = ZoneInfo("UTC")
MARGIN = timedelta(days=2)  # longer than any session with its pauses, in whichever zone its day lies

READ = """
SELECT calendar.coach_id, calendar.time_zone, calendar.step_minutes, calendar.buffer_before_minutes, calendar.buffer_after_minutes,
       calendar.notice_hours, calendar.horizon_days,
       ARRAY(SELECT ARRAY[weekday, extract(epoch FROM starts)::int / 60, extract(epoch FROM ends)::int / 60]
             FROM scheduling_weeklyhours WHERE calendar_id = calendar.id ORDER BY weekday, starts),
       ARRAY(SELECT ARRAY[claim.user_id, extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint,
                    ceil(extract(epoch FROM claim.expires_at))::bigint]
             FROM scheduling_timeclaim claim
             WHERE claim.user_id = ANY(calendar.coach_id || %(others)s::bigint[]) AND claim.during && tstzrange(%(start)s, %(end)s)
               AND claim.session_id <> %(apart_from)s AND (claim.expires_at IS NULL OR claim.expires_at > %(now)s))
FROM scheduling_calendar calendar WHERE calendar.coach_id = ANY(%(coaches)s)
"""


@dataclass(frozen=True)
class Diary:
    """All that decides when a coach may be booked, in numbers; times in seconds since 1970."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    step_minutes: int = 15
    before_minutes: int = 0
    after_minutes: int = 0
    notice_hours: int = 0
    horizon_days: int = 0
    hours: list[list[int]] = field(default_factory=list)
    busy: list[tuple[int, int]] = field(default_factory=list)
    claims: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # of everybody else, by person
    next_spent_hold: int | None = None  # when a busy stretch may become free by itself

    @property
    def elsewhere(self) -> list[tuple[int, int]]:
        """When somebody else is busy."""
        return [stretch for stretches in self.claims.values() for stretch in stretches]

    def offered(self, start: datetime, end: datetime, duration_minutes: int, now: datetime) -> list[int]:
        """Starts inside hours, notice and horizon, whether taken or not."""
        return self._fitting(start, end, duration_minutes, now, busy=[], elsewhere=[])

    def free(self, start: datetime, end: datetime, duration_minutes: int, now: datetime) -> list[int]:
        """The starts that can be booked."""
        return self._fitting(start, end, duration_minutes, now, busy=self.busy, elsewhere=self.elsewhere)

    def next_free(self, duration_minutes: int, now: datetime, count: int = 1) -> list[int]:
        """The first starts that can be booked."""
        found: list[int] = []
        for days in (3, 14, self.horizon_days):
            found = self.free(now, now + timedelta(days=days), duration_minutes, now)[:count]
            if len(found) == count:
                break
        return found

    def windows(self, start: datetime, end: datetime) -> list[tuple[int, int]]:
        """The weekly hours around a stretch of time."""
        first, last = (start - MARGIN).astimezone(self.zone).date(), (end + MARGIN).astimezone(self.zone).date()
        return policy.windows(self.hours, self.zone, first, last)

    def stretches(self, start: datetime, end: datetime) -> list[tuple[int, int]]:
        """Where a session of any length may lie, from `start` to beyond `end`, whatever notice and horizon say."""
        return policy.free_stretches(
            self.windows(start, end),
            self.busy,
            before=self.before_minutes * 60,
            after=self.after_minutes * 60,
            earliest=_seconds(start),
        )

    def earliest(self, now: datetime) -> datetime:
        return now + timedelta(hours=self.notice_hours)

    def horizon(self, now: datetime) -> datetime:
        return now + timedelta(days=self.horizon_days)

    def _fitting(self, start: datetime, end: datetime, duration_minutes: int, now: datetime, **taken: Any) -> list[int]:
        earliest, latest = max(start, self.earliest(now)), min(end, self.horizon(now))
        if earliest >= latest:
            return []
        return policy.free_slots(
            self.windows(earliest, latest),
            step=self.step_minutes * 60,
            duration=duration_minutes * 60,
            before=self.before_minutes * 60,
            after=self.after_minutes * 60,
            earliest=_seconds(earliest),
            latest=_seconds(latest),
            **taken,
        )


def read_diary(
    coach: User | int,
    students: Iterable[User | int],
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    apart_from: Session | None = None,
) -> Diary:
    """The diary of a coach around a stretch of time, in one statement; spent holds and `apart_from` do not count.

    What lies before now or beyond any horizon can't be booked, so it is not read.
    """
    return read_diaries([coach], students, start, end, now, apart_from=apart_from).get(_pk(coach), Diary())


def read_diaries(
    coaches: Iterable[User | int],
    students: Iterable[User | int],
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    apart_from: Session | None = None,
) -> dict[int, Diary]:
    """The diaries of many coaches, in one statement; those without a calendar are missing."""
    values = {
        "coaches": [_pk(each) for each in coaches],
        "others": [_pk(each) for each in students if each],
        "start": min(max(start, now), now + REACH) - MARGIN,
        "end": min(max(end, now), now + REACH) + MARGIN,
        "now": now,
        "apart_from": apart_from.pk if apart_from else 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, values)
        return {coach: _diary(coach, *row) for coach, *row in cursor.fetchall()}


def _diary(coach: int, zone: str, *row: Any) -> Diary:
    *numbers, hours, claims = row
    of_person: dict[int, list[tuple[int, int]]] = {}
    for who, start, end, _hold in claims:
        of_person.setdefault(who, []).append((start, end))
    return Diary(
        ZoneInfo(zone),
        *numbers,
        hours,
        busy=of_person.pop(coach, []),
        claims=of_person,
        next_spent_hold=min((hold for who, *_span, hold in claims if hold and who == coach), default=None),
    )


def slots(
    coach: User | int,
    student: User | int | None,
    duration_minutes: int,
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    apart_from: Session | None = None,
) -> list[datetime]:
    """Every moment from `start` to before `end` at which this student can book this coach, in UTC."""
    diary = read_diary(coach, [student] if student else [], start, end, now, apart_from=apart_from)
    return [_instant(second) for second in diary.free(start, end, duration_minutes, now)]


def next_free_times(
    coach: User | int,
    student: User | int | None,
    duration_minutes: int,
    now: datetime,
    *,
    count: int = 5,
    per_day: int = 100,
    zone: ZoneInfo = ZONE,
) -> list[datetime]:
    """The next moments at which this student can book this coach, so many of each day of the zone, in one statement."""
    diary = read_diary(coach, [student] if student else [], now, now + REACH, now)
    found: list[datetime] = []
    days: Counter[date] = Counter()
    for second in diary.free(now, diary.horizon(now), duration_minutes, now):
        day = datetime.fromtimestamp(second, zone).date()
        days[day] += 1
        if days[day] <= per_day:
            found.append(_instant(second))
        if len(found) == count:
            break
    return found


def is_free(coach: User | int, student: User | int | None, duration_minutes: int, at: datetime, now: datetime) -> bool:
    """Whether this very moment is one of the listed slots."""
    return at in slots(coach, student, duration_minutes, at, at + timedelta(seconds=1), now)


def refusal(diary: Diary, starts_at: datetime, duration_minutes: int, now: datetime) -> Refused | None:
    """Why a time can't be booked, as one sentence and a code; none when it is a listed slot."""
    if starts_at <= now:
        return Refused(_("This time has passed. Please pick a later one."), code="past")
    if not diary.hours:
        return Refused(_("The coach has not said yet when they can be booked."), code="outside_hours")
    if starts_at >= diary.horizon(now):
        return Refused(
            ngettext(
                "The coach can be booked %(days)d day ahead at most.",
                "The coach can be booked %(days)d days ahead at most.",
                diary.horizon_days,
            )
            % {"days": diary.horizon_days},
            code="horizon",
        )
    if starts_at < diary.earliest(now):
        return Refused(
            ngettext(
                "The coach needs %(hours)d hour of notice. Please pick a later time.",
                "The coach needs %(hours)d hours of notice. Please pick a later time.",
                diary.notice_hours,
            )
            % {"hours": diary.notice_hours},
            code="notice",
        )
    second = _seconds(starts_at)
    free = diary.free(starts_at, starts_at + timedelta(seconds=1), duration_minutes, now)
    if starts_at == _instant(second) and second in free:
        return None
    return _why_not(diary, starts_at, (second, second + duration_minutes * 60))


def _why_not(diary: Diary, starts_at: datetime, wanted: tuple[int, int]) -> Refused:
    pause = max(diary.before_minutes, diary.after_minutes) * 60
    if not _inside(diary, starts_at, wanted):
        return _outside(diary, starts_at, wanted)
    if _clash(diary.elsewhere, wanted):
        return Refused(_("You already have a session at this time."), code="booked")
    if _clash(diary.busy, wanted):
        return Refused(_("The coach is already booked at this time."), code="booked")
    if _clash(diary.busy, (wanted[0] - pause, wanted[1] + pause)):
        return Refused(
            _("The coach keeps a pause around another session then. Please pick another time."), code="buffer"
        )
    return Refused(_("The coach's sessions start at other minutes. Please pick a listed time."), code="not_listed")


def _inside(diary: Diary, starts_at: datetime, wanted: tuple[int, int], moved_by: int = 0) -> bool:
    stretch = (wanted[0] + moved_by, wanted[1] + moved_by)
    return bool(
        policy.free_slots(
            diary.windows(starts_at, starts_at),
            [],
            step=1,
            duration=stretch[1] - stretch[0],
            earliest=stretch[0],
            latest=stretch[0] + 1,
        )
    )


def _outside(diary: Diary, starts_at: datetime, wanted: tuple[int, int]) -> Refused:
    jump = _clock_change(diary.zone, starts_at)
    if jump and any(_inside(diary, starts_at, wanted, moved_by) for moved_by in (jump, -jump)):
        sentence = _("The coach's clocks change that day, and their hours move with them. Please pick a listed time.")
        return Refused(sentence, code="clock_change")
    return Refused(_("This is outside the coach's hours. Please pick a listed time."), code="outside_hours")


def _clock_change(zone: ZoneInfo, moment: datetime) -> int:
    """By how many seconds the zone's clocks change within half a day of a moment."""
    half = timedelta(hours=12)
    before, after = ((moment + shift).astimezone(zone).utcoffset() or timedelta() for shift in (-half, half))
    return int((after - before).total_seconds())


def _clash(stretches: list[tuple[int, int]], wanted: tuple[int, int]) -> bool:
    return any(start < wanted[1] and wanted[0] < end for start, end in stretches)


def _seconds(moment: datetime) -> int:
    return -int(-moment.timestamp() // 1)  # a part of a second counts as the next one


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _pk(person: User | int) -> int:
    return person if isinstance(person, int) else person.pk
