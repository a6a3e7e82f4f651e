from datetime import datetime

from contracts.models import Contract
from contracts.operations import expire_contract
from core.registry import count_done, sweep

BATCH = 200


@sweep("contract steps")
def expire_open_steps(now: datetime) -> int:
    """End contracts whose open step was not taken in time."""
    overdue = Contract.objects.overdue(now).select_related("escrow").order_by("expires_at")[:BATCH]
    return count_done(overdue, lambda row: expire_contract(row, now=now).state == Contract.State.EXPIRED)
