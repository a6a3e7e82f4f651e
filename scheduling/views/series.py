"""A weekly series: its sessions, and its end."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from scheduling import operations, policy
from scheduling.models import Series
from scheduling.operations.series import is_to_give_back


@login_required
@require_GET
def series(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    return render(request, "scheduling/series.html", _context(request, found))


@login_required
@require_http_methods(["GET", "POST"])
def series_end(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    if request.method == "GET":
        return render(request, "scheduling/series_end.html", _context(request, found))
    given = len(operations.end_series(found, by=request.user, now=clock.now()))
    said = ngettext(
        "The series has ended: %(n)d session may be given another time.",
        "The series has ended: %(n)d sessions may be given other times.",
        given,
    )
    messages.success(request, said % {"n": given} if given else _("The series has ended. What is agreed stays."))
    return redirect(found)


def _mine(request: HttpRequest, pk: int) -> Series:
    return get_object_or_404(Series.objects.of(request.user).select_related("student", "coach", "anchor"), pk=pk)


def _context(request: HttpRequest, found: Series) -> dict[str, Any]:
    now = clock.now()
    sessions = list(found.sessions.order_by("starts_at", "pk"))
    return {
        "series": found,
        "other": found.coach if request.user.pk == found.student_id else found.student,
        "may_end": found.may_be_ended_by(request.user) and any(each.state in each.AHEAD for each in sessions),
        "lines": [{"session": each, "state": each.shown_state(now)} for each in sessions],
        "zone": ZoneInfo(found.time_zone),
        "given": [each for each in sessions if is_to_give_back(each, now)],
        "stays_hours": policy.kept(sessions[-1].terms if sessions else {}, "free_change_student_hours"),
    }
