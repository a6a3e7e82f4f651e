"""Endpoints of this floor under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from scheduling import api
from scheduling.api.calendars import FeedView, GoogleView

router = SimpleRouter()
router.register("sessions", api.SessionViewSet, basename="api-session")
router.register("problems", api.ProblemViewSet, basename="api-problem")
router.register("series", api.SeriesViewSet, basename="api-series")

urlpatterns = [
    path("sessions/<int:pk>/reschedule/", api.RescheduleView.as_view(), name="api-session-reschedule"),
    path("sessions/<int:pk>/approve-reschedule/", api.ApproveRescheduleView.as_view(), name="api-session-approve"),
    path("sessions/<int:pk>/decline-reschedule/", api.DeclineRescheduleView.as_view(), name="api-session-decline"),
    *router.urls,
    path("sessions/<int:pk>/outcome/", api.OutcomeView.as_view(), name="api-session-outcome"),
    path("sessions/<int:pk>/report/", api.ReportView.as_view(), name="api-session-report"),
    path("calendar/feed/", FeedView.as_view(), name="api-calendar-feed"),
    path("calendar/google/", GoogleView.as_view(), name="api-calendar-google"),
    path("upcoming-calls/", api.UpcomingView.as_view({"get": "list"}), name="api-upcoming-calls"),
    path("availability/", api.AvailabilityView.as_view(), name="api-availability"),
    path("availability/exceptions/", api.ExceptionsView.as_view(), name="api-exceptions"),
    path("availability/exceptions/<int:pk>/", api.ExceptionView.as_view(), name="api-exception"),
    path("availability/travel/", api.TravelsView.as_view(), name="api-travels"),
    path("availability/travel/<int:pk>/", api.TravelView.as_view(), name="api-travel"),
    path("slots/<int:coach_id>/", api.SlotsView.as_view(), name="api-slots"),
    path("check-availability/<int:coach_id>/", api.CheckView.as_view(), name="api-check-availability"),
]
