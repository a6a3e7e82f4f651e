"""What came of the hour decides where its money goes."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Role, User
from contracts import events
from contracts.models import Booking, Contract
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from payments.models import Portion, Refund
from payments.operations import refund, release, schedule_release, unfreeze
from payments.policy import release_due
from scheduling.models import Session
from scheduling.operations import cancel_session, leave_seat

AFTER_OUTCOME = {
    Session.Outcome.COMPLETED: Booking.State.COMPLETED,
    Session.Outcome.STUDENT_ABSENT: Booking.State.NO_SHOW,
    Session.Outcome.COACH_ABSENT: Booking.State.CANCELLED,
    Session.Outcome.BOTH_ABSENT: Booking.State.CANCELLED,
}


@operation
def book(session: Session, *, now: datetime) -> None:
    """The session has a time: its booking is confirmed; refused while its money is on the way back."""
    for booking in _bookings(session, Booking.State.PENDING):
        if booking.portion.state != Portion.State.HELD:
            raise Refused(_("The money of this session is being given back."), code="not_funded")
        booking.move_to(Booking.State.CONFIRMED)


@operation
def unbook(session: Session) -> None:
    """The session's time was given back: its booking waits for another one."""
    for booking in _bookings(session, Booking.State.CONFIRMED):
        booking.move_to(Booking.State.PENDING)


@operation
def settle_session(session: Session, *, outcome: str, now: datetime) -> None:
    """Send each booking's money where the outcome of its seat says; an unclear one stays held."""
    seats = {seat.user_id: seat for seat in session.participants.filter(role=Role.STUDENT).select_related("user")}
    for booking in _bookings(session, Booking.State.CONFIRMED):
        seat = seats.get(booking.contract.student_id)
        came_to = seat.outcome if seat and seat.outcome else outcome
        if came_to not in AFTER_OUTCOME or booking.portion.state != Portion.State.HELD:
            continue  # on its way back: what becomes of it follows when Stripe has said so
        booking.move_to(AFTER_OUTCOME[Session.Outcome(came_to)])
        _send_money(booking, came_to, session.ended_at or now, now)
        complete_if_done(booking.contract, now=now)
        if seat and seat.confirmed_at:
            release_on_confirmation(session, by=seat.user, now=now)


@operation
def settle_after_all(made: Refund, *, now: datetime) -> None:
    """A refund failed and its money is held again: sessions that ended meanwhile are settled now."""
    waiting = Booking.objects.filter(portion__refund_parts__refund=made, state=Booking.State.CONFIRMED)
    for booking in waiting.select_related("session"):
        if booking.session.outcome:
            settle_session(booking.session, outcome=booking.session.outcome, now=now)


@operation
def release_on_confirmation(session: Session, *, by: User, now: datetime) -> None:
    """A student who says that the session took place releases its money at once."""
    mine = session.bookings.filter(contract__student=by, state=Booking.State.COMPLETED).select_related("portion")
    for booking in mine:
        if booking.portion.state == Portion.State.HELD and not booking.portion.is_frozen:
            release(booking.portion, by=by, now=now)


@operation
def give_back(made: Refund, *, now: datetime) -> None:
    """Sessions whose money went back do not take place any more."""
    open_states = [Booking.State.PENDING, Booking.State.CONFIRMED]
    refunded = Booking.objects.filter(portion__refund_parts__refund=made, state__in=open_states)
    for booking in refunded.select_related("session", "contract"):
        booking.move_to(Booking.State.CANCELLED)
        _free_time(booking, now)
        record(booking, events.BOOKING_REFUNDED, by=None, at=now)
        complete_if_done(booking.contract, now=now)


def _free_time(booking: Booking, now: datetime) -> None:
    """The session of a refunded booking is called off; of a group only this student's seat."""
    session, student = booking.session, booking.contract.student
    if session.state not in Session.CANCELLABLE:
        return
    if session.kind == Session.Kind.GROUP:
        leave_seat(session, student=student, by=student, now=now)
    else:
        cancel_session(session, by=None, now=now)


def _send_money(booking: Booking, came_to: str, ended_at: datetime, now: datetime) -> None:
    """To the coach in time, or back at once: a reported problem holds up only what would be released."""
    portion = booking.portion
    if due := release_due(came_to, ended_at, booking.contract.policy):
        schedule_release(portion, due_at=due, now=now)
        return
    if portion.is_frozen:
        portion = unfreeze(portion, now=now)
    refund([portion], reason=came_to, by=None, now=now)


def complete_if_done(contract: Contract, *, now: datetime) -> None:
    """A contract with nothing left to do is completed; cancelled where nothing was done at all."""
    contract = locked(contract)
    states = set(contract.bookings.values_list("state", flat=True))
    if contract.state != Contract.State.ACTIVE or states & {Booking.State.PENDING, Booking.State.CONFIRMED}:
        return
    done = states & {Booking.State.COMPLETED, Booking.State.NO_SHOW}
    contract.ended_at = now
    contract.move_to(Contract.State.COMPLETED if done else Contract.State.CANCELLED, "ended_at")
    record(contract, events.CONTRACT_COMPLETED if done else events.CONTRACT_CANCELLED, by=None, at=now)


def _bookings(session: Session, state: str) -> list[Booking]:
    """Bookings of a session in a state, their contracts locked first."""
    contracts = session.bookings.filter(state=state).values("contract")
    list(Contract.objects.select_for_update(no_key=True).filter(pk__in=contracts).order_by("pk").values_list("pk"))
    return list(session.bookings.filter(state=state).select_related("contract", "portion").order_by("pk"))
