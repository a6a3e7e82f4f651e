"""Who came: check-ins are the evidence from which a session's outcome follows."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.events import record
from core.models import Event, locked
from core.operations import operation
from core.refused import Refused
from core.templatetags.skileez import in_minutes
from scheduling import events, policy
from scheduling.meeting import has_place
from scheduling.models import Participant, Session
from scheduling.operations.closing import finish


@operation
def check_in(session: Session, *, by: User, now: datetime) -> Participant:
    """Keep when someone came, at their first click; with both sides here the session is in progress."""
    session = locked(session)
    participant, everybody = _places(session, by)
    _refuse_unless_joinable(session, now)
    _note(session, participant, by=by, now=now)
    if session.state == Session.State.SCHEDULED and _both_sides_here(everybody):
        _begin(session, by=by, now=now)
    if participant.role == Role.STUDENT and not has_place(session):
        _ask_for_a_place(session, by=by, now=now)
    return participant


@operation
def start(session: Session, *, by: User, now: datetime) -> Session:
    """The coach begins, or a student whose coach is here; that counts as a check-in. Once however often."""
    session = locked(session)
    participant, everybody = _places(session, by)
    if session.state == Session.State.IN_PROGRESS and participant.checked_in_at:
        return session
    _refuse_unless_joinable(session, now)
    if participant.role != Role.COACH and not any(each.checked_in_at for each in everybody if each.role == Role.COACH):
        raise Refused(_("The session starts when the coach is here. Please join and wait."), code="coach_not_here")
    _note(session, participant, by=by, now=now)
    if session.state == Session.State.SCHEDULED:
        _begin(session, by=by, now=now)
    return session


@operation
def end(session: Session, *, by: User, now: datetime) -> Session:
    """End a session that is in progress, or to which nobody else came in time, and decide its outcome. Once."""
    session = locked(session)
    participant, _everybody = _places(session, by)
    if session.state in Session.OVER:
        return session
    if session.state != Session.State.IN_PROGRESS and not session.may_be_left_alone_by(by, now):
        raise Refused(_("This session has not started."), code="not_started")
    if session.starts_at and now < session.starts_at:
        raise Refused(_("This session cannot end before its agreed start."), code="too_early")
    if not participant.checked_in_at:
        raise Refused(_("Only who is here can end a session."), code="not_here")
    return finish(session, ended_at=min(now, session.span[1]), by=by, now=now)


def let_in(session: Session, *, by: User, now: datetime) -> None:
    """Refuse whoever may not enter the room now: outside its hours, or without having checked in."""
    place = session.place_of(by)
    if place is None:
        raise PermissionDenied
    _refuse_unless_joinable(session, now)
    if not place.checked_in_at:
        raise Refused(_("Please join first: that checks you in."), code="not_here")


def _places(session: Session, by: User) -> tuple[Participant, list[Participant]]:
    everybody = session.people
    for participant in everybody:
        if participant.user_id == by.pk:
            return participant, everybody
    raise PermissionDenied


def _refuse_unless_joinable(session: Session, now: datetime) -> None:
    if session.may_be_joined(now):
        return
    if session.state not in {Session.State.SCHEDULED, Session.State.IN_PROGRESS}:
        raise Refused(_("This session can't be joined: it has no agreed time, or is over."), code="wrong_state")
    if now < policy.joinable_from(session.span[0]):
        sentence = _("The waiting room opens %(minutes)s before the start.")
        raise Refused(sentence % {"minutes": in_minutes(policy.opens_before(session.span[0]))}, code="too_early")
    raise Refused(_("This session is over."), code="over")


def _note(session: Session, participant: Participant, *, by: User, now: datetime) -> None:
    if participant.checked_in_at:
        return
    participant.checked_in_at = now
    participant.save(update_fields=["checked_in_at"])
    record(session, events.CHECKED_IN, by=by, at=now, role=participant.role)


def _ask_for_a_place(session: Session, *, by: User, now: datetime) -> None:
    """Once, as whoever waits may click often."""
    if not Event.objects.about(session).filter(name=events.PLACE_MISSED).exists():
        record(session, events.PLACE_MISSED, by=by, at=now)


def _both_sides_here(everybody: list[Participant]) -> bool:
    return {each.role for each in everybody if each.checked_in_at} == {Role.COACH, Role.STUDENT}


def _begin(session: Session, *, by: User, now: datetime) -> None:
    session.started_at = now
    session.move_to(Session.State.IN_PROGRESS, "started_at")
    record(session, events.SESSION_STARTED, by=by, at=now)
