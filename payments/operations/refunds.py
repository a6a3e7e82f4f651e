"""Held money on its way back to the payer's card."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.models import locked
from core.operations import operation
from core.outbox import nudge
from core.refused import Refused
from payments import events, gateway, policy
from payments.answers import Moved
from payments.models import LedgerEntry, Payment, Portion, Refund, RefundPart
from payments.operations import ledger
from payments.operations.attempts import LIVE, is_stale, keep_unknown, take
from payments.operations.escrows import lock_portions, refuse_strangers, refuse_unless_held
from payments.operations.incidents import open_incident

Kind = LedgerEntry.Kind
ARRIVES = {Refund.State.PLANNED, Refund.State.UNKNOWN, Refund.State.MADE}
NOT_GIVEN = {Refund.State.REFUSED, Refund.State.FAILED}


@operation
def refund(portions: Iterable[Portion], *, reason: str, by: User | None, now: datetime) -> list[Refund]:
    """Decide that held portions go back whole, one refund for each payment; a task sends them after commit."""
    fresh = lock_portions(portions)
    for portion in fresh:
        refuse_strangers(by, portion.escrow, "payments.add_refund")
        refuse_unless_held(portion)
    by_payment: dict[int, list[Portion]] = defaultdict(list)
    for portion in fresh:
        portion.release_due_at = None
        portion.move_to(Portion.State.REFUNDING, "release_due_at")
        by_payment[portion.payment_id or 0].append(portion)
    return [_plan(Payment.objects.get(pk=pk), parts, reason, by, now) for pk, parts in by_payment.items()]


@operation
def refund_surplus(payment: Payment, *, now: datetime) -> Refund | None:
    """Give back what no portion takes; None when there is nothing, or nothing more."""
    locked(payment.escrow)
    payment = locked(payment)
    if payment.settled_at is None:
        return None
    taken = payment.portions.aggregate(cents=Sum("gross_cents"))["cents"] or 0
    given = payment.refunds.filter(parts__isnull=True, state__in=ARRIVES).aggregate(cents=Sum("amount_cents"))["cents"]
    left = policy.surplus(payment.amount_cents, taken, given or 0)
    return _plan(payment, [], "surplus", None, now, amount_cents=left) if left else None


@operation
def refund_again(attempt: Refund, *, by: User, now: datetime) -> list[Refund]:
    """Staff send what Stripe refused or the bank sent back once more: another refund with a key of its own."""
    if not (by.is_staff and by.has_perm("payments.add_refund")):
        raise PermissionDenied
    locked(attempt.payment.escrow)
    attempt = locked(attempt)
    if attempt.state not in NOT_GIVEN:
        raise Refused(_("This refund did not fail."), code="not_failed")
    if portions := list(attempt.portions.all()):
        return refund(portions, reason=attempt.reason, by=by, now=now)
    again = refund_surplus(attempt.payment, now=now)
    if again is None:
        raise Refused(_("This money is not held any more."), code="not_held")
    return [again]


def send_refund(attempt: Refund, *, now: datetime) -> Refund:
    """Send a planned refund, or find out what became of one already sent. Calls Stripe; twice is once."""
    claimed = _claim(attempt, now=now)
    if claimed is None:
        return Refund.objects.get(pk=attempt.pk)
    try:
        answer = _ask(claimed, now)
    except gateway.NoAnswer as why:
        return keep_unknown(claimed, why)
    except gateway.SaidNo as why:
        return _refuse(claimed, why, now=now)
    return keep_refund(claimed, answer, now=now) if answer else _send_anew(claimed, now=now)


@operation
def keep_refund(attempt: Refund, answer: Moved, *, now: datetime) -> Refund:
    """Book what Stripe says of a refund: made, or failed afterwards. Only forward; twice is once."""
    locked(attempt.payment.escrow)
    attempt = locked(attempt)
    if attempt.state in LIVE:
        attempt.stripe_id, attempt.made_at, attempt.last_error = answer.id, now, ""
        attempt.move_to(Refund.State.MADE, "stripe_id", "made_at", "last_error")
        _book(attempt, now)
    if attempt.state == Refund.State.MADE and answer.has_failed:
        attempt.last_error = answer.failure_reason[:300]
        attempt.move_to(Refund.State.FAILED, "last_error")
        _book_back(attempt, now)
    return attempt


def find_out_refunds(payment: Payment, *, now: datetime) -> None:
    """Look up the refunds of a payment whose answer never came. Calls Stripe."""
    for attempt in payment.refunds.filter(state=Refund.State.UNKNOWN):
        answer = gateway.find_refund(intent_id=str(payment.payment_intent_id), key=attempt.key)
        if answer:
            keep_refund(attempt, answer, now=now)


def _plan(
    payment: Payment,
    portions: list[Portion],
    reason: str,
    by: User | None,
    now: datetime,
    *,
    amount_cents: int = 0,
) -> Refund:
    made = Refund.objects.create(
        payment=payment,
        amount_cents=amount_cents or sum(portion.gross_cents for portion in portions),
        reason=reason[:40],
        decided_by=by,
        planned_at=now,
        due_at=now,
    )
    RefundPart.objects.bulk_create(
        RefundPart(refund=made, portion=portion, amount_cents=portion.gross_cents) for portion in portions
    )
    nudge("payments.tasks.send_refund_of", made.pk)
    return made


@operation
def _claim(attempt: Refund, *, now: datetime) -> Refund | None:
    return take(attempt, now=now)


def _ask(attempt: Refund, now: datetime) -> Moved | None:
    intent_id = str(attempt.payment.payment_intent_id)
    if is_stale(attempt, now):
        return gateway.find_refund(intent_id=intent_id, key=attempt.key)
    return gateway.create_refund(key=attempt.key, amount_cents=attempt.amount_cents, intent_id=intent_id)


@operation
def _refuse(attempt: Refund, why: gateway.SaidNo, *, now: datetime) -> Refund:
    """Stripe will not: the money is held again, and staff are told."""
    locked(attempt.payment.escrow)
    attempt = locked(attempt)
    if attempt.state in LIVE:
        attempt.last_error = f"{why.stripe_code} {why.message}".strip()[:300]
        attempt.move_to(Refund.State.REFUSED, "last_error")
        _hold_again(attempt)
        _tell_of_failure(attempt, why.stripe_code, now)
    return attempt


@operation
def _send_anew(attempt: Refund, *, now: datetime) -> Refund:
    """It never reached Stripe: this attempt is closed, and another one with its own key takes its place."""
    locked(attempt.payment.escrow)
    attempt = locked(attempt)
    if attempt.state not in LIVE:
        return attempt
    attempt.last_error = _("It never reached Stripe.")
    attempt.move_to(Refund.State.REFUSED, "last_error")
    portions = [part.portion for part in attempt.parts.select_related("portion")]
    facts = {"amount_cents": attempt.amount_cents}
    return _plan(attempt.payment, portions, attempt.reason, attempt.decided_by, now, **facts)


def _book(attempt: Refund, now: datetime) -> None:
    for part, cents in _parts(attempt):
        _post(attempt, part, cents, Kind.REFUNDED, now)
        if part:
            part.move_to(Portion.State.REFUNDED)
    _show_on_payment(attempt.payment)
    record(attempt, events.REFUND_MADE, by=attempt.decided_by, at=now, amount_cents=attempt.amount_cents)


def _book_back(attempt: Refund, now: datetime) -> None:
    """The bank sent it back: we hold it again."""
    for part, cents in _parts(attempt):
        _post(attempt, part, cents, Kind.REFUND_FAILED, now)
    _hold_again(attempt)
    _show_on_payment(attempt.payment)
    _tell_of_failure(attempt, attempt.last_error, now)


def _parts(attempt: Refund) -> list[tuple[Portion | None, int]]:
    """Each portion with its amount; the surplus belongs to none."""
    parts = attempt.parts.select_related("portion").order_by("portion")
    return [(part.portion, part.amount_cents) for part in parts] or [(None, attempt.amount_cents)]


def _post(attempt: Refund, portion: Portion | None, cents: int, kind: str, now: datetime) -> None:
    escrow = attempt.payment.escrow
    held, cash = ledger.held(escrow), ledger.cash(escrow.currency)
    debit, credit = (held, cash) if kind == Kind.REFUNDED else (cash, held)
    ledger.post(
        debit=debit,
        credit=credit,
        amount_cents=cents,
        key=f"{kind}:{attempt.key}:{portion.number if portion else 0}",
        kind=kind,
        escrow=escrow,
        portion=portion,
        stripe_id=attempt.stripe_id or "",
        now=now,
    )


def _hold_again(attempt: Refund) -> None:
    for portion, _cents in _parts(attempt):
        if portion:
            portion.move_to(Portion.State.HELD)


def _tell_of_failure(attempt: Refund, code: str, now: datetime) -> None:
    facts = {"amount_cents": attempt.amount_cents, "code": code}
    open_incident("refund_failed", attempt, key=str(attempt.key), now=now, **facts)
    record(attempt, events.REFUND_FAILED, by=None, at=now, **facts)


def _show_on_payment(payment: Payment) -> None:
    payment = locked(payment)
    made = payment.refunds.filter(state=Refund.State.MADE).aggregate(cents=Sum("amount_cents"))["cents"] or 0
    state = Payment.State.PARTIALLY_REFUNDED if made else Payment.State.SUCCEEDED
    if made >= payment.amount_cents:
        state = Payment.State.REFUNDED
    if payment.state != state:
        payment.move_to(state)
