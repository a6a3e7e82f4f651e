from datetime import datetime

from celery import shared_task

from contracts.models import Contract, Sanction
from contracts.operations import end_sanction, expire_contract, warn_of_end
from contracts.policy import warned_until
from core import clock
from core.registry import count_done, sweep
from payments.operations import close_checkout

BATCH = 200


@shared_task
def close_page_of(pk: int) -> None:
    """Nobody needs to pay for this contract any more."""
    close_checkout(Contract.objects.get(pk=pk).escrow, now=clock.now())


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


@sweep("sanctions that are over")
def end_due_sanctions(now: datetime) -> int:
    """Coaches whose last sanction is over are found again."""
    due = Sanction.objects.due(now).select_related("mark").order_by("until")[:BATCH]
    return count_done(due, lambda row: end_sanction(row, now=now))
