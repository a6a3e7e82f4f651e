"""The sessions of a person, one session, and what its people do with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core import clock
from scheduling import operations, policy
from scheduling.filters import NAMES, SessionFilter
from scheduling.meeting import room_of
from scheduling.models import Session

PAGE = 20


@login_required
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    mine = Session.objects.of(request.user).of_role(request.user, request.user.role_in_use)
    found = SessionFilter(request.GET, mine.with_people(), request=request)
    number = _page(request)
    rows = list(found.qs[(number - 1) * PAGE : number * PAGE + 1])
    context = {
        "lines": [_line(row, request.user) for row in rows[:PAGE]],
        "tabs": _tabs(found.form.cleaned_data.get("when")),
        "previous": _address(request, number - 1) if number > 1 else "",
        "next": _address(request, number + 1) if len(rows) > PAGE else "",
    }
    return render(request, "scheduling/sessions.html", context)


@login_required
@require_GET
def session(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Session.objects.of(request.user).with_people().select_related("coach__calendar"), pk=pk)
    template = "scheduling/_session.html" if request.htmx else "scheduling/session.html"
    return render(request, template, _line(found, request.user) | _evidence(found, request.user))


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    if request.method == "GET":
        return render(request, "scheduling/join.html", _line(found, request.user))
    operations.check_in(found, by=request.user, now=clock.now())
    if room := room_of(found, request.user):
        return redirect(room)
    messages.success(request, _("You are checked in. The coach will tell you where you meet."))
    return redirect(found)


@login_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(operations.start(_mine(request, pk), by=request.user, now=clock.now()))


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(operations.end(_mine(request, pk), by=request.user, now=clock.now()))


@login_required
@require_POST
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    found = operations.confirm_outcome(_mine(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Thank you. You said that this session took place."))
    return redirect(found)


def _mine(request: HttpRequest, pk: int) -> Session:
    return get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)


def _line(row: Session, user: User) -> dict[str, Any]:
    """What pages say of one session and let this person do with it."""
    now = clock.now()
    return {
        "session": row,
        "state": row.shown_state(now),
        "others": [place.user for place in row.others(user)],
        "may_pick": row.may_be_scheduled_by(user),
        "may_confirm": row.may_be_confirmed_by(user) and row.hold_expires_at > now,
        "may_join": row.may_be_joined(now),
        "may_start": row.may_be_started_by(user, now),
        "may_end": row.may_be_ended_by(user, clock.now()),
        "may_vouch": row.may_be_vouched_for_by(user) and (row.outcome == "unclear" or row.is_student(user)),
        "lies_ahead": row.state == Session.State.SCHEDULED and row.starts_at > now,
    }


def _evidence(row: Session, user: User) -> dict[str, Any]:
    """When each side came, and the moments that follow from the agreed one."""
    moments = {}
    if row.starts_at:
        moments = {
            "opens_at": policy.joinable_from(row.starts_at),
            "late_after": policy.late_after(row.starts_at),
        }
    return {"mine": row.place_of(user), "theirs": row.others(user), **moments}


def _tabs(current: str | None) -> list[dict[str, Any]]:
    shown = ("upcoming", "unscheduled", "past")
    return [{"label": NAMES[name], "url": f"?when={name}", "active": name == current} for name in shown]


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return "?" + query.urlencode()
