"""Contracts, bookings, reviews, problems and marks for staff: money and states move by operations only."""

from contracts.admin.approvals import ApprovalAdmin
from contracts.admin.contracts import BookingAdmin, ContractAdmin, ReviewAdmin
from contracts.admin.marks import MarkAdmin
from contracts.admin.problems import PaidSessionAdmin, ProblemAdmin

__all__ = [
    "ApprovalAdmin",
    "BookingAdmin",
    "ContractAdmin",
    "MarkAdmin",
    "PaidSessionAdmin",
    "ProblemAdmin",
    "ReviewAdmin",
]
