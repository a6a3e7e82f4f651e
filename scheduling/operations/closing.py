"""How a session ends: with an outcome from the evidence, or cancelled."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import Role, User
from core.events import record
from core.models import locked
from core.operations import operation
from scheduling import events, policy
from scheduling.models import Move, Reminder, Session
from scheduling.operations.settling import judge


@operation
def close_session(session: Session, *, now: datetime) -> Session:
    """End a session whose time is up, by the evidence there is; nothing happens to any other."""
    session = locked(session)
    if session.is_over(now):
        finish(session, ended_at=session.span[1], by=None, now=now)
    return session


@operation
def cancel_session(session: Session, *, by: User | None, now: datetime) -> Session:
    """The session will not take place: everybody's time is free again, and nobody is reminded. Once however often."""
    session = locked(session)
    if by and not by.is_staff and not session.has_participant(by):
        raise PermissionDenied
    if session.state == Session.State.CANCELLED:
        return session
    facts = _circumstances(session, by, now)
    session.hold_expires_at = session.answer_due_at = None
    if policy.is_given_back(facts["role"], facts["notice_minutes"], session.terms):
        session.uses_up = False
    session.move_to(Session.State.CANCELLED, "hold_expires_at", "answer_due_at", "uses_up")
    session.time_claims.all().delete()
    session.reminders.filter(state=Reminder.State.PLANNED).update(state=Reminder.State.DROPPED)
    session.moves.filter(state=Move.State.OPEN).update(state=Move.State.WITHDRAWN, answered_at=now)
    record(session, events.SESSION_CANCELLED, by=by, at=now, **facts)
    return session


def start_that_counts(session: Session, role: str) -> datetime | None:
    """The start from which the notice of a cancellation is counted: the earliest there ever was.

    A coach who let a student move the session away has failed nobody by that: for a coach, only what coaches moved counts.
    """
    if role != Role.COACH or session.starts_at is None:
        return session.stricter_start
    moved = [each for each in session.moves.all() if each.state == Move.State.AGREED]
    wished = [each.from_starts_at for each in moved if each.role == Role.COACH or each.answers_id]
    return min([session.starts_at, *wished])


def _circumstances(session: Session, by: User | None, now: datetime) -> dict[str, Any]:
    """What follows from a cancellation: in which role, how long before the start that counts, of which time."""
    role = session.role_of(by) if by else ""
    counts = start_that_counts(session, role)
    return {
        "was": session.state,
        "role": role,
        "notice_minutes": int((counts - now).total_seconds() // 60) if counts else None,
        "starts_at": session.starts_at.isoformat() if session.starts_at else None,
    }


def finish(session: Session, *, ended_at: datetime, by: User | None, now: datetime) -> Session:
    """End a locked session with the outcome that its check-ins show."""
    judge(session, ended_at=ended_at)
    session.time_claims.all().delete()
    record(session, events.SESSION_ENDED, by=by, at=now, outcome=str(session.outcome))
    return session
