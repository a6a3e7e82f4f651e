"""Days on which a coach's week is not as usual, and days on which they are elsewhere."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User, lock_members
from core.events import record
from core.operations import operation
from core.refused import Refused
from core.templatetags.skileez import day
from scheduling import events
from scheduling.models import Calendar, DateException, TravelZone

MOST_ROWS = 200  # of each, that are not over
LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=2 * 366)


@operation
def add_exception(
    *,
    kind: str,
    first_day: date,
    last_day: date,
    starts: time | None = None,
    ends: time | None = None,
    note: str = "",
    by: User,
    now: datetime,
) -> DateException:
    """Block days or part of them, or open hours besides the week; sessions already agreed stay."""
    calendar = _calendar_of(by)
    _refuse_wrong_days(calendar, first_day, last_day, now)
    _refuse_wrong_clocks(kind, starts, ends)
    row = {"kind": kind, "first_day": first_day, "last_day": last_day, "starts": starts, "ends": ends}
    _refuse_too_many(calendar.exceptions.filter(last_day__gte=_today(calendar, now)).count())
    if calendar.exceptions.filter(**row).exists():
        raise Refused(_("You have said exactly this already."), code="said_already")
    made = DateException.objects.create(calendar=calendar, note=note, **row)
    _changed(calendar, by, now, exception=made.pk)
    return made


@operation
def remove_exception(exception: DateException, *, by: User, now: datetime) -> None:
    """The week is as usual again on these days; a second time nothing happens."""
    calendar = _of(exception.calendar_id, by)
    if calendar.exceptions.filter(pk=exception.pk).delete()[0]:
        _changed(calendar, by, now, exception=exception.pk)


@operation
def add_travel(*, first_day: date, last_day: date, time_zone: str, by: User, now: datetime) -> TravelZone:
    """On these days the hours are wall-clock time of another zone; sessions already agreed stay."""
    calendar = _calendar_of(by)
    _refuse_wrong_days(calendar, first_day, last_day, now)
    _refuse_too_many(calendar.travel_zones.filter(last_day__gte=_today(calendar, now)).count())
    other = calendar.travel_zones.filter(first_day__lte=last_day, last_day__gte=first_day).first()
    if other:
        raise Refused(
            _("You can be in one place a day only: from %(first)s to %(last)s you are in %(zone)s already.")
            % {"first": day(other.first_day), "last": day(other.last_day), "zone": other.time_zone},
            code="overlapping_travel",
        )
    made = TravelZone.objects.create(calendar=calendar, first_day=first_day, last_day=last_day, time_zone=time_zone)
    _changed(calendar, by, now, travel=made.pk)
    return made


@operation
def remove_travel(travel: TravelZone, *, by: User, now: datetime) -> None:
    """The hours of these days are by the calendar's own zone again; a second time nothing happens."""
    calendar = _of(travel.calendar_id, by)
    if calendar.travel_zones.filter(pk=travel.pk).delete()[0]:
        _changed(calendar, by, now, travel=travel.pk)


def _calendar_of(by: User) -> Calendar:
    if not by.is_coach:
        raise PermissionDenied
    lock_members([by.pk])
    return Calendar.objects.get_or_create(coach=by, defaults={"time_zone": by.time_zone})[0]


def _of(calendar: int, by: User) -> Calendar:
    lock_members([by.pk])
    found = Calendar.objects.filter(pk=calendar, coach=by).first()
    if not found:
        raise PermissionDenied
    return found


def _refuse_wrong_days(calendar: Calendar, first: date, last: date, now: datetime) -> None:
    today = _today(calendar, now)
    if last < first:
        raise Refused(_("The last day must not be before the first."), code="wrong_days")
    if last < today:
        raise Refused(_("These days are over. Please pick days that are still to come."), code="past_days")
    if last - first > LONGEST or last > today + FARTHEST:
        raise Refused(_("Please pick at most a year, which ends within two years from now."), code="too_long")


def _refuse_wrong_clocks(kind: str, starts: time | None, ends: time | None) -> None:
    if (starts is None) != (ends is None):
        raise Refused(_("Fill in both ends of these hours, or neither."), code="half_hours")
    if starts is None or ends is None:
        if kind == DateException.Kind.EXTRA:
            raise Refused(_("Please say from when to when you are available besides."), code="extra_without_hours")
    elif ends <= starts and ends != time(0):
        raise Refused(_("Hours must end after they start."), code="wrong_hours")


def _refuse_too_many(number: int) -> None:
    if number >= MOST_ROWS:
        raise Refused(_("That is more than fits. Please take away some that you need no longer."), code="too_many")


def _today(calendar: Calendar, now: datetime) -> date:
    return now.astimezone(ZoneInfo(calendar.time_zone)).date()


def _changed(calendar: Calendar, by: User, now: datetime, **facts: int) -> None:
    record(calendar, events.AVAILABILITY_CHANGED, by=by, at=now, **facts)
