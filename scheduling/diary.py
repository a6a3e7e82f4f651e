"""All that decides when a coach may be booked, read in one statement and swept through once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import User
from scheduling import policy, spans
from scheduling.models import Calendar, Session

REACH = timedelta(days=366)
MARGIN = timedelta(days=3)  # longer than any day with its session and pauses, in whichever zones they lie
NEW_BOOKINGS = {Session.Kind.CONSULTATION, Session.Kind.TRIAL, Session.Kind.DIRECT, Session.Kind.GROUP}
Stretch = tuple[int, int]

READ = """
SELECT calendar.coach_id, calendar.time_zone, calendar.step_minutes, calendar.buffer_before_minutes AS before_minutes,
       calendar.buffer_after_minutes AS after_minutes, calendar.notice_hours, calendar.consultation_notice_hours,
       calendar.horizon_days, calendar.most_a_day, calendar.takes_consultations, calendar.confirms, calendar.unverified,
       coalesce((SELECT profile.is_hidden OR profile.approved_at IS NULL OR NOT person.is_active
                 FROM accounts_coachprofile profile JOIN accounts_user person ON person.id = profile.user_id
                 WHERE profile.user_id = calendar.coach_id), true) AS is_hidden,
       (SELECT coalesce(extract(epoch FROM verified_until)::bigint, 0) FROM scheduling_googlecalendar
        WHERE user_id = calendar.coach_id AND state <> 'off') AS verified_until,
       ARRAY(SELECT ARRAY[weekday, extract(epoch FROM starts)::int / 60, extract(epoch FROM ends)::int / 60]
             FROM scheduling_weeklyhours WHERE calendar_id = calendar.id ORDER BY weekday, starts) AS hours,
       ARRAY(SELECT ARRAY[(kind = 'extra')::int, first_day - date '1970-01-01', last_day - date '1970-01-01',
                    coalesce(extract(epoch FROM starts)::int / 60, 0), coalesce(extract(epoch FROM ends)::int / 60, 0)]
             FROM scheduling_dateexception
             WHERE calendar_id = calendar.id AND last_day >= %(first)s AND first_day <= %(last)s) AS exceptions,
       ARRAY(SELECT ARRAY[(first_day - date '1970-01-01')::text, (last_day - date '1970-01-01')::text, time_zone]
             FROM scheduling_travelzone
             WHERE calendar_id = calendar.id AND last_day >= %(first)s AND first_day <= %(last)s) AS travels,
       ARRAY(SELECT ARRAY[extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint]
             FROM scheduling_busytime
             WHERE user_id = calendar.coach_id AND during && tstzrange(%(start)s, %(end)s)) AS outside,
       ARRAY(SELECT ARRAY[claim.user_id, extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint,
                    ceil(extract(epoch FROM claim.expires_at))::bigint, (claim.expires_at <= %(now)s)::int]
             FROM scheduling_timeclaim claim
             WHERE claim.user_id = ANY(calendar.coach_id || %(others)s::bigint[]) AND claim.during && tstzrange(%(start)s, %(end)s)
               AND claim.session_id <> %(apart_from)s) AS claims,
       ARRAY(SELECT ARRAY[extract(epoch FROM starts_at)::bigint, extract(epoch FROM ends_at)::bigint]
             FROM scheduling_session
             WHERE calendar.most_a_day IS NOT NULL AND coach_id = calendar.coach_id AND id <> %(apart_from)s
               AND starts_at >= %(start)s AND starts_at < %(end)s
               AND (state IN ('requested', 'scheduled', 'in_progress', 'completed', 'missed')
                    OR state = 'held' AND hold_expires_at > %(now)s)) AS taught
