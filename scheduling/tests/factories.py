"""Calendars and sessions for tests. Everything happens around MONDAY, far from any change of clocks."""

from datetime import UTC, datetime, time, timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from accounts.models import Role
from accounts.tests.factories import CoachFactory, StudentFactory
from scheduling.models import Calendar, Participant, Session, TimeClaim, WeeklyHours

NOW = datetime(2027, 1, 8, 12, tzinfo=UTC)
MONDAY = datetime(2027, 1, 11, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class CalendarFactory(DjangoModelFactory):
    """A coach bookable from 09:00 to 17:00 UTC on weekdays, on the hour and half hour, with no pause and 12 h notice."""

    class Meta:
        model = Calendar
        skip_postgeneration_save = True

    coach = factory.SubFactory(CoachFactory)
    time_zone = "UTC"
    buffer_before_minutes = 0
    buffer_after_minutes = 0
    step_minutes = 30

    @factory.post_generation
    def hours(calendar, create, extracted, **kwargs):
        every_weekday = [(weekday, time(9), time(17)) for weekday in range(5)]
        hours = every_weekday if extracted is None else extracted
        WeeklyHours.objects.bulk_create(
            WeeklyHours(calendar=calendar, weekday=weekday, starts=starts, ends=ends) for weekday, starts, ends in hours
        )


class SessionFactory(DjangoModelFactory):
    """A contract's session that may be given a time; with `starts_at` it is scheduled then. `student` is its student."""

    class Meta:
        model = Session
        skip_postgeneration_save = True
        exclude = ("student",)

    coach = factory.LazyFunction(lambda: CalendarFactory().coach)
    kind = Session.Kind.CONTRACT
    title = "Conversational Spanish"
    duration_minutes = 60
    is_open = True
    starts_at = None
    state = factory.LazyAttribute(lambda made: Session.State.SCHEDULED if made.starts_at else Session.State.UNSCHEDULED)
    version = factory.LazyAttribute(lambda made: int(bool(made.starts_at)))
    time_zone = factory.LazyAttribute(lambda made: "UTC" if made.starts_at else "")
    answer_due_at = factory.LazyAttribute(lambda made: NOW + DAY if made.state == Session.State.REQUESTED else None)
    agreed_at = factory.LazyAttribute(lambda made: NOW if made.version else None)
    earliest_starts_at = factory.LazyAttribute(lambda made: made.starts_at if made.version else None)
    ends_at = factory.LazyAttribute(
        lambda made: made.starts_at + made.duration_minutes * MINUTE if made.starts_at else None
    )

    @factory.post_generation
    def student(session, create, extracted, **kwargs):
        people = [(session.coach, Role.COACH), (extracted or StudentFactory(), Role.STUDENT)]
        Participant.objects.bulk_create(Participant(session=session, user=user, role=role) for user, role in people)
        if session.state in Session.OCCUPYING:
            claim(session, *(user for user, _role in people))


def claim(session, *people):
    """Take the session's time for these people, as booking does."""
    during = DateTimeTZRange(session.starts_at, session.ends_at)
    hold = session.hold_expires_at if session.state == Session.State.HELD else None
    TimeClaim.objects.bulk_create(
        TimeClaim(session=session, user=user, during=during, expires_at=hold) for user in people
    )


def student_of(session):
    return session.participants.get(role=Role.STUDENT).user
