"""A weekly series before it is booked: each of its days by both clocks, whether it is free, and if not, why."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.wall import instants
from scheduling.models import Calendar, Session
from scheduling.slots import read_diary, refusal

WEEK = timedelta(days=7)
FREE = "free"


class Wish(NamedTuple):
    """The same weekday and time of one person's clock, so many weeks; `which` answers a time that happens twice."""

    anchor: int  # whose clock it is
    zone: ZoneInfo
    other_zone: ZoneInfo
    first_day: date
    clock: time
    weeks: int
    which: int | None = None  # 0 the first of the two, 1 the second

    @property
    def days(self) -> list[date]:
        return [self.first_day + number * WEEK for number in range(self.weeks)]

    def starts_on(self, day: date) -> tuple[datetime, ...]:
        """The moments that are meant: one; none where clocks skip it; two where nobody has said which."""
        found = instants(day, self.clock, self.zone)
        return found if len(found) < 2 or self.which is None else (found[self.which],)


class Occurrence(NamedTuple):
    """One day of a series: free, or the code and the sentence of why it is not booked."""

    day: date
    starts_at: datetime | None
    code: str = FREE
    sentence: str = ""

    @property
    def is_free(self) -> bool:
        return self.code == FREE


class Shift(NamedTuple):
    """From this occurrence on, the other person's clock shows another time than the week before."""

    at: datetime
    was: datetime


@dataclass(frozen=True)
class Preview:
    """All that a series would book, and all that it would not; taking it needs the fingerprint of what was shown."""

    wish: Wish
    occurrences: Sequence[Occurrence]
    sessions: Sequence[int]  # that have no time yet, in the order in which they would be taken
    duration_minutes: int
    asks_first: bool = False
    shifts: Sequence[Shift] = field(default_factory=list)

    @property
    def free(self) -> list[Occurrence]:
        return [each for each in self.occurrences if each.is_free]

    @property
    def left_out(self) -> list[Occurrence]:
        return [each for each in self.occurrences if not each.is_free]

    @property
    def asks_which(self) -> bool:
        """Whether a time happens twice and nobody has said which is meant."""
        return any(each.code == "twice" for each in self.occurrences)

    @property
    def fingerprint(self) -> str:
        """Changes with anything that decides what would be booked."""
        wish = [self.wish.anchor, self.wish.zone.key, self.wish.which, self.duration_minutes, self.asks_first]
        days = [[each.day, each.starts_at, each.code] for each in self.occurrences]
        return hashlib.sha256(json.dumps([wish, days, list(self.sessions)], default=str).encode()).hexdigest()


def wish_between(
    student: User,
    coach: User,
    *,
    whose: str,
    weekday: int,
    clock: time,
    from_day: date,
    weeks: int,
    which: int | None = None,
) -> Wish:
    """What is wanted, by the student's clock or by that of the coach's hours."""
    zones = {Role.STUDENT: ZoneInfo(student.time_zone), Role.COACH: zone_of_hours(coach)}
    anchor, other = (student, Role.COACH) if whose == Role.STUDENT else (coach, Role.STUDENT)
    own = zones[Role.STUDENT if whose == Role.STUDENT else Role.COACH]
    return Wish(anchor.pk, own, zones[other], first_day_on(weekday, from_day), clock, weeks, which)


def zone_of_hours(coach: User) -> ZoneInfo:
    """The clock of a coach's weekly hours."""
    calendar = Calendar.objects.filter(coach=coach).first()
    return ZoneInfo(calendar.time_zone if calendar else coach.time_zone)


def first_day_on(weekday: int, from_day: date) -> date:
    """The first such weekday, this day included."""
    return from_day + timedelta(days=(weekday - from_day.weekday()) % 7)


def preview_of(sessions: Sequence[Session], wish: Wish, *, student: int, now: datetime) -> Preview:
    """What booking these sessions week after week would come to, in one statement."""
    kind, minutes, coach = sessions[0].kind, sessions[0].duration_minutes, sessions[0].coach_id
    starts = {day: wish.starts_on(day) for day in wish.days}
    moments = [moment for found in starts.values() for moment in found] or [now]
    diary = read_diary(coach, [student], min(moments), max(moments), now, kind=kind)
    occurrences: list[Occurrence] = []
    left = len(sessions)
    for day, found in starts.items():
        occurrence = _without_one_moment(day, found)
        if not occurrence:
            refused = refusal(diary, found[0], minutes, now)
            occurrence = Occurrence(day, found[0], *((refused.code, str(refused)) if refused else ()))
        if occurrence.is_free and not left:
            sentence = _("All sessions that you have bought have a time by then.")
            occurrence = occurrence._replace(code="no_session", sentence=sentence)
        left -= occurrence.is_free
        occurrences.append(occurrence)
    return Preview(
        wish=wish,
        occurrences=occurrences,
        sessions=[session.pk for session in sessions],
        duration_minutes=minutes,
        asks_first=diary.asks_first,
        shifts=shifts_of(wish, [each.starts_at for each in occurrences if each.starts_at]),
    )


def _without_one_moment(day: date, found: tuple[datetime, ...]) -> Occurrence | None:
    if not found:
        return Occurrence(day, None, "no_such_time", _("Clocks go forward that day: there is no such time."))
    if len(found) > 1:
        return Occurrence(day, found[0], "twice", _("Clocks go back that day: this time happens twice."))
    return None


def shifts_of(wish: Wish, starts: Sequence[datetime]) -> list[Shift]:
    """The occurrences from which on the other clock shows another time, because the two change on different days."""
    return [Shift(now, was) for was, now in pairwise(starts) if _apart(wish, was) != _apart(wish, now)]


def _apart(wish: Wish, moment: datetime) -> timedelta | None:
    """How far the two clocks are apart."""
    return moment.astimezone(wish.other_zone).replace(tzinfo=UTC) - moment.astimezone(wish.zone).replace(tzinfo=UTC)
