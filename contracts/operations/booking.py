"""A single session, direct or a trial: its time is kept while the student pays, and is theirs once they have."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User
from accounts.operations import relate
from contracts import events, policy
from contracts.models import Booking, Contract
from contracts.operations.agreement import next_number
from core.events import record
from core.models import locked
from core.operations import operation
from core.outbox import nudge
from core.refused import Refused
from core.templatetags.skileez import money
from marketplace.models import PaymentModel
from payments.models import Payment, Portion
from payments.operations import open_escrow, refund
from payments.policy import fee_basis_points, minimum_price, plan_portions
from scheduling.models import Session
from scheduling.operations import hold_new_session, keep_paid_time
from scheduling.operations.consulting import refuse_unless_listed
from scheduling.operations.taking import expire, free_people, in_turn

Kind, State = Contract.Kind, Contract.State
TRIAL_COUNTS = [State.DRAFT, State.AWAITING_PAYMENT, State.ACTIVE, State.COMPLETED]


@operation
def book_directly(
    coach: User, *, kind: str, starts_at: datetime, duration_minutes: int, by: User, now: datetime, note: str = ""
) -> Contract:
    """A session at the coach's rate, kept for 15 minutes in which its student pays: session, contract and money in one."""
    refuse_unless_listed(coach, by)
    profile = CoachProfile.objects.get(user=coach.pk)
    price = price_of(profile, kind, duration_minutes, now=now)
    session = hold_new_session(
        coach=coach,
        student=by,
        kind=kind,
        duration_minutes=duration_minutes,
        starts_at=starts_at,
        now=now,
        title=TITLES[kind],
        note=note,
    )
    if kind == Kind.TRIAL:
        _refuse_second_trial(coach, by)
    until = session.hold_expires_at
    assert until  # noqa: S101 - its time is held
    contract = draft_single(session, profile.currency, price, fee="direct", until=until, by=by, now=now)
    contract.move_to(State.AWAITING_PAYMENT)
    return contract


def price_of(profile: CoachProfile, kind: str, duration_minutes: int, *, now: datetime) -> int:
    """What such a session costs in cents; refused where the coach does not offer it, or not of this length."""
    if duration_minutes not in policy.booking_minutes(kind):
        first, *_others, last = policy.booking_minutes(kind)
        sentence = _("Please choose between %(first)d and %(last)d minutes.") % {"first": first, "last": last}
        raise Refused(sentence, code="duration", field="duration")
    if kind == Kind.TRIAL and not profile.trial_rate_cents:
        raise Refused(_("This coach offers no trial."), code="no_trial")
    price = policy.booking_price(kind, profile.hourly_rate_cents, profile.trial_rate_cents or 0, duration_minutes)
    least = minimum_price(profile.currency, now)
    if kind == Kind.DIRECT and price < least:
        sentence = _("A session costs at least %(amount)s: please choose a longer one.")
        raise Refused(sentence % {"amount": money(least, profile.currency)}, code="minimum_price", field="duration")
    return price


def why_no_trial(coach: User, student: User) -> str:
    """The sentence with which another trial is refused; empty where it may be booked."""
    try:
        _refuse_second_trial(coach, student)
    except Refused as refused:
        return refused.sentence
    return ""


@operation
def end_unpaid_booking(session: Session, *, state: str, by: User | None, now: datetime) -> None:
    """The time that was kept for a payment is given back: its contract ends, and its Checkout page is closed."""
    unpaid = {"contract__kind__in": Contract.SINGLE_KINDS, "contract__state": State.AWAITING_PAYMENT}
    for booking in session.bookings.filter(state=Booking.State.PENDING, **unpaid):
        contract = locked(booking.contract)
        booking.move_to(Booking.State.CANCELLED)
        end_single(contract, state, now)
        name = events.CONTRACT_EXPIRED if state == State.EXPIRED else events.CONTRACT_CANCELLED
        record(contract, name, by=by, at=now, step=State.AWAITING_PAYMENT.value)
        nudge("contracts.tasks.close_page_of", contract.pk)


