"""Releasing a portion: the fee is earned, the rest is owed to the payee and planned as a transfer."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Min

from accounts.models import User
from core.events import record
from core.operations import operation
from core.outbox import nudge
from payments import events, policy
from payments.models import LedgerEntry, Portion, Transfer
from payments.operations import ledger
from payments.operations.escrows import lock_portions, refuse_strangers, refuse_unless_held, refuse_unless_there


@operation
def schedule_release(portion: Portion, *, due_at: datetime, now: datetime) -> Portion:
    """From this moment on the clock may release a held portion; one that is frozen once it no longer is."""
    portion = lock_portions([portion])[0]
    refuse_unless_there(portion)
    portion.release_due_at = due_at
    portion.save(update_fields=["release_due_at"])
    return portion


@operation
def release(portion: Portion, *, by: User | None, now: datetime) -> Portion:
    """Release a held portion, by the payer, staff or the rules (None), never by whom it is paid to."""
    portion = lock_portions([portion])[0]
    if by and by.pk == portion.escrow.payee_id:
        raise PermissionDenied
    refuse_strangers(by, portion.escrow, "payments.change_portion")
    refuse_unless_held(portion)
    portion.released_at = now
    portion.move_to(Portion.State.RELEASED, "released_at")
    _book(portion, now)
    _plan_transfer(portion, now)
    facts = {"gross_cents": portion.gross_cents, "fee_cents": portion.fee_cents, "net_cents": portion.net_cents}
    record(portion, events.MONEY_RELEASED, by=by, at=now, **facts)
    return portion


def _book(portion: Portion, now: datetime) -> None:
    escrow = portion.escrow
    held, coach = ledger.held(escrow), ledger.owed_to(escrow.payee, escrow.currency)
    ledger.lock_accounts(held, coach)
    moves = [
        (coach, portion.net_cents, LedgerEntry.Kind.RELEASED),
        (ledger.fees(escrow.currency), portion.fee_cents, LedgerEntry.Kind.FEE),
    ]
    for account, cents, kind in moves:
        if cents:
            ledger.post(
                debit=held,
                credit=account,
                amount_cents=cents,
                key=f"{kind}:{portion.pk}",
                kind=kind,
                escrow=escrow,
                portion=portion,
                now=now,
            )


def _plan_transfer(portion: Portion, now: datetime) -> None:
    payee = portion.escrow.payee
    first = Portion.objects.filter(escrow__payee=payee).aggregate(at=Min("released_at"))["at"]
    due_at = policy.first_transfer_due(first, now)
    if portion.net_cents:
        transfer = Transfer.objects.create(
            portion=portion, payee=payee, amount_cents=portion.net_cents, planned_at=now, due_at=due_at
        )
        if due_at <= now:
            nudge("payments.tasks.send_transfer_of", transfer.pk)
