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
from contracts.models import Contract
from contracts.operations import cancel_booked_session, cancel_contract, quote_contract, quote_session
from contracts.quotes import Quote
from contracts.terms_forms import StaffReasonForm
from contracts.views.cancelling import rows_of
from core import clock
from core.pages import refusals_on
from core.refused import Refused
from scheduling.models import Session

PERMISSION = "payments.add_refund"


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
    form = CallOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            work(row, by=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, gettext("Called off, and both sides read why."))
            return HttpResponseRedirect(page_of(row))
    try:
        quote = quoted(row, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(page_of(row))
    context = {"form": form, "quote": quote, "rows": rows_of(quote), "row": row, "opts": row._meta}
    context |= {"title": gettext("Call off what is to come?"), "back": page_of(row)}
    return render(request, "admin/contracts/call_off.html", shown.admin_site.each_context(request) | context)
