"""A time is held for a student, confirmed, or given back."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User, lock_members
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Session, TimeClaim
from scheduling.operations.reminding import plan_reminders
from scheduling.slots import read_diary, refusal

NOBODY_TWICE = "nobody_is_booked_twice"


@operation
def hold_time(session: Session, *, starts_at: datetime, by: User, now: datetime) -> Session:
    """Keep a listed time for the student for 15 minutes; a time held before is given back."""
    session = _claim(session, starts_at=starts_at, by=by, now=now)
    session.hold_expires_at = policy.hold_until(now)
    session.move_to(Session.State.HELD, "starts_at", "ends_at", "time_zone", "hold_expires_at")
    record(session, events.SESSION_HELD, by=by, at=now, starts_at=session.span[0].isoformat())
    return session


@operation
def confirm_time(session: Session, *, by: User, now: datetime) -> Session:
    """The held time is agreed: the session is scheduled and its reminders are planned. Once however often."""
    session = locked(session)
    _only_student(session, by)
    if session.state == Session.State.SCHEDULED:
        return session
    if session.state != Session.State.HELD or session.is_spent(now):
        raise Refused(
            _("This time was kept for 15 minutes, which are over. Please pick a time again."), code="hold_expired"
        )
    return _agree(session, by=by, now=now)


@operation
def schedule(session: Session, *, starts_at: datetime, by: User, now: datetime) -> Session:
    """Take a listed time and agree to it at once."""
    return _agree(_claim(session, starts_at=starts_at, by=by, now=now), by=by, now=now)


@operation
def drop_hold(session: Session, *, by: User, now: datetime) -> Session:
    """The student gives a held time back."""
    session = locked(session)
    _only_student(session, by)
    if session.state != Session.State.HELD:
        return session
    _give_back(session)
    record(session, events.HOLD_DROPPED, by=by, at=now)
    return session


@operation
def expire_hold(session: Session, *, now: datetime) -> Session:
    """Give back a held time that nobody confirmed in time; nothing happens to any other session."""
    session = locked(session)
    if session.is_spent(now):
        _expire(session, now)
    return session


def _claim(session: Session, *, starts_at: datetime, by: User, now: datetime) -> Session:
    """The session under lock, with this time taken for all its people but not yet saved."""
    session, people = _in_turn(session, now=now)
    if by.pk == session.coach_id or by not in people:
        raise PermissionDenied
    if session.state not in {Session.State.UNSCHEDULED, Session.State.HELD}:
        raise Refused(_("This session already has a time, or is over."), code="wrong_state")
    if not session.is_open:
        raise Refused(_("This session can be given a time once it is paid."), code="not_open")
    diary = read_diary(session.coach_id, people, starts_at, starts_at, now, apart_from=session)
    if refused := refusal(diary, starts_at, session.duration_minutes, now):
        raise refused
    if session.state == Session.State.HELD:
        session.time_claims.all().delete()
        session.move_to(Session.State.UNSCHEDULED)
    session.starts_at, session.ends_at = starts_at, starts_at + timedelta(minutes=session.duration_minutes)
    session.time_zone = diary.zone.key
    _take_time(session, people)
    return session


def _in_turn(session: Session, *, now: datetime) -> tuple[Session, list[User]]:
    """Lock the session's people, then the session and all spent holds of these people, which are given back."""
    people = lock_members(session.participants.values_list("user_id", flat=True))
    claims = TimeClaim.objects.filter(user__in=people)
    spent = Q(pk__in=claims.values("session"), state=Session.State.HELD, hold_expires_at__lte=now)
    for row in Session.objects.select_for_update(no_key=True).filter(Q(pk=session.pk) | spent).order_by("pk"):
        if row.pk == session.pk:
            session = row
        else:
            _expire(row, now)
    return session, people


def _take_time(session: Session, people: list[User]) -> None:
    during = DateTimeTZRange(session.starts_at, session.ends_at)
    try:
        TimeClaim.objects.bulk_create(TimeClaim(user=user, session=session, during=during) for user in people)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != NOBODY_TWICE:
            raise
        raise Refused(_("Somebody was faster: this time has just been taken."), code="taken") from error


def _agree(session: Session, *, by: User, now: datetime) -> Session:
    session.version += 1
    session.hold_expires_at = None
    session.move_to(Session.State.SCHEDULED, "starts_at", "ends_at", "time_zone", "hold_expires_at", "version")
    plan_reminders(session, now=now)
    facts = {"starts_at": session.span[0].isoformat(), "version": session.version}
    record(session, events.SESSION_SCHEDULED, by=by, at=now, **facts)
    return session


def _expire(session: Session, now: datetime) -> None:
    _give_back(session)
    record(session, events.HOLD_EXPIRED, by=None, at=now)


def _give_back(session: Session) -> None:
    """A contract's session may be given another time; any other was made for this one only."""
    session.time_claims.all().delete()
    session.hold_expires_at = None
    if session.kind == Session.Kind.CONTRACT:
        session.starts_at = session.ends_at = None
        session.move_to(Session.State.UNSCHEDULED, "starts_at", "ends_at", "hold_expires_at")
    else:
        session.move_to(Session.State.CANCELLED, "hold_expires_at")


def _only_student(session: Session, by: User) -> None:
    if not session.is_student(by):
        raise PermissionDenied
