"""Released money on its way to the coach's Stripe balance."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.events import record
from core.models import locked
from core.operations import operation
from payments import events, gateway, policy
from payments.answers import Moved
from payments.models import ConnectAccount, LedgerEntry, Portion, Transfer
from payments.operations import ledger
from payments.operations.attempts import LIVE, is_stale, keep_unknown, take
from payments.operations.connect import refresh_account
from payments.operations.incidents import open_incident

ACCOUNT_CODES = {"insufficient_capabilities_for_transfer", "account_invalid", "resource_missing"}


def send_transfer(attempt: Transfer, *, now: datetime) -> Transfer:
    """Send a due transfer, or find out what became of one already sent. Calls Stripe; twice is once.

    Nothing is sent while the coach's account may not receive transfers or the portion is frozen: it waits.
    """
    claimed = _claim(attempt, now=now)
    if claimed is None:
        return Transfer.objects.get(pk=attempt.pk)
    try:
        answer = _ask(claimed, now)
    except gateway.NoAnswer as why:
        return keep_unknown(claimed, why)
    except gateway.SaidNo as why:
        return _take_refusal(claimed, why, now)
    return keep_transfer(claimed, answer, now=now) if answer else _send_anew(claimed, now=now)


@operation
def keep_transfer(attempt: Transfer, answer: Moved, *, now: datetime) -> Transfer:
    """Book that Stripe made a transfer; twice is once."""
    attempt = locked(attempt)
    if attempt.state not in LIVE:
        return attempt
    escrow = attempt.portion.escrow
    attempt.stripe_id, attempt.made_at, attempt.last_error = answer.id, now, ""
    attempt.move_to(Transfer.State.MADE, "stripe_id", "made_at", "last_error")
    ledger.post(
        debit=ledger.owed_to(attempt.payee, escrow.currency),
        credit=ledger.cash(escrow.currency),
        amount_cents=attempt.amount_cents,
        key=f"transferred:{attempt.key}",
        kind=LedgerEntry.Kind.TRANSFERRED,
        escrow=escrow,
        portion=attempt.portion,
        stripe_id=answer.id,
        now=now,
    )
    record(attempt, events.TRANSFER_MADE, by=None, at=now, amount_cents=attempt.amount_cents)
    return attempt


@operation
def _claim(attempt: Transfer, *, now: datetime) -> Transfer | None:
    """Claim it where nothing holds it up; its destination is chosen once and kept."""
    portion = Portion.objects.select_for_update(no_key=True).get(pk=attempt.portion_id)
    account = ConnectAccount.objects.filter(user=attempt.payee_id, transfers_active=True).first()
    if portion.is_frozen or account is None:
        return None
    claimed = take(attempt, now=now)
    if claimed and not claimed.destination:
        claimed.destination = str(account.stripe_id)
        claimed.save(update_fields=["destination"])
    return claimed


def _ask(attempt: Transfer, now: datetime) -> Moved | None:
    escrow, payment = attempt.portion.escrow, attempt.portion.payment
    if is_stale(attempt, now):
        return gateway.find_transfer(label=escrow.label, key=attempt.key)
    return gateway.create_transfer(
        key=attempt.key,
        amount_cents=attempt.amount_cents,
        currency=escrow.currency,
        destination=attempt.destination,
        charge_id=str(payment and payment.charge_id),
        label=escrow.label,
    )


def _take_refusal(attempt: Transfer, why: gateway.SaidNo, now: datetime) -> Transfer:
    try:
        waits = why.stripe_code in ACCOUNT_CODES and not _may_receive(attempt, now)
    except gateway.NoAnswer as no_answer:
        return keep_unknown(attempt, no_answer)
    return _refuse(attempt, why, waits=waits, now=now)


def _may_receive(attempt: Transfer, now: datetime) -> bool:
    """Ask Stripe whether the account may receive transfers; one that was replaced may not."""
    current = ConnectAccount.objects.filter(stripe_id=attempt.destination).exists()
    return current and refresh_account(attempt.destination, now=now).transfers_active


@operation
def _refuse(attempt: Transfer, why: gateway.SaidNo, *, waits: bool, now: datetime) -> Transfer:
    """The coach is still owed the money: another attempt waits for the account, or staff are told."""
    attempt = locked(attempt)
    if attempt.state in LIVE:
        _close(attempt, f"{why.stripe_code} {why.message}".strip(), now)
        if not waits:
            facts = {"code": why.stripe_code, "amount_cents": attempt.amount_cents}
            open_incident("transfer_refused", attempt, key=f"portion-{attempt.portion_id}", now=now, **facts)
    return attempt


@operation
def _send_anew(attempt: Transfer, *, now: datetime) -> Transfer:
    """It never reached Stripe: closed, and another one with its own key takes its place."""
    attempt = locked(attempt)
    if attempt.state in LIVE:
        _close(attempt, _("It never reached Stripe."), now)
    return attempt


def _close(attempt: Transfer, why: str, now: datetime) -> None:
    """Close an attempt for good and plan the next one."""
    attempt.last_error = why[:300]
    attempt.move_to(Transfer.State.REFUSED, "last_error")
    refused = Transfer.objects.filter(portion=attempt.portion_id, state=Transfer.State.REFUSED).count()
    Transfer.objects.create(
        portion_id=attempt.portion_id,
        payee_id=attempt.payee_id,
        amount_cents=attempt.amount_cents,
        planned_at=now,
        due_at=now + policy.pause_after(refused),
    )