FROM scheduling_calendar calendar WHERE calendar.coach_id = ANY(%(coaches)s)
"""


@dataclass(frozen=True)
class Diary:
    """All that decides when a coach may be booked, in numbers; times in seconds since 1970, days since 1970 too."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    step_minutes: int = 15
    before_minutes: int = 0
    after_minutes: int = 0
    notice_hours: int = 0  # of the kind that is asked for, and what a coach who confirms needs to answer
    horizon_days: int = 0
    most_a_day: int | None = None
    hours: list[list[int]] = field(default_factory=list)
    extra: list[list[int]] = field(default_factory=list)
    blocked: list[list[int]] = field(default_factory=list)
    travels: list[spans.Travel] = field(default_factory=list)
    busy: list[Stretch] = field(default_factory=list)
    taught: list[Stretch] = field(default_factory=list)  # what counts for the most a day; read only where there is one
    outside: list[Stretch] = field(default_factory=list)  # what the coach's own calendar says
    claims: dict[int, list[Stretch]] = field(default_factory=dict)  # of everybody else, by person
    next_spent_hold: int | None = None  # when a busy stretch may become free by itself
    has_spent_holds: bool = False  # claims that count no longer, but are still there to be given back
    verified_until: int | None = None  # of the coach's own calendar, 0 where it was never read; none: there is none
    withholds: bool = True  # what to do while that can't be read
    confirms: str = Calendar.Confirms.INSTANT
    is_hidden: bool = True  # not there for everybody: who has to do with the coach may still find them
    refuses: str = ""  # why there is no time at all for what is asked for

    @property
    def asks_first(self) -> bool:
        """Whether a booking waits for the coach's yes."""
        return self.confirms == Calendar.Confirms.REQUEST

    @property
    def has_hours(self) -> bool:
        return bool(self.hours or self.extra)

    @property
    def elsewhere(self) -> list[Stretch]:
        """When somebody else is busy."""
        return [stretch for taken in self.claims.values() for stretch in taken]

    def offered(self, start: datetime, end: datetime, duration_minutes: int, now: datetime) -> list[int]:
        """Starts inside hours, notice and horizon, whether taken or not."""
        return self._fitting(start, end, duration_minutes, now, busy=[], elsewhere=self.closed(start, end))

    def free(self, start: datetime, end: datetime, duration_minutes: int, now: datetime) -> list[int]:
        """The starts that can be booked."""
        taken = [*self.elsewhere, *self._not_ours(start, end)]
        return self._fitting(start, end, duration_minutes, now, busy=self.busy, elsewhere=taken)

    def next_free(self, duration_minutes: int, now: datetime, count: int = 1) -> list[int]:
        """The first starts that can be booked."""
        found: list[int] = []
        for days in (3, 14, self.horizon_days):
            found = self.free(now, now + timedelta(days=days), duration_minutes, now)[:count]
            if len(found) == count:
                break
        return found

    def windows(self, start: datetime, end: datetime) -> list[Stretch]:
        """Weekly and extra hours around a stretch of time, blocked or not."""
        days = self._days(start, end)
        return spans.windows(self.hours, self.zone, *days, extra=self.extra, travels=self.travels)

    def closed(self, start: datetime, end: datetime) -> list[Stretch]:
        """What exceptions take away around a stretch of time; extra hours are open all the same."""
        if not self.blocked:
            return []
        days = self._days(start, end)
        away, besides = (
            spans.joined(spans.windows([], self.zone, *days, extra=rows, travels=self.travels))
            for rows in (self.blocked, self.extra)
        )
        return spans.free_stretches(away, besides, earliest=away[0][0]) if away else []

    def full_days(self, start: datetime, end: datetime) -> list[Stretch]:
        """The days around a stretch of time that have as many sessions as the coach takes."""
        if not (self.most_a_day and self.taught):
            return []
        edges = spans.midnights(self.zone, *self._days(start, end), travels=self.travels)
        return spans.full_days(self.taught, self.most_a_day, edges)

    def stretches(self, start: datetime, end: datetime) -> list[Stretch]:
        """Where a session of any length may lie, from `start` to beyond `end`, whatever notice and horizon say."""
        return spans.free_stretches(
            self.windows(start, end),
            self.busy,
            before=self.before_minutes * 60,
            after=self.after_minutes * 60,
            earliest=seconds(start),
            elsewhere=self._not_ours(start, end),
        )

    def earliest(self, now: datetime) -> datetime:
        return now + timedelta(hours=self.notice_hours)

    def horizon(self, now: datetime) -> datetime:
        return now + timedelta(days=self.horizon_days)

    def is_unverified(self, now: datetime) -> bool:
        """Whether the coach's own calendar should be asked but can't be relied upon now."""
        return self.verified_until is not None and self.verified_until <= now.timestamp()

    def closure(self, now: datetime) -> str:
        """The code of why no time at all can be booked now; empty when some may."""
        return self.refuses or ("calendar_unverified" if self.withholds and self.is_unverified(now) else "")

    def zone_at(self, moment: datetime) -> ZoneInfo:
        """The zone of the day in which a moment lies: the last day that has begun by its own midnight."""
        if not self.travels:
            return self.zone
        first, last = self._days(moment, moment)
        edges = spans.midnights(self.zone, first, last, travels=self.travels)
        begun = sum(edge <= moment.timestamp() for edge in edges[:-1]) - 1
        return spans.zone_on(spans.day_number(first) + begun, self.zone, self.travels)

    def _not_ours(self, start: datetime, end: datetime) -> list[Stretch]:
        """What takes time away without a pause around it."""
        return [*self.outside, *self.closed(start, end), *self.full_days(start, end)]

    def _days(self, start: datetime, end: datetime) -> tuple[date, date]:
        return (start - MARGIN).astimezone(self.zone).date(), (end + MARGIN).astimezone(self.zone).date()

    def _fitting(self, start: datetime, end: datetime, duration_minutes: int, now: datetime, **taken: Any) -> list[int]:
        earliest, latest = max(start, self.earliest(now)), min(end, self.horizon(now))
        if earliest >= latest or self.closure(now):
            return []
        return spans.free_slots(
            self.windows(earliest, latest),
            step=self.step_minutes * 60,
            duration=duration_minutes * 60,
            before=self.before_minutes * 60,
            after=self.after_minutes * 60,
            earliest=seconds(earliest),
            latest=seconds(latest),
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
    kind: str = "",
) -> Diary:
    """The diary of a coach around a stretch of time, in one statement; spent holds and `apart_from` do not count.

    What lies before now or beyond any horizon can't be booked, so it is not read. `kind` is what is to be booked: a
    consultation has a notice of its own, and what is new may be refused; what was agreed once may always be moved.
    """
    return read_diaries([coach], students, start, end, now, apart_from=apart_from, kind=kind).get(_pk(coach), Diary())


