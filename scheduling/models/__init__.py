"""Who meets when, and what came of it. Nothing here knows what an hour costs."""

from scheduling.models.calendars import Calendar, FreeTime, WeeklyHours
from scheduling.models.reminders import Reminder
from scheduling.models.sessions import Participant, Session, SessionQuerySet, TimeClaim

__all__ = [
    "Calendar",
    "FreeTime",
    "Participant",
    "Reminder",
    "Session",
    "SessionQuerySet",
    "TimeClaim",
    "WeeklyHours",
]
