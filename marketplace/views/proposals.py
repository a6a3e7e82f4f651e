from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import CoachProfile
from core import clock
from core.money import to_decimal
from core.pages import page_of, refusals_on
from marketplace import operations
from marketplace.forms import ProposalForm, TermsForm
from marketplace.models import LearningRequest, Proposal


@login_required
@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    sent = Proposal.objects.filter(coach=request.user).select_related("request").defer("request__search")
    return render(request, "marketplace/proposals.html", {"page": page_of(sent, request)})


@login_required
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = _others(request, pk)
    if waiting := wanted.proposals.open().filter(coach=request.user).first():
        messages.info(request, _("You have an open proposal on this request already."))
        return redirect(waiting)
    coach = get_object_or_404(CoachProfile.objects.public(), user=request.user)
    initial = {"rate": to_decimal(coach.hourly_rate_cents, coach.currency), "session_count": wanted.sessions_needed}
    form = ProposalForm(request.POST or None, request=wanted, currency=coach.currency, initial=initial)
    if form.is_valid():
        with refusals_on(form):
            sent = operations.propose(wanted, by=request.user, now=clock.now(), **form.to_send())
            messages.success(request, _("Your proposal is sent."))
            return redirect(sent)
    return render(request, "marketplace/propose.html", {"form": form, "wanted": wanted, "currency": coach.currency})


@login_required
@require_GET
def propose_total(request: HttpRequest, pk: int) -> HttpResponse:
    """What the figures typed so far come to, as a part of the page."""
    _others(request, pk)
    coach = get_object_or_404(CoachProfile.objects.public(), user=request.user)
    form = TermsForm(request.GET, currency=coach.currency)
    return render(request, "marketplace/_total.html", {"form": form, "currency": coach.currency})


@login_required
@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    found = _proposal(request, pk)
    return render(request, "marketplace/proposal.html", {"proposal": found, "wanted": found.request})


@login_required
@require_POST
def proposal_accept(request: HttpRequest, pk: int) -> HttpResponse:
    accepted = operations.accept_proposal(_proposal(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Accepted. Look at the contract and send it to the coach."))
    return redirect("contract-create", accepted.pk)


@login_required
@require_POST
def proposal_decline(request: HttpRequest, pk: int) -> HttpResponse:
    declined = operations.decline_proposal(_proposal(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Declined. The coach is told."))
    return redirect(declined.request)


@login_required
@require_POST
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    withdrawn = operations.withdraw_proposal(_proposal(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Your proposal is withdrawn."))
    return redirect(withdrawn)


def _others(request: HttpRequest, pk: int) -> LearningRequest:
    visible = LearningRequest.objects.of(request.user).exclude(student=request.user).defer(*LearningRequest.SEARCHED)
    return get_object_or_404(visible.select_related("student").prefetch_related("skills", "screening_questions"), pk=pk)


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    mine = Proposal.objects.of(request.user).select_related("request__student", "coach__coach_profile")
    hidden = ("request__search", "coach__coach_profile__search")
    return get_object_or_404(mine.defer(*hidden).prefetch_related("answers__question"), pk=pk)
