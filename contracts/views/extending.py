"""Proposing more sessions after a contract that goes well."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from contracts import operations
from contracts.models import Contract
from contracts.terms_forms import ExtensionForm, wanted_of
from contracts.views.changes import today_for
from contracts.views.contracts import contract_of
from core import clock
from core.pages import refusals_on
from marketplace.forms import begun_with, templates_of


@login_required
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """A form that begins with the terms of the contract as it is."""
    contract = contract_of(request, pk)
    open_one = contract.extensions.filter(state__in=[*Contract.OPEN_STEPS]).first()
    if request.method == "GET" and (open_one or not contract.may_be_extended_by(request.user, clock.now())):
        return redirect(open_one if open_one and _sees(open_one, request) else contract)
    side = Role.COACH if contract.coach_id == request.user.pk else Role.STUDENT
    templates = templates_of(request.user, contract.currency)
    initial = wanted_of(contract, today=today_for(contract)) | {"start_date": None, "learning_outcomes": ""}
    form = begun_with(templates, request, ExtensionForm, initial, currency=contract.currency)
    if form.is_valid() and "check" not in request.POST:
        with refusals_on(form):
            extension = operations.extend_contract(contract, by=request.user, now=clock.now(), **form.to_send())
            messages.success(request, _("Proposed. The other side is asked to agree."))
            return redirect(extension)
    context = {"form": form, "contract": contract, "templates": templates, "side": side}
    return render(request, "contracts/extend.html", context | {"other": contract.other_party(request.user)})


def _sees(contract: Contract, request: HttpRequest) -> bool:
    return Contract.objects.of(request.user).filter(pk=contract.pk).exists()
