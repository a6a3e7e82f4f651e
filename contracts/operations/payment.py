"""Only a verified payment makes a contract active."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import relate
from contracts import events
from contracts.models import Booking, Contract
from contracts.operations.booking import receive_booking_payment
from contracts.operations.seats import receive_seat_payment
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from payments.models import Payment, Portion
from payments.operations import close_checkout, refund, refund_surplus, start_checkout
from scheduling.models import Session
from scheduling.operations import create_sessions, open_sessions


def start_payment(contract: Contract, *, by: User, now: datetime) -> Payment:
    """A Checkout page for the whole of a contract; only its student, only while it awaits payment."""
    if contract.student_id != by.pk:
        raise PermissionDenied
    _refuse_unless_payable(contract, now)
    payment = start_checkout(
        contract.escrow,
        by=by,
        amount_cents=contract.total_cents,
        description=f"{contract.number} {contract.title}",
        held_until=contract.expires_at if contract.kind in Contract.HELD_KINDS else None,
        success_url=_address("payment-success", contract) + "?session_id={CHECKOUT_SESSION_ID}",
        cancel_url=_address("payment-cancel", contract),
        now=now,
    )
    try:
        _refuse_unless_payable(contract, now)
    except Refused:  # called off while the page was being made
        close_checkout(contract.escrow, now=now)
        raise
    return payment


def _refuse_unless_payable(contract: Contract, now: datetime) -> None:
    """As the contract stands in this moment, whatever the caller has read before."""
    contract.refresh_from_db(fields=["state", "expires_at"])
    if contract.state != Contract.State.AWAITING_PAYMENT:
        raise Refused(_("This contract cannot be paid now."), code="not_payable")
    if contract.is_overdue(now):
        raise Refused(_("The time to pay this contract is over."), code="expired")


def _address(name: str, contract: Contract) -> str:
    return settings.SITE_URL + reverse(name, args=[contract.pk])


def receive_payment(payment: Payment, *, now: datetime) -> None:
    """Money arrived for a contract: it becomes active, or the money goes back where it cannot."""
    contract = Contract.objects.filter(escrow_id=payment.escrow_id).first()
    if contract is None:
        return
    if contract.kind not in Contract.HELD_KINDS:  # with a time of their own: people and session are locked first
        contract = locked(contract)
    portions = list(payment.portions.all())
    if not portions:
        refund_surplus(payment, now=now)
    elif contract.kind in Contract.SINGLE_KINDS:
        receive_booking_payment(payment, contract, now=now)
    elif contract.kind == Contract.Kind.GROUP:
        receive_seat_payment(payment, contract, now=now)
    elif contract.state == Contract.State.AWAITING_PAYMENT:
        activate(contract, now=now)
    elif contract.state != Contract.State.ACTIVE:
        refund(portions, reason="contract_ended", by=None, now=now)


@operation
def activate(contract: Contract, *, now: datetime) -> Contract:
    """Begin: the sessions exist and may be scheduled, and the two people know each other."""
    contract = locked(contract)
    contract.paid_at, contract.expires_at = now, None
    contract.move_to(Contract.State.ACTIVE, "paid_at", "expires_at")
    sessions = create_sessions(
        coach=contract.coach,
        students=[contract.student],
        kind=Session.Kind.CONTRACT,
        duration_minutes=contract.session_minutes,
        count=contract.session_count,
        title=contract.title,
        terms=contract.policy,
    )
    portions = Portion.objects.filter(escrow=contract.escrow_id).order_by("number")
    Booking.objects.bulk_create(
        Booking(contract=contract, number=portion.number, session=session, portion=portion)
        for portion, session in zip(portions, sessions, strict=True)
    )
    open_sessions(sessions)
    relate(contract.student, contract.coach, now=now)
    record(contract, events.CONTRACT_ACTIVATED, by=None, at=now)
    return contract
