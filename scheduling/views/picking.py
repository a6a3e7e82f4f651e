"""Picking a time: a week of slots, then the held time to look at once more."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import clock
from core.pages import refusals_on
from scheduling import operations, policy
from scheduling.forms import TimeForm, ZoneForm, zone_named
from scheduling.models import Calendar, Session
from scheduling.operations.taking import is_asked_first
from scheduling.slots import Diary, read_diary
from scheduling.week import Week, week_named, week_of

AGREED = {
    Session.State.SCHEDULED: gettext_lazy("Your session is scheduled. We will remind you both."),
    Session.State.REQUESTED: gettext_lazy("Asked. We tell you as soon as your coach has answered."),
}


@login_required
@require_http_methods(["GET", "POST"])
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    session = _of_student(request, pk)
    if not session.may_be_scheduled_by(request.user):
        return _explain(request, session)
    form = TimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            operations.hold_time(session, starts_at=form.cleaned_data["start"], by=request.user, now=clock.now())
            return redirect("session-hold", session.pk)
    context = week_page(request, session, clock.now())
    with timezone.override(context["week"].zone):
        return render(request, "scheduling/pick.html", context | {"session": session, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    session = _of_student(request, pk)
    if request.method == "POST":
        return _answer(request, session)
    if session.state != Session.State.HELD or session.hold_expires_at <= clock.now():
        return redirect("session-schedule" if session.may_be_scheduled_by(request.user) else "session", session.pk)
    answer_due_at = policy.yes_due(clock.now(), session.starts_at) if is_asked_first(session) else None
    return render(request, "scheduling/hold.html", {"session": session, "answer_due_at": answer_due_at})


def _answer(request: HttpRequest, session: Session) -> HttpResponse:
    if "drop" in request.POST:
        operations.drop_hold(session, by=request.user, now=clock.now())
        messages.info(request, _("The time is free again."))
        return redirect("session", session.pk)
    if request.POST.get("starts_at") not in {None, session.starts_at and session.starts_at.isoformat()}:
        messages.error(request, _("You have picked another time since. Please look at it again."))
        return redirect("session-hold", session.pk)
    session = operations.confirm_time(session, by=request.user, now=clock.now())
    messages.success(request, AGREED.get(session.state, AGREED[Session.State.SCHEDULED]))
    return redirect("session", session.pk)


def _of_student(request: HttpRequest, pk: int) -> Session:
    session = get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)
    if not session.is_student(request.user):
        raise Http404
    return session


def _explain(request: HttpRequest, session: Session) -> HttpResponse:
    if session.state == Session.State.UNSCHEDULED:
        messages.info(request, _("This session can be given a time once it is paid."))
    else:
        messages.info(request, _("This session already has its time."))
    return redirect("session", session.pk)


def week_page(request: HttpRequest, session: Session, now: datetime, **kept: Any) -> dict[str, Any]:
    """The week that was asked for, else the first one with a free time, and its neighbours within reach.

    The session may be one that is not made yet; what is kept stays in the address from week to week.
    """
    zone = zone_named(request.GET.get("zone", ""), otherwise=request.user.time_zone)
    week = week_named(request.GET.get("week", ""), zone)
    reach = now + timedelta(days=366)
    made = session if session.pk else None
    until = week.end if week else reach
    people = [place.user_id for place in session.people] if made else [request.user.pk]
    diary = read_diary(session.coach_id, people, now, until, now, apart_from=made, kind=session.kind)
    week = week or _first_week(diary, session, now, zone)
    days = week.slots(diary, session.duration_minutes, now)
    return {
        "week": week,
        "days": days,
        "coach": session.coach,
        "previous": _address(week.previous, kept) if week.start > diary.earliest(now) else "",
        "next": _address(week.next, kept) if week.end < diary.horizon(now) else "",
        "has_hours": diary.has_hours,
        "zone_form": ZoneForm(initial={"zone": zone.key}),
        "kept": kept,
        "closed": diary.closure(now),
        "is_unverified": diary.is_unverified(now),
        "asks_first": diary.confirms == Calendar.Confirms.REQUEST,
    }


def _first_week(diary: Diary, session: Session, now: datetime, zone: Any) -> Week:
    free = diary.free(now, diary.horizon(now), session.duration_minutes, now)
    return week_of(datetime.fromtimestamp(free[0], zone) if free else diary.earliest(now), zone)


def _address(week: Week, kept: dict[str, Any]) -> str:
    return "?" + urlencode({"week": week.monday, "zone": week.zone.key, **kept})
