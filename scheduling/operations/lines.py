"""The line for a full group session: first come, first served. A seat that falls free is kept for the first."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Role, User, lock_members
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Participant, Session, Waiting

State = Waiting.State


@operation
def join_line(session: Session, *, by: User, now: datetime) -> Waiting:
    """Wait for a seat of a session that is full; the same place for who asks again."""
    lock_members([by.pk])
    session = locked(session)
    if session.kind != Session.Kind.GROUP:
        raise PermissionDenied
    if session.state != Session.State.SCHEDULED or session.span[0] <= now:
        raise Refused(_("This session has begun, is over or was called off."), code="wrong_state")
    if by.pk == session.coach_id:
        raise Refused(_("You teach this session."), code="own_time")
    if mine := session.waiting.filter(student=by, state__in=Waiting.OPEN).first():
        return mine
    reserved = reserved_for(session, now)
    if by.pk in reserved:
        raise Refused(_("You have a seat in this session already."), code="already_joined")
    if len(reserved) < session.seats:
        raise Refused(_("A seat is free: you can join at once."), code="not_full")
    waiting = Waiting.objects.create(session=session, student=by, asked_at=now)
    record(session, events.LINE_JOINED, by=by, at=now, waiting=waiting.pk)
    return waiting


@operation
def leave_line(session: Session, *, by: User, now: datetime) -> Waiting | None:
    """Wait no longer; a seat that was kept goes to the next. Once however often."""
    session = locked(session)
    mine = session.waiting.filter(student=by, state__in=Waiting.OPEN).first()
    if mine:
        mine.move_to(State.LEFT)
        record(session, events.LINE_LEFT, by=by, at=now, waiting=mine.pk)
        offer_seats(session, now=now)
    return mine


@operation
def pass_offers(session: Session, *, now: datetime) -> int:
    """Offers that nobody took in time go to the next in line; how many there were."""
    session = locked(session)
    return offer_seats(session, now=now)


def end_line(session: Session) -> None:
    """Nobody waits for a session that will not take place."""
    session.waiting.filter(state__in=Waiting.OPEN).update(state=State.PASSED)


def offer_seats(session: Session, *, now: datetime) -> int:
    """Of a locked session: end the offers that are over, keep each free seat for the next in line; how many ended."""
    over = list(session.waiting.filter(state=State.OFFERED, offer_ends_at__lte=now))
    for waiting in over:
        waiting.move_to(State.PASSED)
        record(session, events.OFFER_PASSED, by=None, at=now, waiting=waiting.pk, student=waiting.student_id)
    line = session.waiting.filter(state=State.WAITING).order_by("pk")
    if session.state != Session.State.SCHEDULED or not line.exists():
        return len(over)
    free = session.seats - len(reserved_for(session, now))
    if free > 0 and now < policy.group_decided_at(session.span[0], now):
        for waiting in line[:free]:
            _offer(session, waiting, now)
    elif free > 0:
        record(session, events.SEATS_FREE_FOR_ALL, by=None, at=now, line=[each.student_id for each in line])
    return len(over)


def reserved_for(session: Session, now: datetime) -> set[int]:
    """Students for whom a seat is taken, kept while they pay, or kept while they make up their mind."""
    sitting = Q(state=Participant.State.TAKEN) | Q(state=Participant.State.HELD, hold_expires_at__gt=now)
    students = session.participants.filter(sitting, role=Role.STUDENT).values_list("user_id", flat=True)
    offered = session.waiting.filter(state=State.OFFERED, offer_ends_at__gt=now).values_list("student_id", flat=True)
    return {*students, *offered}


def _offer(session: Session, waiting: Waiting, now: datetime) -> None:
    waiting.offered_at, waiting.offer_ends_at = now, policy.offer_until(session.span[0], now)
    waiting.move_to(State.OFFERED, "offered_at", "offer_ends_at")
    facts = {"waiting": waiting.pk, "student": waiting.student_id, "until": waiting.offer_ends_at.isoformat()}
    record(session, events.SEAT_OFFERED, by=None, at=now, **facts)
