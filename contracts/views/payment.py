"""Paying a contract: what is paid, to Checkout, and back from it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contracts import operations
from contracts.models import Contract
from contracts.views.booking import paid_held, pay_held
from contracts.views.contracts import contract_of
from core import clock
from payments.models import Payment
from payments.operations import settle_checkout


@login_required
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be paid and what becomes of it; on POST to Stripe's Checkout page."""
    contract = contract_of(request, pk)
    if request.method == "POST":
        payment = operations.start_payment(contract, by=request.user, now=clock.now())
        return redirect(payment.checkout_url)
    if contract.kind in Contract.HELD_KINDS:
        return pay_held(request, contract)
    if not contract.may_be_paid_by(request.user):
        return redirect(contract)
    return render(request, "contracts/pay.html", {"contract": contract})


@login_required
@require_GET
def payment_success(request: HttpRequest, pk: int) -> HttpResponse:
    """Back from Checkout: ask Stripe what really happened. The address itself activates nothing."""
    contract = contract_of(request, pk)
    payment = get_object_or_404(
        Payment.objects.of(request.user), escrow=contract.escrow, checkout_session_id=request.GET.get("session_id", "")
    )
    payment = settle_checkout(payment.checkout_session_id, now=clock.now())
    if payment.state == Payment.State.PENDING:
        return redirect("payment-cancel", pk)
    if contract.kind in Contract.HELD_KINDS:
        return paid_held(request, contract_of(request, pk), payment)
    return render(request, "contracts/payment_success.html", {"contract": contract_of(request, pk), "payment": payment})


@login_required
@require_GET
def payment_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Back from Checkout without paying: nothing was charged, try again."""
    contract = contract_of(request, pk)
    if contract.kind in Contract.HELD_KINDS:
        return pay_held(request, contract, "contracts/unpaid_held.html")
    if not contract.may_be_paid_by(request.user):
        return redirect(contract)
    return render(request, "contracts/payment_cancel.html", {"contract": contract})
