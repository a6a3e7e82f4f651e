"""The agreement that joins time and money: this hour of these two people is worth that portion."""

from contracts.models.approvals import Approval
from contracts.models.cancellations import Cancellation
from contracts.models.changes import ChangeRequest
from contracts.models.contracts import Booking, BookingQuerySet, Contract, ContractQuerySet
from contracts.models.groups import GroupOffer
from contracts.models.marks import Mark, Sanction
from contracts.models.reviews import Review, ReviewQuerySet

__all__ = [
    "Approval",
    "Booking",
    "BookingQuerySet",
    "Cancellation",
    "ChangeRequest",
    "Contract",
    "ContractQuerySet",
    "GroupOffer",
    "Mark",
    "Review",
    "ReviewQuerySet",
    "Sanction",
]
