"""Booking the sessions of a contract week after week: look at each date first, then take all that are free."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.forms import SeriesForm
from contracts.models import Contract
from contracts.series import may_be_booked_weekly, sessions_to_book
from core import clock
from core.pages import refusals_on
from scheduling import operations
from scheduling.recurrence import Preview, preview_of, zone_of_hours


@login_required
@require_http_methods(["GET", "POST"])
def series_new(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(Contract.objects.of(request.user).select_related("student", "coach"), pk=pk)
    sessions = sessions_to_book(contract)
    if not may_be_booked_weekly(contract, sessions, by=request.user):
        messages.info(request, _("Only the student of a contract with sessions left to schedule books a series."))
        return redirect(contract)
    typed = request.POST if request.method == "POST" else request.GET
    form = SeriesForm(typed or None, contract=contract, initial=_proposed(contract, len(sessions)))
    if request.method == "POST" and form.is_valid() and (booked := _book(request, form, sessions)):
        return booked
    preview = form.wish() and preview_of(sessions, form.wish(), student=contract.student_id, now=clock.now())
    context = {"contract": contract, "form": form, "left": len(sessions), **_shown(preview, contract)}
    return render(request, "contracts/series_new.html", context)


def _book(request: HttpRequest, form: SeriesForm, sessions: Any) -> HttpResponse | None:
    with refusals_on(form):
        series, preview = operations.book_series(
            sessions, wish=form.wish(), fingerprint=request.POST.get("shown", ""), by=request.user, now=clock.now()
        )
        messages.success(request, _said(preview))
        return redirect(series)
    return None


def _said(preview: Preview) -> str:
    count = len(preview.free)
    if preview.asks_first:
        sentence = ngettext("%(n)d session is asked for.", "%(n)d sessions are asked for.", count)
        return sentence % {"n": count} + " " + _("Your coach says yes to each.")
    return ngettext("%(n)d session is booked.", "%(n)d sessions are booked.", count) % {"n": count}


def _proposed(contract: Contract, left: int) -> dict[str, Any]:
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(zone_of_hours(contract.coach)).date()
    return {"whose": "coach", "weekday": tomorrow.weekday(), "from_day": tomorrow, "weeks": max(2, left)}


def _shown(preview: Preview | None, contract: Contract) -> dict[str, Any]:
    """The dates by the clocks of both, and whose clock is the one that changes against the series."""
    if not preview:
        return {"preview": None}
    wish = preview.wish
    by_student = wish.anchor == contract.student_id
    return {
        "preview": preview,
        "by_student": by_student,
        "student_zone": wish.zone if by_student else wish.other_zone,
        "coach_zone": wish.other_zone if by_student else wish.zone,
    }
