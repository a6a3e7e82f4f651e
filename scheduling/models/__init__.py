"""Who meets when, and what came of it. Nothing here knows what an hour costs."""

from scheduling.models.calendars import BusyTime, Calendar, DateException, FreeTime, TravelZone, WeeklyHours
from scheduling.models.changes import Move, Problem, Waiting
from scheduling.models.feeds import CalendarCopy, Feed, GoogleCalendar
from scheduling.models.places import Participant, TimeClaim
from scheduling.models.queries import SessionQuerySet
from scheduling.models.reminders import Reminder
from scheduling.models.series import Series
from scheduling.models.sessions import Session

__all__ = [
    "BusyTime",
    "Calendar",
    "CalendarCopy",
    "DateException",
    "Feed",
    "FreeTime",
    "GoogleCalendar",
    "Move",
    "Participant",
    "Problem",
    "Reminder",
    "Series",
    "Session",
    "SessionQuerySet",
    "TimeClaim",
    "TravelZone",
    "Waiting",
    "WeeklyHours",
]
