"""Contracts, bookings, checkout and reviews for clients."""

from contracts.api.bookings import BookingSerializer, BookingViewSet
from contracts.api.cancelled import SessionCancellationsView
from contracts.api.cancelling import (
    BookingCancelView,
    BookingRescheduleView,
    ContractCancelView,
    SessionCancelView,
)
from contracts.api.contracts import ContractSerializer, ContractViewSet
from contracts.api.groups import GroupViewSet
from contracts.api.marks import MarkViewSet
from contracts.api.options import OptionsView
from contracts.api.payment import CheckoutView
from contracts.api.reviews import CoachReviewViewSet, ReviewView, SessionReviewViewSet
from contracts.api.series import ContractSeriesView

__all__ = [
    "BookingCancelView",
    "BookingRescheduleView",
    "BookingSerializer",
    "BookingViewSet",
    "CheckoutView",
    "CoachReviewViewSet",
    "ContractCancelView",
    "ContractSerializer",
    "ContractSeriesView",
    "ContractViewSet",
    "GroupViewSet",
    "MarkViewSet",
    "OptionsView",
    "ReviewView",
    "SessionCancelView",
    "SessionCancellationsView",
    "SessionReviewViewSet",
]
