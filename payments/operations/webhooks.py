"""Stripe's webhooks: kept as they come, applied afterwards from what Stripe says now, in any order."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, transaction

from core.operations import operation
from core.outbox import nudge
from core.refused import Refused
from payments import gateway, policy
from payments.answers import id_of
from payments.models import ConnectAccount, Payment, Refund, StripeEvent, Transfer
from payments.operations.checkout import settle_checkout
from payments.operations.connect import refresh_account
from payments.operations.incidents import open_incident
from payments.operations.late import without_who_left
from payments.operations.refunds import find_out_refunds, keep_refund
from payments.operations.settlement import book_fee
from payments.operations.transfers import keep_transfer

log = structlog.get_logger(__name__)
Handler = Callable[[StripeEvent, dict[str, Any], datetime], None]
BEYOND_DOUBT = {Refund.State.MADE, Refund.State.FAILED}


class Unmatched(Exception):
    """The event speaks of something we have no row for, yet."""


def receive_event(body: bytes, signature: str, *, now: datetime) -> StripeEvent:
    """Keep a webhook of Stripe in the inbox, once, and nudge a worker; `gateway.Forged` for anything else."""
    payload = gateway.verify(body, signature, now=now)
    try:
        return _keep(payload, now=now)
    except DataError as error:  # characters that the database cannot hold
        raise gateway.Forged("The event cannot be stored.") from error


def apply_event(event: StripeEvent, *, now: datetime) -> StripeEvent:
    """Do what an event asks for, once; what cannot be done yet stays in the inbox and is tried again. Calls Stripe."""
    claimed = _claim(event, now=now)
    if claimed is None:
        return StripeEvent.objects.get(pk=event.pk)
    handler = HANDLERS.get(claimed.type)
    try:
        if handler and claimed.payload.get("livemode", False) == settings.STRIPE_LIVE_MODE:
            handler(claimed, claimed.payload["data"]["object"], now)
    except (Unmatched, Payment.DoesNotExist, ConnectAccount.DoesNotExist):
        return _keep_for_later(claimed, "unmatched")
    except Refused as refusal:
        return _keep_for_later(claimed, f"{refusal.code}: {getattr(refusal, 'message', refusal)}")
    except Exception as error:  # one broken event must not stop the others
        log.exception("event failed", stripe_event=claimed.event_id)
        return _keep_for_later(claimed, f"{type(error).__name__}: {error}")
    return _mark_handled(claimed, now)


@operation
def make_due(event: StripeEvent, *, now: datetime) -> StripeEvent:
    """Let an event be tried at once, whatever pause it was given."""
    StripeEvent.objects.filter(pk=event.pk).update(due_at=now)
    event.due_at = now
    return event


@operation
def _keep(payload: dict[str, Any], *, now: datetime) -> StripeEvent:
    event, fresh = StripeEvent.objects.get_or_create(
        event_id=payload["id"],
        defaults={
            "type": payload["type"],
            "account": payload.get("account") or "",
            "payload": without_who_left(payload),
            "received_at": now,
            "due_at": now,
        },
    )
    if fresh:
        nudge("payments.tasks.apply_stripe_event", event.pk)
    return event


@operation
def _claim(event: StripeEvent, *, now: datetime) -> StripeEvent | None:
    due = StripeEvent.objects.select_for_update(no_key=True, skip_locked=True)
    claimed = due.filter(pk=event.pk, handled_at__isnull=True, due_at__lte=now).first()
    if claimed:
        claimed.tries += 1
        claimed.due_at = now + policy.pause_after(claimed.tries)
        claimed.save(update_fields=["tries", "due_at"])
    return claimed


def _keep_for_later(event: StripeEvent, why: str) -> StripeEvent:
    event.last_error = why[:300]
    event.save(update_fields=["last_error"])
    return event


def _mark_handled(event: StripeEvent, now: datetime) -> StripeEvent:
    """Done; the mirror is next."""
    event.handled_at, event.due_at, event.tries, event.last_error = now, now, 0, ""
    with transaction.atomic():
        event.save(update_fields=["handled_at", "due_at", "tries", "last_error"])
        nudge("payments.tasks.mirror_stripe_event", event.pk)
    return event


def _settle_session(event: StripeEvent, body: dict[str, Any], now: datetime) -> None:
    settle_checkout(body["id"], now=now)


def _settle_intent(event: StripeEvent, body: dict[str, Any], now: datetime) -> None:
    payment = _payment_of(intent_id=body["id"], body=body)
    settle_checkout(str(payment.checkout_session_id), now=now)


def _settle_charge(event: StripeEvent, body: dict[str, Any], now: datetime) -> None:
    """The fee has become known, or a charge changed otherwise."""
    payment = _payment_of(intent_id=id_of(body.get("payment_intent")), body=body)
    if payment.charge_id is None:
        payment = settle_checkout(str(payment.checkout_session_id), now=now)
    if payment.charge_id == body["id"] and payment.stripe_fee_cents is None:
        book_fee(gateway.get_charge(body["id"]), now=now)


def _settle_refunds(event: StripeEvent, body: dict[str, Any], now: datetime) -> None:
    find_out_refunds(_payment_of(intent_id=id_of(body.get("payment_intent")), body=body), now=now)


def _settle_refund(event: StripeEvent, body: dict[str, Any], now: datetime) -> None:
    answer = gateway.get_refund(body["id"])
    known = Refund.objects.filter(key=answer.refund_key) if answer.refund_key else Refund.objects.none()
    attempt = known.first()
    if attempt is None:
        _tell_of_strange_refund(answer.charge_id, answer.id, answer.amount_cents, now)
        return
    attempt = keep_refund(attempt, answer, now=now)
    if attempt.state not in BEYOND_DOUBT:
        open_incident("refund_was_made", attempt, key=answer.id, now=now, amount_cents=answer.amount_cents)


def _tell_of_strange_refund(charge_id: str, refund_id: str, cents: int, now: datetime) -> None:
    """Somebody gave money of ours back without us: at Stripe's own pages, say."""
    payment = Payment.objects.filter(charge_id=charge_id).first()
    if payment is None:
        raise Unmatched
    open_incident("refund_not_ours", payment, key=refund_id, now=now, amount_cents=cents)


