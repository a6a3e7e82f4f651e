"""A person's calendar: a week or a month of all they take part in, as coach and as student."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from core import clock
from scheduling.agenda import SHOWN, Entry, Month, by_day, day_named, grid, weeks_of, with_rests
from scheduling.diary import read_diary
from scheduling.forms import ZoneForm, zone_named
from scheduling.ics import summary_of
from scheduling.models import Session
from scheduling.week import week_of

MANY_QUARTERS = 14 * 4  # from which on a week is drawn closer


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    zone = zone_named(request.GET.get("zone", ""), otherwise=request.user.time_zone)
    today = clock.now().astimezone(zone).date()
    day = day_named(request.GET.get("day", ""), otherwise=today)
    is_month = request.GET.get("view") == "month"
    context = _month(request.user, day, zone) if is_month else _week(request.user, day, zone)
    shared = {"today": today, "zone": zone.key, "zone_form": ZoneForm(initial={"zone": zone.key}), "day": day}
    with timezone.override(zone):
        return render(request, "scheduling/calendar.html", context | shared | _ways(context, day, today, zone.key))


def _week(user: User, day: date, zone: ZoneInfo) -> dict[str, Any]:
    week = week_of(datetime(day.year, day.month, day.day, 12, tzinfo=zone), zone)
    days = by_day(week.days, with_rests(_entries(user, week.start, week.end, zone)))
    rows = grid(days, _free(user, week.start, week.end), zone)
    steps = {"previous_day": week.previous.monday, "next_day": week.next.monday}
    return {"view": "week", "week": week, "days": days, "rows": rows, "is_long": len(rows) > MANY_QUARTERS, **steps}


def _month(user: User, day: date, zone: ZoneInfo) -> dict[str, Any]:
    month = Month(day.replace(day=1), zone)
    days = by_day(month.days, _entries(user, month.start, month.end, zone))
    steps = {"previous_day": month.previous.first, "next_day": month.next.first}
    return {"view": "month", "month": month, "days": days, "weeks": weeks_of(days), **steps}


def _entries(user: User, start: datetime, end: datetime, zone: ZoneInfo) -> list[Entry]:
    now = clock.now()
    rows = Session.objects.of(user).filter(state__in=SHOWN, ends_at__gt=start, starts_at__lt=end).with_people()
    shown = [row for row in rows.order_by("starts_at", "pk") if not row.is_spent(now)]
    return [Entry(row, summary_of(row, user), row.shown_state(now), zone) for row in shown]


def _free(user: User, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """When a coach can still be booked in this week."""
    now = clock.now()
    if not user.is_coach or end <= now:
        return []
    diary = read_diary(user, [], start, end, now)
    return diary.stretches(max(start, now), end) if diary.hours else []


def _ways(context: dict[str, Any], day: date, today: date, zone: str) -> dict[str, Any]:
    """The addresses of what lies beside."""

    def to(view: str, day: date) -> str:
        return "?" + urlencode({"view": view, "day": day.isoformat(), "zone": zone})

    view = context["view"]
    tabs = [(name, label, to(name, day)) for name, label in (("week", _("Week")), ("month", _("Month")))]
    return {
        "previous": to(view, context["previous_day"]),
        "next": to(view, context["next_day"]),
        "now_url": to(view, today),
        "tabs": [{"label": label, "url": url, "active": name == view} for name, label, url in tabs],
    }
