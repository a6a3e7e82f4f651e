"""The coach's page about being paid, the way to Stripe and back, and Stripe's webhook."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role, User
from accounts.roles import for_role
from core import clock
from core.pages import page_of
from core.refused import Refused
from payments import books, gateway, operations
from payments.models import ConnectAccount


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Keep what Stripe says and answer at once; 400 for what is not Stripe's, 409 when it should say it again."""
    try:
        operations.receive_event(request.body, request.headers.get("Stripe-Signature", ""), now=clock.now())
    except gateway.Forged as error:
        return HttpResponse(str(error), status=400, content_type="text/plain")
    except Refused:
        return HttpResponse(status=409)
    return HttpResponse(status=200)


@login_required
@require_GET
@for_role(Role.COACH)
def payouts(request: HttpRequest) -> HttpResponse:
    """How a coach is paid: the account at Stripe in words, and each released portion on its way there."""
    coach = _coach(request)
    account = ConnectAccount.objects.filter(user=coach).first()
    page = page_of(books.transfers_to(coach), request)
    context: dict[str, Any] = {
        "account": account,
        "status": account.status if account else ConnectAccount.Status.NONE,
        "sums": books.sums_of(coach),
        "page": page,
        "lines": books.with_reasons(page.rows, account, clock.now()),
    }
    return render(request, "payments/payouts.html", context)


@login_required
@require_POST
def connect_onboard(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(onboarding_url(_coach(request)))


@login_required
@require_GET
def connect_refresh(request: HttpRequest) -> HttpResponse:
    """Stripe sends the coach here when a link was too old: the next click makes another one."""
    _coach(request)
    messages.info(request, _("That link was too old. Please press the button again."))
    return redirect("payouts")


@login_required
@require_GET
def connect_return(request: HttpRequest) -> HttpResponse:
    """Coming back proves nothing: Stripe is asked."""
    account = ConnectAccount.objects.filter(user=_coach(request), stripe_id__isnull=False).first()
    if account:
        operations.refresh_account(str(account.stripe_id), now=clock.now())
    return redirect("payouts")


@login_required
@require_POST
def connect_dashboard(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(operations.dashboard_of(_coach(request)))


def onboarding_url(coach: User) -> str:
    """A fresh link into Stripe's onboarding, made on the click and kept nowhere."""
    return operations.start_onboarding(
        coach,
        now=clock.now(),
        return_url=settings.SITE_URL + reverse("connect-return"),
        refresh_url=settings.SITE_URL + reverse("connect-refresh"),
    )


def _coach(request: HttpRequest) -> User:
    if not (isinstance(request.user, User) and request.user.is_coach):
        raise Http404
    return request.user
