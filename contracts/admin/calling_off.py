"""Staff call off what is paid, on somebody's behalf: the quote first, then exactly that, with a reason both read."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from contracts.admin.deciding import page_of
from contracts.models import Approval, Contract
from contracts.operations import ask_second, cancel_booked_session, cancel_contract, quote_contract, quote_session
from contracts.operations.approvals import NEEDED
from contracts.operations.approvals import STAFF as PERMISSION
from contracts.quotes import Quote
from contracts.terms_forms import StaffReasonForm
from contracts.views.cancelling import rows_of
from core import clock
from core.pages import refusals_on
from core.refused import Refused
from scheduling.models import Session


class CallOffForm(StaffReasonForm):
    """Why, and which quote was shown."""

    quote = forms.CharField(max_length=64, widget=forms.HiddenInput)


def call_session_off(shown: admin.ModelAdmin, request: HttpRequest, session: Session) -> HttpResponse:
    """All of a session, with the seats of all its students."""
    return _ask(shown, request, session, quote_session, cancel_booked_session)


def call_contract_off(shown: admin.ModelAdmin, request: HttpRequest, contract: Contract) -> HttpResponse:
    """All that is still to come of a contract that is paid."""
    return _ask(shown, request, contract, quote_contract, cancel_contract)


def _ask(
    shown: admin.ModelAdmin, request: HttpRequest, row: Model, quoted: Callable[..., Quote], work: Callable[..., Any]
) -> HttpResponse:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    waiting = Approval.objects.open_for(row).select_related("asked_by").first()
    form = CallOffForm(request.POST or None, initial={"reason": waiting.reason if waiting else ""})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            messages.success(request, _call_off_or_ask(request, row, quoted, work, **form.cleaned_data))
            return HttpResponseRedirect(page_of(row))
    try:
        quote = quoted(row, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(page_of(row))
    context = {"form": form, "quote": quote, "rows": rows_of(quote), "row": row, "opts": row._meta}
    context |= {"waiting": waiting}
    context |= {"title": gettext("Call off what is to come?"), "back": page_of(row)}
    return render(request, "admin/contracts/call_off.html", shown.admin_site.each_context(request) | context)


def _call_off_or_ask(
    request: HttpRequest, row: Any, quoted: Callable[..., Quote], work: Callable[..., Any], *, quote: str, reason: str
) -> str:
    """What was done, for who did it: called off, or a second person asked where it is too much for one."""
    given: dict[str, Any] = {"by": request.user, "now": clock.now()}
    try:
        work(row, quote=quote, reason=reason, **given)
    except Refused as refusal:
        if refusal.code != NEEDED:
            raise
        ask_second(row, quoted(row, **given), reason=reason, **given)
        return gettext(
            "So much takes two of us: it is called off as soon as a second person, of finance, does the same."
        )
    return gettext("Called off, and both sides read why.")
