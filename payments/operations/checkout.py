"""Paying: a Checkout page at Stripe, and what became of it. A page's address never activates anything."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.models import locked
from core.operations import operation
from core.outbox import nudge
from core.refused import Refused
from payments import events, gateway, policy
from payments.answers import Checkout
from payments.models import Escrow, Payment, Portion, StripeCustomer
from payments.operations.settlement import settle

OPEN = [Payment.State.PENDING, Payment.State.PROCESSING]
ANSWER_TIME = timedelta(minutes=2)
FIRST_QUESTION = 3


def start_checkout(
    escrow: Escrow,
    *,
    by: User,
    amount_cents: int,
    description: str,
    success_url: str,
    cancel_url: str,
    now: datetime,
    held_until: datetime | None = None,
) -> Payment:
    """A Checkout page where the payer pays this amount; an open one is given again. Calls Stripe.

    Where what is bought is kept only for a while, the page is closed then, and takes no method that needs days.
    """
    if by.pk != escrow.payer_id:
        raise PermissionDenied
    _give_up_stale_attempt(escrow, amount_cents, now)
    until = held_until or now + policy.CHECKOUT_LIFE
    payment = _plan_payment(escrow, amount_cents=amount_cents, description=description, until=until, now=now)
    if payment.checkout_url:
        return payment
    urls = {"success_url": success_url, "cancel_url": cancel_url}
    answer = _open_page(payment, by, urls, is_kept=held_until is not None, now=now)
    payment = _keep_page(payment, answer)
    if payment.state == Payment.State.FAILED or payment.expires_at <= now:
        raise Refused(_("This cannot be paid any more."), code="not_payable")
    return payment


def settle_checkout(session_id: str, *, now: datetime) -> Payment:
    """Ask Stripe what became of a Checkout page and book it; one effect however often and from wherever."""
    return settle(gateway.get_checkout(session_id), now=now)


@operation
def close_checkout(escrow: Escrow, *, now: datetime) -> None:
    """Take no more money for this escrow: its open page is closed at Stripe by a task."""
    for payment in Payment.objects.select_for_update(no_key=True).filter(escrow=escrow, state__in=OPEN):
        payment.expires_at = min(payment.expires_at, now)
        payment.ask_at = now
        payment.save(update_fields=["expires_at", "ask_at"])
        nudge("payments.tasks.ask_about_payment", payment.pk)


def ask_about(payment: Payment, *, now: datetime) -> Payment:
    """What became of an open payment; a page whose time is over is closed, money that came first counts. Calls Stripe."""
    payment = _plan_next_question(payment, now=now)
    if payment.state not in OPEN:
        return payment
    if payment.checkout_session_id is None:
        return _fail_without_page(payment, now=now) if payment.expires_at <= now else payment
    answer = gateway.get_checkout(payment.checkout_session_id)
    if answer.status == "open" and payment.expires_at <= now:
        answer = _close_page(payment)
    return settle(answer, now=now)


def _close_page(payment: Payment) -> Checkout:
    session_id = str(payment.checkout_session_id)
    try:
        gateway.expire_checkout(session_id, key=payment.key)
    except gateway.SaidNo:  # paid or expired a moment ago
        pass
    return gateway.get_checkout(session_id)


@operation
def _plan_next_question(payment: Payment, *, now: datetime) -> Payment:
    payment = locked(payment)
    payment.times_asked += 1
    payment.ask_at = now + policy.pause_after(FIRST_QUESTION + payment.times_asked)
    payment.save(update_fields=["times_asked", "ask_at"])
    return payment


def _give_up_stale_attempt(escrow: Escrow, amount_cents: int, now: datetime) -> None:
    """Another attempt is only made once the open one is known to be over."""
    payment = Payment.objects.filter(escrow=escrow, state=Payment.State.PENDING).first()
    if payment is None:
        return
    unanswered = payment.checkout_session_id is None and now > payment.created_at + ANSWER_TIME
    if unanswered or payment.expires_at <= now or payment.amount_cents != amount_cents:
        Payment.objects.filter(pk=payment.pk, expires_at__gt=now).update(expires_at=now)
        ask_about(payment, now=now)


@operation
def _plan_payment(escrow: Escrow, *, amount_cents: int, description: str, until: datetime, now: datetime) -> Payment:
    escrow = locked(escrow)
    payment = Payment.objects.filter(escrow=escrow, state__in=OPEN).first()
    if payment is None:
        _refuse_wrong_amount(escrow, amount_cents)
        return Payment.objects.create(
            escrow=escrow,
            amount_cents=amount_cents,
            description=description[:200],
            created_at=now,
            expires_at=until,
            ask_at=min(now + policy.pause_after(FIRST_QUESTION), until),
        )
    if payment.state == Payment.State.PROCESSING:
        raise Refused(_("Your bank is still working on the payment."), code="processing")
    return payment


def _refuse_wrong_amount(escrow: Escrow, amount_cents: int) -> None:
    """A payment fills the next portions exactly."""
    unfunded = escrow.portions.filter(state=Portion.State.UNFUNDED).order_by("number")
    open_cents, sums = 0, set()
    for gross in unfunded.values_list("gross_cents", flat=True):
        open_cents += gross
        sums.add(open_cents)
    if not sums:
        raise Refused(_("This is paid already."), code="already_paid")
    if amount_cents not in sums:
        raise Refused(_("This amount does not fit what is to be paid."), code="wrong_amount")


def _open_page(payment: Payment, payer: User, urls: dict[str, str], *, is_kept: bool, now: datetime) -> Checkout:
    try:
        return gateway.create_checkout(
            key=payment.key,
            amount_cents=payment.amount_cents,
            currency=payment.currency,
            description=payment.description,
            label=payment.escrow.label,
            customer=_customer_of(payer),
            email=payer.email,
            **urls,
            expires_at=max(payment.expires_at, payment.created_at + policy.SHORTEST_CHECKOUT),
            cards_only=is_kept,
        )
    except gateway.SaidNo:
        _fail_without_page(payment, now=now)
        raise


def _customer_of(payer: User) -> str:
    """The payer's customer at Stripe, made with their first payment; empty where Stripe gives none just now."""
    row, _fresh = StripeCustomer.objects.get_or_create(user=payer, defaults={"asked_with": payer.email})
    if not row.stripe_id:
        email = row.asked_with or payer.email
        try:
            made = gateway.create_customer(key=row.key, email=email, name=payer.name, user_id=payer.pk)
        except (gateway.SaidNo, gateway.NoAnswer):
            return ""
        StripeCustomer.objects.filter(pk=row.pk, stripe_id__isnull=True).update(stripe_id=made, asked_with="")
        row.stripe_id = made
    return row.stripe_id


@operation
def _keep_page(payment: Payment, answer: Checkout) -> Payment:
    payment = locked(payment)
    if payment.checkout_session_id is None:
        payment.checkout_session_id, payment.checkout_url = answer.id, answer.url
        payment.save(update_fields=["checkout_session_id", "checkout_url"])
    return payment


@operation
def _fail_without_page(payment: Payment, *, now: datetime) -> Payment:
    """Nobody ever got this attempt's page, so nobody can pay on it."""
    payment = locked(payment)
    if payment.state == Payment.State.PENDING and payment.checkout_session_id is None:
        payment.move_to(Payment.State.FAILED)
        record(payment, events.PAYMENT_EXPIRED, by=None, at=now)
    return payment
