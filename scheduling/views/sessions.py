"""The sessions of a person, one session, and what its people do with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.models import Event
from scheduling import events, operations
from scheduling.filters import NAMES, SessionFilter
from scheduling.forms import MeetingForm
from scheduling.lines import Line, grouped
from scheduling.meeting import has_place, room_of
from scheduling.models import Move, Session

PAGE = 20


@login_required
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    mine = Session.objects.of(request.user).of_role(request.user, request.user.role_in_use)
    found = SessionFilter(request.GET, mine.with_people(), request=request)
    number, now = _page(request), clock.now()
    rows = list(found.qs[(number - 1) * PAGE : number * PAGE + 1])
    lines = [Line(row, request.user, now) for row in rows[:PAGE]]
    when = found.form.cleaned_data.get("when")
    context = {
        "lines": lines,
        "groups": grouped(lines) if when == "upcoming" and number == 1 else [("", lines)],
        "tabs": _tabs(when),
        "previous": _address(request, number - 1) if number > 1 else "",
        "next": _address(request, number + 1) if len(rows) > PAGE else "",
    }
    return render(request, "scheduling/sessions.html", context)


@login_required
@require_GET
def session(request: HttpRequest, pk: int) -> HttpResponse:
    line = _mine(request, pk)
    template = "scheduling/_session.html" if request.htmx else "scheduling/session.html"
    return render(request, template, _shown(line) | _history(line))


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, pk: int) -> HttpResponse:
    line = _mine(request, pk)
    if request.method == "GET":
        template = "scheduling/_waiting_room.html" if request.htmx else "scheduling/join.html"
        return render(request, template, _shown(line))
    operations.check_in(line.session, by=request.user, now=line.now)
    if room := room_of(line.session, request.user):
        return redirect(room)
    if line.as_coach:
        messages.warning(request, _("You are checked in. Your students have nowhere to go yet: add a meeting link."))
    else:
        messages.warning(request, _("You are checked in. There is no meeting link yet; we have told your coach."))
    return redirect("session-join", line.session.pk)


@login_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(operations.start(_mine(request, pk).session, by=request.user, now=clock.now()))


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect(operations.end(_mine(request, pk).session, by=request.user, now=clock.now()))


@login_required
@require_POST
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    found = operations.confirm_outcome(_mine(request, pk).session, by=request.user, now=clock.now())
    messages.success(request, _("Thank you. You said that this session took place."))
    return redirect(found)


def _mine(request: HttpRequest, pk: int) -> Line:
    mine = Session.objects.of(request.user).with_people()
    found = get_object_or_404(mine.select_related("coach__calendar", "coach__coach_profile"), pk=pk)
    return Line(found, request.user, clock.now())


def _shown(line: Line) -> dict[str, Any]:
    """What the session's page and its waiting room say, beside what every card does."""
    found = line.session
    return {
        "line": line,
        "session": found,
        "has_place": has_place(found),
        "meeting_form": MeetingForm(initial={"meeting_url": found.meeting_url}),
        "may_rate": found.may_be_rated_by(line.user, line.now),
    }


def _history(line: Line) -> dict[str, Any]:
    """What became of other times, and who called it off."""
    found, cancelled = line.session, None
    moves = found.moves.all()
    if found.state == Session.State.CANCELLED:
        cancelled = Event.objects.about(found).filter(name=events.SESSION_CANCELLED).last()
    return {
        "open_move": line.wish,
        "last_move": next((move for move in reversed(list(moves)) if move.state == Move.State.AGREED), None),
        "cancelled": cancelled,
        "problems": found.problems.of(line.user).select_related("reporter").order_by("pk"),
    }


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
