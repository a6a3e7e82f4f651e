"""Calling a session or a contract off: first what it does to the money, then the click that does exactly that."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts import operations
from contracts.forms import CancelForm
from contracts.models import Booking, Contract
from contracts.quotes import Line, Quote
from contracts.views.contracts import contract_of, decide
from core import clock
from core.refused import Refused
from scheduling.models import Session


@login_required
@require_http_methods(["GET", "POST"])
def session_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)
    return _ask(request, session, operations.quote_session, operations.cancel_booked_session, session=session)


@login_required
@require_http_methods(["GET", "POST"])
def contract_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is to come of a contract; one that is not paid just ends."""
    contract = contract_of(request, pk)
    if contract.state != Contract.State.ACTIVE:
        return decide(request, pk, "cancel")
    return _ask(request, contract, operations.quote_contract, operations.cancel_contract, contract=contract)


def rows_of(quote: Quote) -> list[tuple[Line, Booking]]:
    """The lines of a quote, each with its booking."""
    bookings = Booking.objects.select_related("session", "contract__student").in_bulk(
        [line.booking for line in quote.lines]
    )
    return [(line, bookings[line.booking]) for line in quote.lines]


def _ask(request: HttpRequest, thing: Any, quoted: Callable[..., Quote], call_off: Any, **about: Any) -> HttpResponse:
    """The quote on GET; on POST its execution, or the new one where it no longer stands."""
    form, stale = CancelForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        quote, reason = form.cleaned_data["quote"], form.cleaned_data["reason"]
        try:
            call_off(thing, by=request.user, quote=quote, reason=reason, now=clock.now())
        except Refused as refusal:
            if refusal.code != "stale_quote":
                raise
            stale = True
        else:
            messages.success(request, _done(form.cleaned_data["shown"]))
            return redirect(thing)
    stale = stale or "quote" in form.errors  # asked before it was paid, when there was none
    return _page(request, quoted(thing, by=request.user, now=clock.now()), form, stale, **about)


def _done(back_cents: int | None) -> str:
    if back_cents:
        return _("Called off. What goes back is on its way to the card it came from.")
    return _("Called off.")


def _page(request: HttpRequest, quote: Quote, form: CancelForm, stale: bool, **about: Any) -> HttpResponse:
    context = {
        "quote": quote,
        "rows": rows_of(quote),
        "form": form,
        "is_stale": stale,
        "shown_cents": form.cleaned_data.get("shown") if stale else None,
        **about,
    }
    return render(request, "contracts/call_off.html", context)
