"""Booking what Stripe says of a payment: forward only, one effect however often it is said."""

from datetime import datetime

from core.events import record
from core.models import locked
from core.operations import operation
from payments import events, gateway
from payments.answers import Charge, Checkout
from payments.models import LedgerEntry, Payment, Portion
from payments.operations import ledger
from payments.operations.incidents import open_incident
from payments.operations.refunds import refund_surplus

UNPAID = {Payment.State.PENDING, Payment.State.PROCESSING, Payment.State.FAILED}


@operation
def settle(answer: Checkout, *, now: datetime) -> Payment:
    """Bring a payment to where its Checkout session is; `Payment.DoesNotExist` when it is none of ours."""
    payment = _lock_payment(answer)
    if payment.state not in UNPAID:
        _learn_fee(payment, answer.charge, now)
    elif answer.is_paid and answer.charge:
        _receive(payment, answer, answer.charge, now)
    elif answer.status == "expired" or answer.has_failed:
        _fail(payment, answer, now)
    elif answer.is_processing:
        _wait(payment)
    else:
        _note_decline(payment, answer, now)
    return payment


def learn_fee(payment: Payment, *, now: datetime) -> Payment:
    """Book Stripe's fee once Stripe knows it; asking again changes nothing. Calls Stripe."""
    if payment.charge_id and payment.stripe_fee_cents is None:
        return book_fee(gateway.get_charge(payment.charge_id), now=now)
    return payment


@operation
def book_fee(charge: Charge, *, now: datetime) -> Payment:
    """Book the fee that a settled charge cost us."""
    payment = locked(Payment.objects.get(charge_id=charge.id))
    _learn_fee(payment, charge, now)
    return payment


def _lock_payment(answer: Checkout) -> Payment:
    """The payment of a session, its escrow locked first."""
    known = Payment.objects.filter(checkout_session_id=answer.id)
    if answer.payment_key and not known.exists():
        known = Payment.objects.filter(key=answer.payment_key)  # the answer to our request was lost
    payment = known.select_related("escrow").get()
    locked(payment.escrow)
    payment = locked(payment)
    if payment.checkout_session_id is None:
        payment.checkout_session_id = answer.id
        payment.save(update_fields=["checkout_session_id"])
    return payment


def _receive(payment: Payment, answer: Checkout, charge: Charge, now: datetime) -> None:
    """The money is ours to hold: into the books, into the portions, the rest goes back."""
    if _differs(payment, answer, charge, now):
        return
    escrow = payment.escrow
    ledger.post(
        debit=ledger.cash(escrow.currency),
        credit=ledger.held(escrow),
        amount_cents=payment.amount_cents,
        key=f"paid:{payment.key}",
        kind=LedgerEntry.Kind.PAID,
        escrow=escrow,
        stripe_id=charge.id,
        now=now,
    )
    payment.payment_intent_id, payment.charge_id = answer.intent_id, charge.id
    payment.receipt_url, payment.settled_at = charge.receipt_url, now
    payment.move_to(Payment.State.SUCCEEDED, "payment_intent_id", "charge_id", "receipt_url", "settled_at")
    _fund_portions(payment)
    _learn_fee(payment, charge, now)
    record(payment, events.PAYMENT_SETTLED, by=None, at=now, amount_cents=payment.amount_cents)
    refund_surplus(payment, now=now)
    payment.refresh_from_db()


def _differs(payment: Payment, answer: Checkout, charge: Charge, now: datetime) -> bool:
    """Another amount or currency than agreed is not booked: staff must look."""
    escrow = payment.escrow
    agreed = (payment.amount_cents, escrow.currency)
    settled = charge.settled_currency or escrow.currency
    if agreed == (charge.amount_cents, charge.currency) and settled == escrow.currency:
        return False
    facts = {"charge": charge.id, "amount_cents": charge.amount_cents, "currency": charge.currency}
    open_incident("payment_differs", payment, key=charge.id, now=now, settled_currency=settled, **facts)
    return True


def _fund_portions(payment: Payment) -> None:
    left = payment.amount_cents
    for portion in payment.escrow.portions.filter(state=Portion.State.UNFUNDED).order_by("number"):
        if portion.gross_cents > left:
            return
        left -= portion.gross_cents
        portion.payment = payment
        portion.move_to(Portion.State.HELD, "payment")


def _learn_fee(payment: Payment, charge: Charge | None, now: datetime) -> None:
    if charge is None or charge.fee_cents is None or payment.stripe_fee_cents is not None:
        return
    currency = payment.escrow.currency
    if charge.settled_currency != currency:
        open_incident("fee_differs", payment, key=charge.id, now=now, settled_currency=charge.settled_currency)
        return
    if charge.fee_cents:
        ledger.post(
            debit=ledger.stripe_fees(currency),
            credit=ledger.cash(currency),
            amount_cents=charge.fee_cents,
            key=f"stripe_fee:{payment.key}",
            kind=LedgerEntry.Kind.STRIPE_FEE,
            escrow=payment.escrow,
            stripe_id=charge.id,
            now=now,
        )
    payment.stripe_fee_cents = charge.fee_cents
    payment.save(update_fields=["stripe_fee_cents"])


def _fail(payment: Payment, answer: Checkout, now: datetime) -> None:
    if payment.state == Payment.State.FAILED:
        return
    payment.failure_code = answer.failure_code[:60]
    payment.move_to(Payment.State.FAILED, "failure_code")
    name = events.PAYMENT_EXPIRED if answer.status == "expired" else events.PAYMENT_FAILED
    record(payment, name, by=None, at=now, code=payment.failure_code)


def _wait(payment: Payment) -> None:
    if payment.state == Payment.State.PENDING:
        payment.move_to(Payment.State.PROCESSING)


def _note_decline(payment: Payment, answer: Checkout, now: datetime) -> None:
    """A card was declined on the page, where another may be tried: said once for each charge."""
    charge = answer.charge
    if charge is None or charge.is_paid or charge.id == payment.failed_charge_id:
        return
    payment.failed_charge_id, payment.failure_code = charge.id, answer.failure_code[:60]
    payment.save(update_fields=["failed_charge_id", "failure_code"])
    record(payment, events.PAYMENT_FAILED, by=None, at=now, code=payment.failure_code)
