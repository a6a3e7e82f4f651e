"""Which sessions of a contract a weekly series would take."""

from collections.abc import Iterable

from accounts.models import User
from contracts.models import Contract
from scheduling.models import Session


def sessions_to_book(contract: Contract) -> list[Session]:
    """Its sessions without a time, in their order."""
    open_ = Session.objects.filter(bookings__contract=contract, state=Session.State.UNSCHEDULED, is_open=True)
    return list(open_.select_related("coach").order_by("pk"))


def may_be_booked_weekly(contract: Contract, sessions: Iterable[Session], *, by: User) -> bool:
    """Whether this person may book these week after week: one without a time is no series."""
    without = [each for each in sessions if each.state == Session.State.UNSCHEDULED and each.is_open]
    return contract.may_be_scheduled_by(by) and len(without) > 1
