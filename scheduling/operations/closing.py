"""How a session ends: with an outcome from the evidence, by agreement, by staff, or cancelled."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Move, Participant, Reminder, Session

Outcome = Session.Outcome
ABSENCES = {Outcome.STUDENT_ABSENT, Outcome.COACH_ABSENT, Outcome.BOTH_ABSENT}


@operation
def close_session(session: Session, *, now: datetime) -> Session:
    """End a session whose time is up, by the evidence there is; nothing happens to any other."""
    session = locked(session)
    if session.is_over(now):
        finish(session, ended_at=session.span[1], by=None, now=now)
    return session


@operation
def confirm_outcome(session: Session, *, by: User, now: datetime) -> Session:
    """A participant says that it took place; an unclear session has taken place once all say so."""
    session = locked(session)
    everybody = session.people
    mine = next((each for each in everybody if each.user_id == by.pk), None)
    if mine is None:
        raise PermissionDenied
    if mine.confirmed_at:
        return session
    if session.state != Session.State.COMPLETED:
        raise Refused(_("Only a session that took place can be confirmed."), code="not_completed")
    mine.confirmed_at = now
    mine.save(update_fields=["confirmed_at"])
    record(session, events.SESSION_CONFIRMED, by=by, at=now, role=mine.role)
    if session.outcome == Outcome.UNCLEAR and all(each.confirmed_at for each in everybody):
        _settle(session, Outcome.COMPLETED, by=by, now=now)
    return session


@operation
def settle_outcome(session: Session, *, outcome: str, by: User, now: datetime) -> Session:
    """Staff decide what an unclear session came to."""
    if not by.is_staff:
        raise PermissionDenied
    session = locked(session)
    if session.outcome != Outcome.UNCLEAR:
        raise Refused(_("The outcome of this session is not open."), code="already_settled")
    if outcome not in {Outcome.COMPLETED, *ABSENCES}:
        raise Refused(_("Please choose what the session came to."), code="no_outcome", field="outcome")
    return _settle(session, Outcome(outcome), by=by, now=now)


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
    session.uses_up = session.uses_up and not policy.is_given_back(facts["role"], facts["notice_minutes"])
    session.move_to(Session.State.CANCELLED, "hold_expires_at", "answer_due_at", "uses_up")
    session.time_claims.all().delete()
    session.reminders.filter(state=Reminder.State.PLANNED).update(state=Reminder.State.DROPPED)
    session.moves.filter(state=Move.State.OPEN).update(state=Move.State.WITHDRAWN, answered_at=now)
    record(session, events.SESSION_CANCELLED, by=by, at=now, **facts)
    return session


def _circumstances(session: Session, by: User | None, now: datetime) -> dict[str, Any]:
    """What follows from a cancellation: in which role, how long before the start that counts, of which time."""
    stricter = session.stricter_start
    return {
        "was": session.state,
        "role": session.role_of(by) if by else "",
        "notice_minutes": int((stricter - now).total_seconds() // 60) if stricter else None,
        "starts_at": session.starts_at.isoformat() if session.starts_at else None,
    }


def finish(session: Session, *, ended_at: datetime, by: User | None, now: datetime) -> Session:
    """End a locked session with the outcome that its check-ins show."""
    everybody = session.people
    starts_at, ends_at = session.span
    session.outcome = policy.outcome(
        _first_check_in(everybody, Role.COACH),
        _first_check_in(everybody, Role.STUDENT),
        starts_at=starts_at,
        ends_at=ends_at,
        ended_at=ended_at,
    )
    session.ended_at = ended_at
    over = Session.State.MISSED if session.outcome in ABSENCES else Session.State.COMPLETED
    session.move_to(over, "ended_at", "outcome")
    session.time_claims.all().delete()
    record(session, events.SESSION_ENDED, by=by, at=now, outcome=session.outcome)
    return session


def _first_check_in(everybody: list[Participant], role: str) -> datetime | None:
    return min((each.checked_in_at for each in everybody if each.role == role and each.checked_in_at), default=None)


def _settle(session: Session, outcome: Outcome, *, by: User, now: datetime) -> Session:
    session.outcome = outcome
    if outcome in ABSENCES:
        session.move_to(Session.State.MISSED, "outcome")
    else:
        session.save(update_fields=["outcome"])
    record(session, events.SESSION_SETTLED, by=by, at=now, outcome=str(outcome))
    return session
