"""What transfers and refunds have in common: an attempt is claimed, sent once, and its answer kept."""

from datetime import datetime
from typing import TypeVar

from core.models import locked
from core.operations import operation
from payments import gateway, policy
from payments.models import Intention, Refund, Transfer

Attempt = TypeVar("Attempt", Transfer, Refund)
LIVE = [Intention.State.PLANNED, Intention.State.UNKNOWN]


def take(attempt: Attempt, *, now: datetime) -> Attempt | None:
    """Claim a due attempt under its lock, inside the caller's transaction; None where another has it."""
    kind = type(attempt)
    due = kind._default_manager.select_for_update(no_key=True, skip_locked=True)
    row = due.filter(pk=attempt.pk, state__in=LIVE, due_at__lte=now).first()
    if row is None:
        return None
    row.first_sent_at = row.first_sent_at or now
    row.tries += 1
    row.due_at = now + policy.pause_after(row.tries)
    row.save(update_fields=["first_sent_at", "tries", "due_at"])
    return row


def is_stale(attempt: Transfer | Refund, now: datetime) -> bool:
    """Sent so long ago that Stripe may have forgotten the key: it must be looked up."""
    return attempt.first_sent_at is not None and now - attempt.first_sent_at > policy.SAME_KEY


@operation
def keep_unknown(attempt: Attempt, why: gateway.NoAnswer) -> Attempt:
    """No answer came: the same key again, later."""
    attempt = locked(attempt)
    if attempt.state == Intention.State.PLANNED:
        attempt.move_to(Intention.State.UNKNOWN)
    if attempt.state == Intention.State.UNKNOWN:
        attempt.last_error = why.message[:300]
        attempt.save(update_fields=["last_error"])
    return attempt