def read_diaries(
    coaches: Iterable[User | int],
    students: Iterable[User | int],
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    apart_from: Session | None = None,
    kind: str = "",
) -> dict[int, Diary]:
    """The diaries of many coaches, in one statement; those without a calendar are missing."""
    kind = kind or (apart_from.kind if apart_from else "")
    is_new = kind in NEW_BOOKINGS and not (apart_from and apart_from.agreed_at)
    since, until = min(max(start, now), now + REACH) - MARGIN, min(max(end, now), now + REACH) + MARGIN
    values = {
        "coaches": [_pk(each) for each in coaches],
        "others": [_pk(each) for each in students if each],
        "start": since,
        "end": until,
        "first": since.date() - timedelta(days=1),
        "last": until.date() + timedelta(days=1),
        "now": now,
        "apart_from": apart_from.pk if apart_from else 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, values)
        names = [column.name for column in cursor.description[1:]]
        return {
            coach: _diary(coach, dict(zip(names, row, strict=True)), kind, now, is_new=is_new)
            for coach, *row in cursor.fetchall()
        }


def _diary(coach: int, row: dict[str, Any], kind: str, now: datetime, *, is_new: bool) -> Diary:
    takes_consultations, is_hidden = row.pop("takes_consultations"), row["is_hidden"]
    notices = (row.pop("notice_hours"), row.pop("consultation_notice_hours"))
    exceptions, is_by_request = row.pop("exceptions"), row["confirms"] == Calendar.Confirms.REQUEST
    return Diary(
        zone=ZoneInfo(row.pop("time_zone")),
        notice_hours=policy.notice_of(notices[kind == Session.Kind.CONSULTATION], now, is_by_request=is_by_request),
        extra=[clocks for is_extra, *clocks in exceptions if is_extra],
        blocked=[clocks for is_extra, *clocks in exceptions if not is_extra],
        travels=[(int(first), int(last), ZoneInfo(zone)) for first, last, zone in row.pop("travels")],
        withholds=row.pop("unverified") == Calendar.Unverified.WITHHOLD,
        refuses=_refuses(kind, takes_consultations=takes_consultations, is_hidden=is_hidden) if is_new else "",
        **_taken(coach, row.pop("claims"), row.pop("outside"), row.pop("taught")),
        **row,
    )


def _refuses(kind: str, *, takes_consultations: bool, is_hidden: bool) -> str:
    if is_hidden:
        return "hidden"
    return "no_consultations" if kind == Session.Kind.CONSULTATION and not takes_consultations else ""


def _taken(coach: int, claims: list[list[int]], outside: list[list[int]], taught: list[list[int]]) -> dict[str, Any]:
    of_person: dict[int, list[Stretch]] = {}
    standing = [claim for claim in claims if not claim[-1]]
    for who, start, end, *_hold in standing:
        of_person.setdefault(who, []).append((start, end))
    return {
        "busy": of_person.pop(coach, []),
        "claims": of_person,
        "outside": [(start, end) for start, end in outside],
        "taught": [(start, end) for start, end in taught],
        "next_spent_hold": min((hold for who, *_span, hold, _spent in standing if hold and who == coach), default=None),
        "has_spent_holds": len(standing) < len(claims),
    }


def seconds(moment: datetime) -> int:
    return -int(-moment.timestamp() // 1)  # a part of a second counts as the next one


def instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _pk(person: User | int) -> int:
    return person if isinstance(person, int) else person.pk
