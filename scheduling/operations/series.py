"""The same time each week: booked in one step, given back in one step, and kept at its wall clock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, lock_members, lock_people
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from core.wall import data_version, instants
from scheduling import events, policy
from scheduling.models import Reminder, Series, Session
from scheduling.operations.reminding import plan_reminders
from scheduling.operations.taking import agree, ask, carry, free_people, give_back, place, take
from scheduling.recurrence import Occurrence, Preview, Wish, preview_of

State = Session.State
STANDING = [State.REQUESTED, State.SCHEDULED]


@operation
def book_series(
    sessions: Sequence[Session], *, wish: Wish, fingerprint: str, by: User, now: datetime
) -> tuple[Series, Preview]:
    """Give sessions of a pair, in their order, all the free times of what was previewed: those, or nothing."""
    people = lock_members({by.pk, *(session.coach_id for session in sessions)})
    free_people(people, now=now)
    sessions = _without_a_time(sessions, by)
    preview = preview_of(sessions, wish, student=by.pk, now=now)
    _refuse_unless_shown(preview, fingerprint)
    coach = sessions[0].coach
    series = _made(preview, coach, by, now)
    for session, occurrence in zip(sessions, preview.free, strict=False):
        _book(session, occurrence, series, people, by=by, now=now, asks_first=preview.asks_first)
    refused = [each.day.isoformat() for each in preview.left_out]
    record(series, events.SERIES_BOOKED, by=by, at=now, sessions=len(preview.free), left_out=refused)
    return series, preview


@operation
def end_series(series: Series, *, by: User, now: datetime) -> list[Session]:
    """The student ends it: its sessions that are not near are free again for other times; what is near stays."""
    if series.student_id != by.pk:
        raise PermissionDenied
    lock_members({series.student_id, series.coach_id})
    series = locked(series)
    if series.ended_at:
        return []
    given = [each for each in _of_series(series, lock=True) if is_to_give_back(each, now)]
    agreed = {each.pk: each.span[0].isoformat() for each in given if each.version}
    for session in given:
        _let_go(session, by=by, now=now)
    series.ended_at = now
    series.save(update_fields=["ended_at"])
    record(series, events.SERIES_ENDED, by=by, at=now, sessions=len(given), agreed=agreed)
    return given


@operation
def follow_clocks(series: Series, *, now: datetime) -> int:
    """Move what is not near to the same wall clock by the zone data in use; what is taken then waits for a next call."""
    lock_people({series.student_id, series.coach_id})
    moved = 0
    for session, starts_at in out_of_step(series, now, lock=True):
        if starts_at and not policy.is_near(min(session.span[0], starts_at), now):
            moved += _carried(session, starts_at, now)
    return moved


@operation
def accept_clocks(series: Series, *, now: datetime) -> list[Session]:
    """The series is by the zone data in use; what could not follow stays where it was agreed, and people are told."""
    lock_people({series.student_id, series.coach_id})
    stay = [session for session, _starts_at in out_of_step(series, now, lock=True)]
    for session in stay:
        session.is_moved_alone = True
        session.save(update_fields=["is_moved_alone"])
    series.tz_version = data_version()
    series.save(update_fields=["tz_version"])
    if stay:
        record(series, events.SERIES_STAYED, by=None, at=now, sessions=[session.pk for session in stay])
    return stay


def out_of_step(series: Series, now: datetime, *, lock: bool = False) -> list[tuple[Session, datetime | None]]:
    """Sessions ahead that are not at the series' wall clock by the zone data in use, and when they would be."""
    found = []
    for session in _of_series(series, lock=lock):
        there = instants(session.series_day, series.clock, ZoneInfo(series.time_zone))
        if session.span[0] > now and session.span[0] not in there:
            nearest = min(there, key=lambda moment: abs(moment - session.span[0]), default=None)
            found.append((session, nearest))
    return found


def is_to_give_back(session: Session, now: datetime) -> bool:
    """What waits for the coach's yes, and what is agreed but not near: its money would come back in full as well."""
    starts_at = session.stricter_start
    if session.is_moved_alone or session.state not in STANDING or starts_at is None:
        return False
    return session.state == State.REQUESTED or policy.is_free_to_give_back(starts_at, now, session.terms)


