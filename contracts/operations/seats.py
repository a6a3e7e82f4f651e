"""Seats in group sessions: each is a contract of its own, kept for 15 minutes while its student pays."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User
from accounts.operations import relate
from contracts import events
from contracts.models import Booking, Contract, GroupOffer
from contracts.operations.booking import draft_single, end_single
from core.events import record
from core.models import locked
from core.operations import operation
from core.outbox import nudge
from core.refused import Refused
from core.templatetags.skileez import money
from payments.models import Payment, Portion
from payments.operations import refund
from payments.policy import minimum_price
from scheduling.models import Session
from scheduling.operations import change_seats, free_seats, hold_seat, publish_session, take_seat
from scheduling.operations.consulting import refuse_unless_listed

State = Contract.State


@operation
def publish_group(
    *,
    title: str,
    description: str,
    starts_at: datetime,
    duration_minutes: int,
    seats: int,
    least: int,
    price_cents: int,
    by: User,
    now: datetime,
) -> GroupOffer:
    """A public coach announces a group session and what a seat costs, in their own currency."""
    profile = CoachProfile.objects.listed().filter(user=by.pk).first()
    if profile is None:
        raise Refused(_("You can announce group sessions once your profile is public."), code="not_listed_coach")
    _refuse_price(price_cents, profile.currency, now)
    session = publish_session(
        title=title,
        starts_at=starts_at,
        duration_minutes=duration_minutes,
        seats=seats,
        least=least,
        by=by,
        now=now,
    )
    return GroupOffer.objects.create(
        session=session, price_cents=price_cents, currency=profile.currency, description=description
    )


@operation
def change_group(
    offer: GroupOffer,
    *,
    title: str,
    description: str,
    seats: int,
    least: int,
    price_cents: int,
    by: User,
    now: datetime,
) -> GroupOffer:
    """Its coach changes what is announced; seats that are sold keep their price."""
    _refuse_price(price_cents, offer.currency, now)
    change_seats(offer.session, title=title, seats=seats, least=least, by=by, now=now)
    offer = locked(offer)
    offer.description, offer.price_cents = description, price_cents
    offer.save(update_fields=["description", "price_cents"])
    return offer


@operation
def join_group(session: Session, *, by: User, now: datetime) -> Contract:
    """Keep a seat and make its contract, to be paid within 15 minutes; the same one for who asks again."""
    refuse_unless_listed(session.coach, by)
    seat = hold_seat(session, by=by, now=now)
    assert seat.hold_expires_at  # noqa: S101 - the database holds it for every kept seat
    mine = session.bookings.filter(contract__student=by, contract__state=State.AWAITING_PAYMENT)
    if open_ := mine.select_related("contract").first():
        return open_.contract
    offer, session = GroupOffer.objects.get(session=session), seat.session
    until = seat.hold_expires_at
    contract = draft_single(session, offer.currency, offer.price_cents, fee="group", until=until, by=by, now=now)
    contract.move_to(State.AWAITING_PAYMENT)
    return contract


@operation
def end_unpaid_seat(session: Session, *, student: int, state: str, now: datetime) -> None:
    """A seat that was kept for a payment is given back: its contract ends, and its Checkout page is closed."""
    unpaid = {"contract__student": student, "contract__state": State.AWAITING_PAYMENT}
    for booking in session.bookings.filter(**unpaid).select_related("contract"):
        contract = locked(booking.contract)
        if booking.state == Booking.State.PENDING:
            booking.move_to(Booking.State.CANCELLED)
        end_single(contract, state, now)
        name = events.CONTRACT_EXPIRED if state == State.EXPIRED else events.CONTRACT_CANCELLED
        record(contract, name, by=None, at=now, step=State.AWAITING_PAYMENT.value)
        nudge("contracts.tasks.close_page_of", contract.pk)


@operation
def receive_seat_payment(payment: Payment, contract: Contract, *, now: datetime) -> None:
    """Money arrived for a seat: it is the student's, however late, if one is free; else all goes back."""
    booking = contract.bookings.select_related("session").get()
    try:
        with transaction.atomic():
            take_seat(booking.session, student=contract.student, now=now)
            _begin(contract, booking, now)
    except Refused as why:
        free_seats(booking.session, now=now)  # a seat whose time ran out meanwhile goes to the next, its contract ends
        _pay_back(payment, contract, why.code, now)


@operation
def end_all_unpaid_seats(session: Session, *, now: datetime) -> None:
    """The group does not take place: nobody needs to pay any more."""
    for student in session.bookings.filter(state=Booking.State.PENDING).values_list("contract__student", flat=True):
        end_unpaid_seat(session, student=student, state=State.CANCELLED, now=now)


@operation
def return_all_seats(session: Session, *, now: datetime) -> None:
    """The group does not take place for want of students: everybody has all of their money back."""
    for seat in session.bookings.filter(state=Booking.State.CONFIRMED).select_related("portion").order_by("pk"):
        if seat.portion.state == Portion.State.HELD:
            refund([seat.portion], reason="too_few", by=None, now=now)


def _refuse_price(price_cents: int, currency: str, now: datetime) -> None:
    least = minimum_price(currency, now)
    if price_cents < least:
        sentence = _("A seat costs at least %(amount)s.") % {"amount": money(least, currency)}
        raise Refused(sentence, code="minimum_price", field="price")


def _begin(contract: Contract, booking: Booking, now: datetime) -> None:
    contract, booking = locked(contract), locked(booking)
    if contract.state not in {State.AWAITING_PAYMENT, State.EXPIRED}:
        raise Refused(_("This booking has ended."), code="contract_ended")
    if booking.state == Booking.State.CANCELLED:
        booking.move_to(Booking.State.PENDING)
    contract.paid_at, contract.expires_at, contract.ended_at = now, None, None
    contract.move_to(State.ACTIVE, "paid_at", "expires_at", "ended_at")
    booking.move_to(Booking.State.CONFIRMED)
    relate(contract.student, contract.coach, now=now)
    record(contract, events.CONTRACT_ACTIVATED, by=None, at=now)


def _pay_back(payment: Payment, contract: Contract, code: str, now: datetime) -> None:
    contract = locked(contract)
    contract.paid_at = contract.paid_at or now
    contract.save(update_fields=["paid_at"])
    refund(list(payment.portions.all()), reason=code, by=None, now=now)
    record(contract, events.PAYMENT_CAME_LATE, by=None, at=now, code=code)
