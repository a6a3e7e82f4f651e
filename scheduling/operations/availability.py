"""A coach says when they may be booked."""

from collections.abc import Sequence
from datetime import datetime, time
from itertools import pairwise
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User, lock_members
from core.events import record
from core.operations import operation
from core.refused import Refused
from scheduling import events
from scheduling.meeting import providers
from scheduling.models import Calendar, WeeklyHours

MOST_WINDOWS = 100


class Window(NamedTuple):
    """Hours of a weekday as wall-clock time; `ends` 00:00 is the day's end."""

    weekday: int
    starts: time
    ends: time


@operation
def set_availability(*, hours: Sequence[Window], by: User, now: datetime, **numbers: Any) -> Calendar:
    """Replace a coach's weekly hours, and of their calendar what is given; sessions already agreed stay."""
    if not by.is_coach:
        raise PermissionDenied
    _refuse_wrong(hours)
    if numbers.get("meeting", "") not in {"", *(name for name, _label in providers())}:
        raise Refused(_("This site has no rooms of this kind."), code="no_such_rooms")
    lock_members([by.pk])
    calendar, _fresh = Calendar.objects.update_or_create(coach=by, defaults=numbers)
    calendar.weekly_hours.all().delete()
    WeeklyHours.objects.bulk_create(WeeklyHours(calendar=calendar, **window._asdict()) for window in hours)
    record(calendar, events.AVAILABILITY_CHANGED, by=by, at=now, windows=len(hours))
    return calendar


@operation
def mend_availability(calendar: Calendar, *, by: User, now: datetime) -> Calendar:
    """Staff have mended a coach's hours: wrong ones are refused, and whoever searches finds the new ones."""
    if not by.is_staff:
        raise PermissionDenied
    lock_members([calendar.coach_id])
    hours = [Window(each.weekday, each.starts, each.ends) for each in calendar.weekly_hours.all()]
    _refuse_wrong(hours)
    record(calendar, events.AVAILABILITY_CHANGED, by=by, at=now, windows=len(hours))
    return calendar


def _refuse_wrong(hours: Sequence[Window]) -> None:
    if len(hours) > MOST_WINDOWS:
        raise Refused(_("That is more hours than a week can be cut into."), code="too_many_hours")
    for window in hours:
        if _end(window) <= window.starts.hour * 60 + window.starts.minute:
            raise Refused(_("Hours must end after they start."), code="wrong_hours")
    for one, other in pairwise(sorted(hours)):
        if one.weekday == other.weekday and other.starts.hour * 60 + other.starts.minute < _end(one):
            raise Refused(
                _("Two stretches of the same day overlap: %(starts)s is inside the one before.")
                % {"starts": f"{other.starts:%H:%M}"},
                code="overlapping_hours",
            )


def _end(window: Window) -> int:
    """The minute of the day at which a window ends."""
    return window.ends.hour * 60 + window.ends.minute or 1440
