from datetime import datetime

from contracts.models import Contract
from contracts.operations import expire_contract, warn_of_end
from contracts.policy import warned_until
from core.registry import count_done, sweep

BATCH = 200


@sweep("contract steps")
def expire_open_steps(now: datetime) -> int:
    """End contracts whose open step was not taken in time."""
    overdue = Contract.objects.overdue(now).select_related("escrow").order_by("expires_at")[:BATCH]
    return count_done(overdue, lambda row: expire_contract(row, now=now).state == Contract.State.EXPIRED)


@sweep("contract warnings")
def warn_of_open_steps(now: datetime) -> int:
    """Tell whoever is to act, a day before their step ends."""
    ending = Contract.objects.ending(now, warned_until(now)).order_by("expires_at")[:BATCH]
    return count_done(ending, lambda row: warn_of_end(row, now=now))
