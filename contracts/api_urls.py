"""Endpoints of contracts, bookings, checkout and reviews under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from contracts import api

router = SimpleRouter()
router.register("contracts", api.ContractViewSet, basename="api-contract")
router.register("marks", api.MarkViewSet, basename="api-mark")
router.register("bookings", api.BookingViewSet, basename="api-booking")
router.register("groups", api.GroupViewSet, basename="api-group")

urlpatterns = [
    path("sessions/<int:pk>/cancel/", api.SessionCancelView.as_view(), name="api-session-cancel"),
    path("sessions/<int:pk>/cancellations/", api.SessionCancellationsView.as_view(), name="api-session-cancellations"),
    path("bookings/<int:pk>/cancel/", api.BookingCancelView.as_view(), name="api-booking-cancel"),
    path("bookings/<int:pk>/reschedule/", api.BookingRescheduleView.as_view(), name="api-booking-reschedule"),
    path("contracts/<int:pk>/cancel/", api.ContractCancelView.as_view(), name="api-contract-cancel"),
    *router.urls,
    path("contracts/<int:pk>/series/", api.ContractSeriesView.as_view(), name="api-contract-series"),
    path("scheduling-options/<int:coach_id>/", api.OptionsView.as_view(), name="api-scheduling-options"),
    path("checkout/", api.CheckoutView.as_view(), name="api-checkout"),
    path("reviews/", api.ReviewView.as_view(), name="api-reviews"),
    path(
        "reviews/session/<int:session_id>/",
        api.SessionReviewViewSet.as_view({"get": "list"}),
        name="api-session-reviews",
    ),
    path("reviews/coach/<int:coach_id>/", api.CoachReviewViewSet.as_view({"get": "list"}), name="api-coach-reviews"),
    path("reviews/mentor/<int:coach_id>/", api.CoachReviewViewSet.as_view({"get": "list"}), name="api-mentor-reviews"),
]
