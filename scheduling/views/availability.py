"""A coach's own week: the hours as they are typed, and what comes of them."""

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
from scheduling.forms import (
    CalendarForm,
    WindowFormSet,
    as_formset,
    by_weekday,
    changed_rows,
    hours_formset,
    windows_of,
)
from scheduling.models import Calendar
from scheduling.operations import set_availability
from scheduling.slots import read_diary
from scheduling.week import WEEK, open_hours, week_of


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.COACH)
def availability(request: HttpRequest) -> HttpResponse:
    calendar = Calendar.objects.prefetch_related("weekly_hours").filter(coach=request.user).first()
    if request.method == "POST":
        return _change(request, calendar)
    unsaved = Calendar(coach=request.user, time_zone=request.user.time_zone)
    return _page(request, CalendarForm(instance=calendar or unsaved), hours_formset(calendar))


def _change(request: HttpRequest, calendar: Calendar | None) -> HttpResponse:
    """Rows come and go without being saved; saving replaces the week."""
    if "add" in request.POST or "remove" in request.POST:
        rows = changed_rows(request.POST, add=request.POST.get("add", ""), remove=request.POST.get("remove", ""))
        return _page(request, CalendarForm(initial=request.POST.dict()), as_formset(rows))
    form, hours = CalendarForm(request.POST), WindowFormSet(request.POST, prefix="hours")
    if all([form.is_valid(), hours.is_valid()]):
        with refusals_on(form):
            set_availability(hours=windows_of(hours), by=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("Saved. This is when you can be booked from now on."))
            return redirect("availability")
    return _page(request, form, hours)


def _page(request: HttpRequest, form: CalendarForm, hours: Any) -> HttpResponse:
    context = {"form": form, "hours": hours, "weekdays": by_weekday(hours), **_preview(request)}
    with timezone.override(context["zone"]):
        return render(request, "scheduling/availability.html", context)


def _preview(request: HttpRequest) -> dict[str, Any]:
    """The next whole week by the saved hours, as real time, with how often an hour can still be booked."""
    now = clock.now()
    diary = read_diary(request.user, [], now, now + 3 * WEEK, now)
    week = week_of(now, diary.zone).next
    free = {day: sum(not slot.taken for slot in slots) for day, slots in week.slots(diary, 60, now)}
    days = [{"day": day, "hours": hours, "free": free[day]} for day, hours in open_hours(diary, week)]
    return {"zone": diary.zone, "preview": days if diary.hours else [], "week": week}
