"""Two hundred coaches with every feature at once: what is listed is what PostgreSQL works out by itself, and can be booked."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.tests.factories import CoachFactory, StudentFactory
from scheduling.models import BusyTime, DateException, GoogleCalendar, Session, TimeClaim, TravelZone
from scheduling.operations import book_consultation, publish_session, schedule
from scheduling.slots import read_diary, refusal, slots
from scheduling.tests import oracle
from scheduling.tests.factories import DAY, HOUR, MINUTE, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
YEAR = [datetime(2027, 1, 1, tzinfo=UTC) + number * DAY for number in range(420)]
PEOPLE, AT_ONCE = 200, 10


@cache
def zones() -> list[str]:
    return oracle.zones_alike(YEAR)


def changes(zone: str) -> list[datetime]:
    """The days on which a zone's clocks change."""
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in YEAR]
    return [day for day, one, other in zip(YEAR, offsets, offsets[1:], strict=False) if one != other]


@dataclass
class Life:
    """A coach's calendar of chance, around a change of clocks where their zone has one."""

    dice: Random

    def __post_init__(self) -> None:
        self.zone = self.dice.choice(zones())
        around = changes(self.zone) or [self.dice.choice(YEAR[60:300])]
        self.now = self.dice.choice(around) - self.dice.randrange(6 * 24 * 12) * 5 * MINUTE
        self.first = self.now.astimezone(ZoneInfo(self.zone)).date()
        self.calendar = CalendarFactory(time_zone=self.zone, hours=self.hours(), **self.numbers())
        self.coach = self.calendar.coach
        self.minutes = self.dice.choice([15, 30, 45, 60, 90])
        self.session = SessionFactory(coach=self.coach, duration_minutes=self.minutes)
        self.student = student_of(self.session)
        self.others = {self.coach: CoachFactory(), self.student: CoachFactory()}  # with whom their other sessions are
        self.pupil = StudentFactory()
        self.days_of_change()
        for _number in range(self.dice.randrange(15)):
            self.taken(self.coach)
        for _number in range(self.dice.randrange(3)):
            self.taken(self.student)
        moments = [self.moment() for _number in range(self.dice.randrange(4))]
        during = [DateTimeTZRange(at, at + self.dice.randrange(1, 40) * 5 * MINUTE) for at in moments]
        BusyTime.objects.bulk_create(BusyTime(user=self.coach, during=each) for each in during)

    def hours(self) -> list[tuple[int, time, time]]:
        found = []
        for weekday in range(7):
            edges = sorted(self.dice.sample(range(24 * 12 + 1), self.dice.choice([2, 2, 4])))
            found += [(weekday, clock(one), clock(other)) for one, other in zip(edges[::2], edges[1::2], strict=True)]
        return found

    def numbers(self) -> dict[str, Any]:
        pick = self.dice.choice
        return {
            "step_minutes": pick([5, 15, 20, 30, 35, 60]),
            "buffer_before_minutes": pick([0, 0, 10, 30]),
            "buffer_after_minutes": pick([0, 15, 25]),
            "notice_hours": pick([2, 3, 12, 48]),
            "consultation_notice_hours": pick([2, 4, 24]),
            "horizon_days": pick([2, 4, 6, 60]),
            "most_a_day": pick([None, 1, 2, 3]),
            "takes_consultations": pick([True, True, True, False]),
            "confirms": pick(["instant", "instant", "request"]),
        }

    def days_of_change(self) -> None:
        rows = []
        for _number in range(self.dice.randrange(5)):
            first = self.first + self.dice.randrange(-1, 6) * DAY
            row = {"first_day": first, "last_day": first + self.dice.choice([0, 0, 1, 4]) * DAY}
            kind = self.dice.choice(["blocked", "blocked", "extra"])
            if kind == "extra" or self.dice.random() < 0.5:
                starts, ends = sorted(self.dice.sample(range(24 * 12 + 1), 2))
                row |= {"starts": clock(starts), "ends": clock(ends)}
            rows.append(DateException(calendar=self.calendar, kind=kind, **row))
        DateException.objects.bulk_create(rows)
        if self.dice.random() < 0.5:
            first = self.first + self.dice.randrange(-1, 6) * DAY
            last, zone = first + self.dice.randrange(5) * DAY, self.dice.choice(zones())
            TravelZone.objects.create(calendar=self.calendar, first_day=first, last_day=last, time_zone=zone)
        if self.dice.random() < 0.15:
            until = self.dice.choice([None, self.now, self.now + HOUR])
            GoogleCalendar.objects.create(user=self.coach, due_at=self.now, verified_until=until)
            self.calendar.unverified = self.dice.choice(["withhold", "mark"])
            self.calendar.save()

    def taken(self, person: Any) -> None:
        at, minutes = self.moment(), self.dice.choice([15, 30, 60, 120])
        if TimeClaim.objects.filter(user=person, during__overlap=(at, at + minutes * MINUTE)).exists():
            return
        teaches = person == self.coach and self.dice.random() >= 0.2  # coaches learn as well
        pair = (person, self.pupil) if teaches else (self.others[person], person)
        more: dict[str, Any] = dict(zip(("coach", "student"), pair, strict=True))
        held = {"state": Session.State.HELD, "hold_expires_at": self.now + self.dice.choice([-1, 0, 1, 15]) * MINUTE}
        state = self.dice.choice([{}, {}, {}, held, {"state": Session.State.COMPLETED}])
        SessionFactory(duration_minutes=minutes, starts_at=at, **more, **state)

    def moment(self) -> datetime:
        return self.now + self.dice.randrange(-12, 4 * 24) * HOUR + self.dice.randrange(12) * 5 * MINUTE


