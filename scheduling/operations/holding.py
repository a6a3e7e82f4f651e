"""A time is held for a student, confirmed, or given back."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Calendar, Session
from scheduling.operations.taking import agree, ask, expire, give_back, in_turn, is_asked_first, look, place, take


@operation
def hold_time(session: Session, *, starts_at: datetime, by: User, now: datetime) -> Session:
    """Keep a listed time for the student for 15 minutes; a time held before is given back."""
    expires_at = policy.hold_until(now)
    session, _people, _asks_first = _claim(session, starts_at=starts_at, by=by, now=now, expires_at=expires_at)
    session.hold_expires_at = expires_at
    session.move_to(Session.State.HELD, "starts_at", "ends_at", "time_zone", "hold_expires_at")
    record(session, events.SESSION_HELD, by=by, at=now, starts_at=session.span[0].isoformat())
    return session


@operation
def confirm_time(session: Session, *, by: User, now: datetime) -> Session:
    """The held time is agreed, or the coach is asked first where they say yes to each. Once however often."""
    session = locked(session)
    _only_student(session, by)
    if session.state in {Session.State.SCHEDULED, Session.State.REQUESTED}:
        return session
    if session.is_paid_while_held:
        raise Refused(_("This session is yours once it is paid."), code="not_paid")
    if session.state != Session.State.HELD or session.is_spent(now):
        raise Refused(_("This time is no longer kept for you. Please pick a time again."), code="hold_expired")
    return (ask if is_asked_first(session) else agree)(session, by=by, now=now)


@operation
def schedule(session: Session, *, starts_at: datetime, by: User, now: datetime) -> Session:
    """Take a listed time and agree to it at once, or ask the coach first where they say yes to each."""
    session, people, asks_first = _claim(session, starts_at=starts_at, by=by, now=now)
    if asks_first:
        return ask(session, by=by, now=now)
    return agree(session, by=by, now=now, people=[person.pk for person in people])


@operation
def drop_hold(session: Session, *, by: User, now: datetime) -> Session:
    """The student gives a held time back."""
    session = locked(session)
    _only_student(session, by)
    if session.state != Session.State.HELD:
        return session
    give_back(session)
    record(session, events.HOLD_DROPPED, by=by, at=now)
    return session


@operation
def expire_hold(session: Session, *, now: datetime) -> Session:
    """Give back a held time that nobody confirmed in time; nothing happens to any other session."""
    session = locked(session)
    if session.is_spent(now):
        expire(session, now)
    return session


def _claim(
    session: Session, *, starts_at: datetime, by: User, now: datetime, expires_at: datetime | None = None
) -> tuple[Session, list[User], bool]:
    """The session under lock, its time taken for all its people but not yet saved; they; whether the coach is asked."""
    session, people = in_turn(session)
    if by.pk == session.coach_id or by not in people:
        raise PermissionDenied
    if session.state not in {Session.State.UNSCHEDULED, Session.State.HELD} or session.is_paid_while_held:
        raise Refused(_("This session already has a time, or is over."), code="wrong_state")
    if not session.is_open:
        raise Refused(_("This session can be given a time once it is paid."), code="not_open")
    diary = look(session, people, starts_at, now=now)
    if session.state == Session.State.HELD:
        session.time_claims.all().delete()
        session.move_to(Session.State.UNSCHEDULED)
    place(session, starts_at, diary.zone.key)
    take(session, people, expires_at=expires_at)
    return session, people, diary.confirms == Calendar.Confirms.REQUEST


def _only_student(session: Session, by: User) -> None:
    if not session.is_student(by):
        raise PermissionDenied
