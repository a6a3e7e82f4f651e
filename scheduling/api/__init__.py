from scheduling.api.availability import AvailabilityView, ExceptionsView, ExceptionView, TravelsView, TravelView
from scheduling.api.moving import ApproveRescheduleView, DeclineRescheduleView, RescheduleView
from scheduling.api.problems import OutcomeView, ProblemViewSet, ReportView
from scheduling.api.series import SeriesSerializer, SeriesViewSet
from scheduling.api.sessions import SessionViewSet, UpcomingView
from scheduling.api.times import CheckView, SlotsView

__all__ = [
    "ApproveRescheduleView",
    "AvailabilityView",
    "CheckView",
    "DeclineRescheduleView",
    "ExceptionView",
    "ExceptionsView",
    "OutcomeView",
    "ProblemViewSet",
    "ReportView",
    "RescheduleView",
    "SeriesSerializer",
    "SeriesViewSet",
    "SessionViewSet",
    "SlotsView",
    "TravelView",
    "TravelsView",
    "UpcomingView",
]