def clock(number: int) -> time:
    """So many times five minutes after midnight; the day's end is 00:00."""
    return time(number // 12 % 24, number % 12 * 5)


@pytest.mark.parametrize("first", range(0, PEOPLE, AT_ONCE))
def test_what_is_listed_is_what_postgresql_works_out_and_can_be_booked(first):
    listed_at_all = 0
    for seed in range(first, first + AT_ONCE):
        life = Life(Random(seed))
        kind = life.dice.choice(["contract", "contract", "consultation"])
        asked = (life.minutes, life.now - DAY, life.now + 6 * DAY, life.now)
        listed = slots(life.coach, life.student, *asked, kind=kind)
        assert listed == oracle.free_slots(life.coach.pk, life.student.pk, *asked, kind), (seed, life.zone)
        listed_at_all += len(listed)
        check_others(life, listed, kind)
        bookable = slots(life.coach, life.student, *asked, apart_from=life.session)
        if bookable:
            at = life.dice.choice(bookable)
            assert schedule(life.session, starts_at=at, by=life.student, now=life.now).starts_at == at
        book_other_kinds(life)
    assert listed_at_all > 100, "or nothing was compared"


def book_other_kinds(life: Life) -> None:
    """A consultation and a group, wherever one is listed."""
    span = life.now, life.now + 6 * DAY, life.now
    if found := slots(life.coach, life.pupil, 15, *span, kind="consultation"):
        at = life.dice.choice(found)
        assert book_consultation(life.coach, starts_at=at, by=life.pupil, now=life.now).starts_at == at
    if found := slots(life.coach, None, 60, *span, kind="group"):
        facts = {"title": "Salsa", "duration_minutes": 60, "seats": 4, "least": 0, "by": life.coach, "now": life.now}
        at = life.dice.choice(found)
        assert publish_session(starts_at=at, **facts).starts_at == at


def check_others(life: Life, listed: list[datetime], kind: str) -> None:
    """Of moments of chance, those that are listed are not refused and all others are."""
    moments = [life.moment() for _number in range(12)] + listed[:3]
    for at in moments:
        diary = read_diary(life.coach, [life.student], at, at, life.now, kind=kind)
        refused = refusal(diary, at, life.minutes, life.now)
        assert (refused is None) == (at in listed), (at, refused and refused.code)


def test_the_oracle_knows_the_ways_of_clocks():
    """Or both could be wrong alike: a gap's end, the first of two, by the clocks of PostgreSQL."""
    coach = CalendarFactory(
        time_zone="Europe/Berlin", step_minutes=30, hours=[(6, time(2, 30), time(4))], horizon_days=365
    ).coach
    student = StudentFactory()
    march, october = datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)
    for day, hours in ((march, [1, 1.5]), (october, [0.5, 1, 1.5, 2, 2.5])):
        asked = (coach.pk, student.pk, 30, day, day + DAY, day - 9 * DAY)
        assert oracle.free_slots(*asked) == [day + number * HOUR for number in hours] == slots(*asked)