def _settle_transfer(event: StripeEvent, body: dict[str, Any], now: datetime) -> None:
    answer = gateway.get_transfer(body["id"])
    attempt = Transfer.objects.filter(key=answer.transfer_key).first() if answer.transfer_key else None
    if attempt is None:
        raise Unmatched
    attempt = keep_transfer(attempt, answer, now=now)
    facts = {"amount_cents": answer.amount_cents, "reversed_cents": answer.reversed_cents}
    if attempt.state != Transfer.State.MADE:
        open_incident("transfer_was_made", attempt, key=answer.id, now=now, **facts)
    if answer.reversed_cents:
        open_incident("transfer_reversed", attempt, key=f"{answer.id}:{answer.reversed_cents}", now=now, **facts)


def _refresh_account(event: StripeEvent, body: dict[str, Any], now: datetime) -> None:
    refresh_account(event.account or body["id"], now=now)


def _payment_of(*, intent_id: str, body: dict[str, Any]) -> Payment:
    """The payment an intent or a charge is part of: known by its id, or by our mark on it."""
    payment = Payment.objects.filter(payment_intent_id=intent_id).first() if intent_id else None
    mark = (body.get("metadata") or {}).get("payment", "")
    payment = payment or _payment_marked(str(mark))
    if payment is None or payment.checkout_session_id is None:
        raise Unmatched
    return payment


def _payment_marked(mark: str) -> Payment | None:
    try:
        return Payment.objects.filter(key=mark).first() if mark else None
    except (ValueError, IntegrityError):
        return None


HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": _settle_session,
    "checkout.session.async_payment_succeeded": _settle_session,
    "checkout.session.async_payment_failed": _settle_session,
    "checkout.session.expired": _settle_session,
    "payment_intent.succeeded": _settle_intent,
    "payment_intent.payment_failed": _settle_intent,
    "charge.updated": _settle_charge,
    "charge.refunded": _settle_refunds,
    "refund.created": _settle_refund,
    "refund.updated": _settle_refund,
    "refund.failed": _settle_refund,
    "transfer.created": _settle_transfer,
    "transfer.updated": _settle_transfer,
    "transfer.reversed": _settle_transfer,
    "account.updated": _refresh_account,
    "account.application.deauthorized": _refresh_account,
}
