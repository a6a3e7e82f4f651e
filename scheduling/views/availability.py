"""A coach's own time on one page: how it is typed, what comes of it in a week, and why a time is not free."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.roles import for_role
from core import clock
from core.pages import refusals_on
from scheduling import operations
from scheduling.desk import Desk, today
from scheduling.diary import REACH, read_diary
from scheduling.forms import by_weekday, windows_of
from scheduling.models import Calendar, DateException, Session, TravelZone
from scheduling.picture import picture_of
from scheduling.week import Week, week_named, week_of
from scheduling.why import why


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.COACH)
def availability(request: HttpRequest) -> HttpResponse:
    calendar = Calendar.objects.prefetch_related("weekly_hours").filter(coach=request.user).first()
    if request.method == "GET":
        return _page(request, Desk(request.user, calendar))
    if any(name in request.GET or name in request.POST for name in UNSAVED):
        return _page(request, Desk(request.user, calendar, request.POST))
    for name, act in ACTS.items():
        if name in request.GET or name in request.POST:
            return act(request, Desk(request.user, calendar, request.POST))
    return _save(request, Desk(request.user, calendar, request.POST))


UNSAVED = ("preview", "add", "remove")


def _save(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The week and the numbers; rows of exceptions and travels are saved one by one."""
    if desk.is_valid():
        with refusals_on(desk.form):
            operations.set_availability(
                hours=windows_of(desk.hours), by=request.user, now=clock.now(), **desk.form.cleaned_data
            )
            messages.success(request, _("Saved. This is when you can be booked from now on."))
            if not desk.has_days_to_add:
                return redirect("availability")
            messages.warning(request, _("The days typed in below are not saved yet: add them by their button."))
    return _page(request, desk)


def _add_exception(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _add(request, desk, "exception", operations.add_exception)


def _add_travel(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _add(request, desk, "travel", operations.add_travel)


def _add(request: HttpRequest, desk: Desk, name: str, add: Callable[..., Any]) -> HttpResponse:
    """Saved at once, while what else was typed stays as it is, unsaved."""
    form = desk.judge(name)
    if form.is_valid():
        with refusals_on(form):
            add(**form.cleaned_data, by=request.user, now=clock.now())
            desk.clear(name)
            messages.success(request, _("Saved. The rest of the page is as you left it."))
    return _page(request, desk)


def _remove_exception(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _remove(request, desk, DateException, "remove_exception")


def _remove_travel(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _remove(request, desk, TravelZone, "remove_travel")


def _remove(request: HttpRequest, desk: Desk, model: Any, name: str) -> HttpResponse:
    """One of the coach's own rows; what is gone already stays gone."""
    pk = request.POST.get(name, "")
    mine = model.objects.filter(calendar__coach=request.user)
    row = mine.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    if row:
        getattr(operations, name)(row, by=request.user, now=clock.now())
        messages.success(request, _("Taken away. The rest of the page is as you left it."))
    return _page(request, desk)


def _ask(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Why a student can't book a time, as all this is saved now."""
    form, told = desk.judge("why"), {}
    if form.is_valid():
        data, now = form.cleaned_data, clock.now()
        kind = Session.Kind.CONSULTATION if data["is_consultation"] else ""
        told = {"moment": data["moment"], "reason": why(request.user, None, data["moment"], data["minutes"], now, kind)}
    return _page(request, desk, **told)


ACTS: dict[str, Callable[[HttpRequest, Desk], HttpResponse]] = {
    "add_exception": _add_exception,
    "remove_exception": _remove_exception,
    "add_travel": _add_travel,
    "remove_travel": _remove_travel,
    "ask": _ask,
}


def _page(request: HttpRequest, desk: Desk, **told: Any) -> HttpResponse:
    context = {"desk": desk, "form": desk.form, "hours": desk.hours, "weekdays": by_weekday(desk.hours)}
    context |= _rows(desk) | _preview(request, desk) | told
    with timezone.override(context["zone"]):
        return render(request, "scheduling/availability.html", context)


def _rows(desk: Desk) -> dict[str, Any]:
    """Exceptions and travels, those that are over apart."""
    if not desk.calendar.pk:
        return {}
    day, rows = today(desk.calendar, clock.now()), {}
    for name, found in (("exceptions", desk.calendar.exceptions.all()), ("travels", desk.calendar.travel_zones.all())):
        rows[name] = [row for row in found if row.last_day >= day]
        rows[f"past_{name}"] = [row for row in found if row.last_day < day][-20:]
    return rows


def _preview(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """A week as it would be, were all this saved as it is typed."""
    now = clock.now()
    week = _week(request, desk, now)
    diary = desk.applied_to(read_diary(request.user, [], week.start, week.end, now), now)
    week = Week(week.monday, diary.zone)
    return {
        "zone": diary.zone,
        "week": week,
        "picture": picture_of(diary, week, now),
        "has_hours": diary.has_hours,
        "is_unverified": diary.is_unverified(now),
        "is_withheld": diary.closure(now) == "calendar_unverified",
        "earlier": week.previous.monday if week.start > now else None,
        "later": week.next.monday if week.end < now + REACH else None,
    }


def _week(request: HttpRequest, desk: Desk, now: Any) -> Week:
    """The week that was asked for, else the next one as a whole."""
    zone = desk.zone_on(today(desk.calendar, now))
    asked = (data.get(name, "") for data in (request.GET, request.POST) for name in ("preview", "week"))
    found = next((week for name in asked if (week := week_named(name, zone))), None)
    return found or week_of(now, zone).next
