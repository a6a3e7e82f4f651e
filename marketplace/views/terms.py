from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from core import clock
from core.pages import refusals_on
from marketplace import operations
from marketplace.forms import CounterForm, TermsForm, begun_with, templates_of, terms_of
from marketplace.views.proposals import proposal_of, terms_seen, thread_of


@login_required
@require_http_methods(["GET", "POST"])
def proposal_counter(request: HttpRequest, pk: int) -> HttpResponse:
    """Other figures, by either side: they begin with what is on the table."""
    found = proposal_of(request, pk)
    if not found.is_open_at(clock.now()):
        return redirect(found)
    thread, seen = thread_of(found, request), terms_seen(request) or None
    side, own = found.side_of(request.user), templates_of(request.user, found.currency)
    templates = own if side == Role.COACH else own.none()
    form = begun_with(templates, request, CounterForm, terms_of(thread["counter"] or found), currency=found.currency)
    if form.is_valid() and "check" not in request.POST:
        with refusals_on(form):
            operations.offer_terms(found, by=request.user, now=clock.now(), seen=seen, **form.to_send())
            messages.success(request, _("Your offer is sent."))
            return redirect(found)
    context = {"form": form, "proposal": found, "wanted": found.request, "side": side, "templates": templates}
    return render(request, "marketplace/counter.html", context | thread)


@login_required
@require_GET
def counter_total(request: HttpRequest, pk: int) -> HttpResponse:
    """What the figures typed so far come to, as a part of the page."""
    found = proposal_of(request, pk)
    form = TermsForm(request.GET, currency=found.currency)
    return render(request, "marketplace/_total.html", {"form": form, "side": found.side_of(request.user)})


@login_required
@require_POST
def counter_agree(request: HttpRequest, pk: int) -> HttpResponse:
    return _answered(request, pk, operations.agree_to_terms, _("Agreed. The student is told and can accept now."))


@login_required
@require_POST
def counter_decline(request: HttpRequest, pk: int) -> HttpResponse:
    return _answered(request, pk, operations.decline_terms, _("Declined. Your own terms still stand."))


def _answered(request: HttpRequest, pk: int, answer: Callable[..., Any], said: str) -> HttpResponse:
    found = proposal_of(request, pk)
    answer(found, by=request.user, now=clock.now(), number=terms_seen(request))
    messages.success(request, said)
    return redirect(found)
