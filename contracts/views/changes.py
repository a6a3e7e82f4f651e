"""Other terms before the coach agrees: asked for on a form, answered on the contract's page."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from contracts import operations
from contracts.models import Contract
from contracts.terms_forms import ChangesForm, WantedTermsForm, wanted_of
from contracts.views.contracts import contract_of
from core import clock
from core.pages import refusals_on
from marketplace.forms import begun_with, templates_of

ANSWERS: dict[str, tuple[Callable[..., Contract], Any]] = {
    "agree": (operations.agree_to_changes, lazy("Agreed. The contract has these terms now and can be paid.")),
    "decline": (operations.decline_changes, lazy("The terms stay as they are. Your coach is told.")),
    "withdraw": (operations.withdraw_changes, lazy("Taken back. You may agree to the terms as they are, or decline.")),
}


@login_required
@require_http_methods(["GET", "POST"])
def request_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """The coach's form for other terms."""
    contract = contract_of(request, pk)
    if request.method == "GET" and (not contract.may_be_changed_by(request.user) or contract.has_open_change):
        return redirect(contract)
    templates = templates_of(request.user, contract.currency)
    initial = wanted_of(contract, today=today_for(contract))
    form = begun_with(templates, request, ChangesForm, initial, currency=contract.currency)
    if form.is_valid() and "check" not in request.POST:
        with refusals_on(form):
            operations.request_changes(contract, by=request.user, now=clock.now(), **form.to_send())
            messages.success(request, _("Sent. The student sees line by line what would be different."))
            return redirect(contract)
    context = {"form": form, "contract": contract, "templates": templates, "side": Role.COACH}
    return render(request, "contracts/request_changes.html", context)


@login_required
@require_GET
def wanted_total(request: HttpRequest, pk: int) -> HttpResponse:
    """What the figures typed so far come to, as a part of the page."""
    contract = contract_of(request, pk)
    form = WantedTermsForm(request.GET, currency=contract.currency)
    side = Role.COACH if contract.coach_id == request.user.pk else Role.STUDENT
    return render(request, "marketplace/_total.html", {"form": form, "side": side})


@login_required
@require_POST
def answer_changes(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Agree, decline or take back: the address says which request was on the page."""
    contract, answer = contract_of(request, pk), request.POST.get("answer", "")
    if answer in ANSWERS:
        operation, said = ANSWERS[answer]
        operation(contract, number=number, by=request.user, now=clock.now())
        messages.success(request, said)
    return redirect(contract)


def today_for(contract: Contract) -> date:
    """Today where the student is."""
    return clock.now().astimezone(ZoneInfo(contract.time_zone)).date()
