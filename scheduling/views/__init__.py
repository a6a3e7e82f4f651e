from scheduling.views.availability import availability
from scheduling.views.consulting import consultation
from scheduling.views.moving import answer, move, reschedule
from scheduling.views.notes import meeting, notes, satisfaction
from scheduling.views.picking import hold, pick
from scheduling.views.problems import outcome, report, withdraw_report
from scheduling.views.requests import answer_request, withdraw
from scheduling.views.series import series, series_end
from scheduling.views.sessions import complete, end, join, session, sessions, start

__all__ = [
    "answer",
    "answer_request",
    "availability",
    "complete",
    "consultation",
    "end",
    "hold",
    "join",
    "meeting",
    "move",
    "notes",
    "outcome",
    "pick",
    "report",
    "reschedule",
    "satisfaction",
    "series",
    "series_end",
    "session",
    "sessions",
    "start",
    "withdraw",
    "withdraw_report",
]