def _of_series(series: Series, *, lock: bool) -> list[Session]:
    """The agreed and requested ones that it still takes along."""
    rows = Session.objects.filter(series=series, state__in=STANDING, is_moved_alone=False).order_by("pk")
    return list(rows.select_for_update(no_key=True) if lock else rows)


def _without_a_time(sessions: Sequence[Session], student: User) -> list[Session]:
    """Under lock, in their order; only whoever is the student of each may book them."""
    wanted = Session.objects.filter(pk__in=[session.pk for session in sessions], state=State.UNSCHEDULED, is_open=True)
    found = list(wanted.select_for_update(no_key=True, of=("self",)).select_related("coach").order_by("pk"))
    if not found:
        raise Refused(_("Every session has a time already."), code="no_session")
    for session in found:
        if not session.is_student(student):
            raise PermissionDenied
    return found


def _refuse_unless_shown(preview: Preview, fingerprint: str) -> None:
    if preview.asks_which:
        sentence = _("This time happens twice on a day when clocks go back. Please say which one is meant.")
        raise Refused(sentence, code="twice", field="which")
    if preview.fingerprint != fingerprint:
        sentence = _("Something has changed since you looked. Nothing is booked yet: please look at the dates again.")
        raise Refused(sentence, code="stale_preview")
    if not preview.free:
        raise Refused(_("None of these dates is free. Please pick another day or time."), code="nothing_free")


def _made(preview: Preview, coach: User, student: User, now: datetime) -> Series:
    wish = preview.wish
    return Series.objects.create(
        coach=coach,
        student=student,
        anchor_id=wish.anchor,
        time_zone=wish.zone.key,
        weekday=wish.first_day.weekday(),
        clock=wish.clock,
        first_day=wish.first_day,
        weeks=wish.weeks,
        duration_minutes=preview.duration_minutes,
        tz_version=data_version(),
        made_at=now,
    )


def _book(
    session: Session,
    occurrence: Occurrence,
    series: Series,
    people: list[User],
    *,
    by: User,
    now: datetime,
    asks_first: bool,
) -> None:
    assert occurrence.starts_at  # noqa: S101 - a free one has a moment
    session.series, session.series_day, session.is_moved_alone = series, occurrence.day, False
    session.save(update_fields=["series", "series_day", "is_moved_alone"])
    place(session, occurrence.starts_at, series.time_zone)
    take(session, people)
    (ask if asks_first else agree)(session, by=by, now=now, series=series.pk)


def _let_go(session: Session, *, by: User, now: datetime) -> None:
    was = session.span[0].isoformat()
    session.series = session.series_day = session.earliest_starts_at = None
    session.agreed_at = None  # another time is another booking, which may be thought over again
    session.version += bool(session.version)  # its next time is above what took this one out of calendars
    session.save(update_fields=["series", "series_day", "earliest_starts_at", "agreed_at", "version"])
    session.reminders.filter(state=Reminder.State.PLANNED).update(state=Reminder.State.DROPPED)
    give_back(session)
    record(session, events.SESSION_GIVEN_BACK, by=by, at=now, starts_at=was)


def _carried(session: Session, starts_at: datetime, now: datetime) -> bool:
    """Whether the session could be moved to this moment; the refund deadline keeps its distance to the start."""
    was = session.span[0]
    place(session, starts_at, session.time_zone)
    try:
        with transaction.atomic():
            carry(session)
    except Refused:
        return False
    session.version += 1
    if session.earliest_starts_at:
        session.earliest_starts_at += starts_at - was
    session.save(update_fields=["starts_at", "ends_at", "version", "earliest_starts_at"])
    session.reminders.filter(state=Reminder.State.PLANNED).update(state=Reminder.State.DROPPED)
    if session.state == State.SCHEDULED:
        plan_reminders(session, now=now)
    facts = {"was": was.isoformat(), "starts_at": starts_at.astimezone(UTC).isoformat(), "version": session.version}
    record(session, events.SESSION_FOLLOWED_CLOCKS, by=None, at=now, **facts)
    return True
