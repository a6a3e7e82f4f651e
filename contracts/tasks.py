from datetime import datetime

from contracts.models import Contract
from contracts.operations import expire_contract
from core.registry import sweep

BATCH = 200


@sweep("contract steps")
def expire_open_steps(now: datetime) -> int:
    """End contracts whose open step was not taken in time."""
    overdue = list(Contract.objects.overdue(now).order_by("expires_at")[:BATCH])
    return sum(expire_contract(contract, now=now).state == Contract.State.EXPIRED for contract in overdue)
