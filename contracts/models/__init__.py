"""The agreement that joins time and money: this hour of these two people is worth that portion."""

from contracts.models.contracts import Booking, BookingQuerySet, Contract, ContractQuerySet
from contracts.models.reviews import Review, ReviewQuerySet

__all__ = ["Booking", "BookingQuerySet", "Contract", "ContractQuerySet", "Review", "ReviewQuerySet"]