@operation
def receive_booking_payment(payment: Payment, contract: Contract, *, now: datetime) -> None:
    """Money arrived for a single session: its time stands, however late, if it is free; else all goes back."""
    booking = contract.bookings.select_related("session").get()
    session, people = in_turn(booking.session)
    free_people(people, now=now, apart_from=session.pk)
    try:
        with transaction.atomic():
            _begin(contract, session, now)
    except Refused as why:
        _pay_back(payment, contract, session, why.code, now)


@operation
def return_money_of_request(session: Session, *, reason: str, by: User | None, now: datetime) -> None:
    """The coach did not say yes: what was paid for this session alone goes back; a contract's stays held."""
    single = {"contract__kind__in": Contract.SINGLE_KINDS, "contract__state": State.ACTIVE}
    for booking in session.bookings.filter(state=Booking.State.PENDING, **single).select_related("portion"):
        contract = locked(booking.contract)
        booking.move_to(Booking.State.CANCELLED)
        end_single(contract, State.CANCELLED, now)
        if booking.portion.state == Portion.State.HELD:
            refund([booking.portion], reason=reason, by=None, now=now)
        record(contract, events.CONTRACT_CANCELLED, by=by, at=now, reason=reason)


def draft_single(
    session: Session, currency: str, price: int, *, fee: str, until: datetime, by: User, now: datetime
) -> Contract:
    """The contract of one session, its money in one portion, and the booking that joins the two."""
    basis_points, number = fee_basis_points(fee, now), next_number(now)
    portions = plan_portions(price, 1, basis_points)
    escrow = open_escrow(payer=by, payee=session.coach, currency=currency, label=number, portions=portions)
    contract = Contract.objects.create(
        number=number,
        origin=Contract.Origin.BOOKING,
        kind=session.kind,
        student=by,
        coach=session.coach,
        escrow=escrow,
        title=session.title,
        payment_model=PaymentModel.PER_SESSION,
        rate_cents=price,
        session_count=1,
        session_minutes=session.duration_minutes,
        total_cents=price,
        fee_basis_points=basis_points,
        policy=policy.terms_of_today(now),
        time_zone=by.time_zone,
        created_at=now,
        expires_at=until,
    )
    Booking.objects.create(contract=contract, number=1, session=session, portion=escrow.portions.get())
    record(contract, events.CONTRACT_DRAFTED, by=by, at=now, total_cents=price)
    return contract


def _begin(contract: Contract, session: Session, now: datetime) -> None:
    contract = locked(contract)
    if contract.state not in {State.AWAITING_PAYMENT, State.EXPIRED}:
        raise Refused(_("This booking has ended."), code="contract_ended")
    if contract.kind == Kind.TRIAL and contract.state == State.EXPIRED:
        _refuse_second_trial(contract.coach, contract.student)
    booking = contract.bookings.get()
    if booking.state == Booking.State.CANCELLED:
        booking.move_to(Booking.State.PENDING)
    contract.paid_at, contract.expires_at, contract.ended_at = now, None, None
    contract.move_to(State.ACTIVE, "paid_at", "expires_at", "ended_at")
    keep_paid_time(session, held_at=contract.created_at, by=None, now=now)
    relate(contract.student, contract.coach, now=now)
    record(contract, events.CONTRACT_ACTIVATED, by=None, at=now)


def _pay_back(payment: Payment, contract: Contract, session: Session, code: str, now: datetime) -> None:
    if session.state == Session.State.HELD:
        expire(session, now)  # and its contract with it
    contract = locked(contract)
    contract.paid_at = contract.paid_at or now
    contract.save(update_fields=["paid_at"])
    refund(payment.portions.all(), reason=code, by=None, now=now)
    record(contract, events.PAYMENT_CAME_LATE, by=None, at=now, code=code)


def end_single(contract: Contract, state: str, now: datetime) -> None:
    contract.ended_at, contract.expires_at = now, None
    contract.move_to(state, "ended_at", "expires_at")


def _refuse_second_trial(coach: User, student: User) -> None:
    if Contract.objects.filter(kind=Kind.TRIAL, student=student, coach=coach, state__in=TRIAL_COUNTS).exists():
        raise Refused(_("You have had your trial with this coach. You can book a session."), code="trial_used")


TITLES: dict[str, str] = {Kind.TRIAL: "Trial session", Kind.DIRECT: "Single session"}
