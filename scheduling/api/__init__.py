from scheduling.api.sessions import SessionViewSet, UpcomingView
from scheduling.api.times import AvailabilityView, CheckView, SlotsView

__all__ = ["AvailabilityView", "CheckView", "SessionViewSet", "SlotsView", "UpcomingView"]
