"""A booking that waits for the coach's yes: said, refused, taken back, or left unanswered."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events
from scheduling.models import Session
from scheduling.operations.taking import agree, give_back


@operation
def confirm_request(session: Session, *, by: User, now: datetime) -> Session:
    """The coach says yes: the time is agreed. Once however often."""
    session = locked(session)
    if session.coach_id != by.pk:
        raise PermissionDenied
    if session.state == Session.State.SCHEDULED and session.asked_at:
        return session
    _refuse_unless_open(session, now)
    return agree(session, by=by, now=now)


@operation
def decline_request(session: Session, *, by: User, now: datetime, reason: str = "") -> Session:
    """The coach says no: the time is free again, and money that was paid for it alone goes back."""
    session = locked(session)
    if session.coach_id != by.pk:
        raise PermissionDenied
    _refuse_unless_open(session, now)
    session.decline_reason = reason
    session.save(update_fields=["decline_reason"])
    give_back(session)
    record(session, events.SESSION_DECLINED, by=by, at=now)
    return session


@operation
def withdraw_request(session: Session, *, by: User, now: datetime) -> Session:
    """The student takes back what they asked the coach for."""
    session = locked(session)
    if not session.is_student(by):
        raise PermissionDenied
    _refuse_unless_open(session, now)
    give_back(session)
    record(session, events.SESSION_WITHDRAWN, by=by, at=now)
    return session


@operation
def expire_request(session: Session, *, now: datetime) -> Session:
    """Silence is a no: what nobody answered in time is declined; nothing happens to any other session."""
    session = locked(session)
    if session.is_unanswered(now):
        give_back(session)
        record(session, events.SESSION_UNANSWERED, by=None, at=now)
    return session


def _refuse_unless_open(session: Session, now: datetime) -> None:
    if session.state != Session.State.REQUESTED:
        raise Refused(_("Nobody waits for an answer to this session."), code="wrong_state")
    if session.is_unanswered(now):
        raise Refused(_("The time to answer is over: this request counts as declined."), code="expired")
