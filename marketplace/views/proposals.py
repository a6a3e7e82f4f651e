from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import CoachProfile, Role
from accounts.roles import for_role
from core import clock
from core.money import to_decimal
from core.pages import page_of, refusals_on
from marketplace import operations
from marketplace.calendars import match_before_sending, with_matches
from marketplace.forms import DeclineForm, ProposalForm, TermsForm, begun_with, templates_of, terms_of
from marketplace.models import LearningRequest, Proposal
from marketplace.thread import counter_in, versions_of

State = Proposal.State
TABS = {
    "open": (gettext_lazy("Open"), [State.OPEN]),
    "accepted": (gettext_lazy("Accepted"), [State.ACCEPTED]),
    "over": (gettext_lazy("Ended"), [State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.LAPSED]),
}


@login_required
@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    """What a coach sent or a student received, by what became of it."""
    mine = Proposal.objects.of_role(request.user, request.user.role_in_use)
    chosen = request.GET.get("state", "")
    shown = chosen if chosen in TABS else "open"
    rows = mine.filter(state__in=TABS[shown][1]).with_counter()
    page = page_of(rows.with_people(), request)
    with_matches(page.rows, now=clock.now())
    context = {"tabs": _tabs(mine, shown), "shown": shown, "page": page}
    return render(request, "marketplace/proposals.html", context)


def _tabs(mine: Any, shown: str) -> list[dict[str, Any]]:
    counts = mine.aggregate(
        **{name: Count("pk", filter=Q(state__in=states)) for name, (_label, states) in TABS.items()}
    )
    return [
        {"label": label, "url": f"?state={name}", "active": name == shown, "count": counts[name]}
        for name, (label, _states) in TABS.items()
    ]


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.COACH)
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = _others(request, pk)
    if waiting := wanted.proposals.open().filter(coach=request.user).first():
        messages.info(request, _("You have an open proposal on this request already."))
        return redirect(waiting)
    coach = get_object_or_404(CoachProfile.objects.public(), user=request.user)
    initial = {"rate": to_decimal(coach.hourly_rate_cents, coach.currency), "session_count": wanted.sessions_needed}
    templates = templates_of(request.user, coach.currency)
    form = begun_with(templates, request, ProposalForm, initial, request=wanted, currency=coach.currency)
    if form.is_valid() and "check" not in request.POST:
        with refusals_on(form):
            sent = operations.propose(wanted, by=request.user, now=clock.now(), **form.to_send())
            messages.success(request, _("Your proposal is sent."))
            return redirect(sent)
    match = match_before_sending(wanted, request.user, form.minutes, now=clock.now())
    context = {"form": form, "wanted": wanted, "match": match, "side": Role.COACH, "templates": templates}
    return render(request, "marketplace/propose.html", context)


@login_required
@require_GET
def propose_total(request: HttpRequest, pk: int) -> HttpResponse:
    """What the figures typed so far come to, as a part of the page."""
    _others(request, pk)
    coach = get_object_or_404(CoachProfile.objects.public(), user=request.user)
    form = TermsForm(request.GET, currency=coach.currency)
    return render(request, "marketplace/_total.html", {"form": form, "side": Role.COACH})


@login_required
@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    [found] = with_matches([proposal_of(request, pk)], now=clock.now(), viewer_zone=request.user.time_zone)
    versions = versions_of(found, found.thread.all())
    context = {
        "proposal": found,
        "wanted": found.request,
        "side": found.side_of(request.user),
        "match": found.match,
        "is_open": found.is_open_at(clock.now()),
        "versions": versions[::-1],
        "counter": counter_in(versions),
        "is_agreed": any(version.state == "standing" and version.is_counter for version in versions),
        "mark": (mark := _mark(found)),
        "is_news": request.GET.get("seen", mark) != mark,
    }
    return render(request, "marketplace/proposal.html", context)


def _mark(proposal: Proposal) -> str:
    """What a page of the proposal shows, in short: nothing moves under the pointer, the page says that it has changed."""
    answered = [row.number for row in proposal.thread.all() if row.agreed_at or row.declined_at]
    edited = int(proposal.edited_at.timestamp()) if proposal.edited_at else 0
    facts = [proposal.state, proposal.terms_number, len(proposal.thread.all()), len(answered), edited]
    return "-".join(str(fact) for fact in facts)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    sent = get_object_or_404(Proposal.objects.filter(coach=request.user).open(), pk=pk)
    answers = {f"answer_{answer.question_id}": answer.text for answer in sent.answers.all()}
    initial = {
        "cover_letter": sent.cover_letter,
        "approach_summary": sent.approach_summary,
        **terms_of(sent),
        **answers,
    }
    templates = templates_of(request.user, sent.currency)
    form = begun_with(templates, request, ProposalForm, initial, request=sent.request, currency=sent.currency)
    if form.is_valid() and "check" not in request.POST:
        with refusals_on(form):
            seen = terms_seen(request) or None
            operations.edit_proposal(sent, by=request.user, now=clock.now(), seen=seen, **form.to_send())
            messages.success(request, _("Saved."))
            return redirect(sent)
    context = {"form": form, "wanted": sent.request, "proposal": sent, "side": Role.COACH, "templates": templates}
    return render(request, "marketplace/propose.html", context | thread_of(sent, request))


@login_required
@require_POST
def proposal_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The form says which terms were on the page: without that, nothing was seen."""
    found, terms = proposal_of(request, pk), terms_seen(request)
    accepted = operations.accept_proposal(found, by=request.user, now=clock.now(), terms=terms)
    messages.success(request, _("Accepted. Look at the contract and send it to the coach."))
    return redirect("contract-create", accepted.pk)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_decline(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Proposal.objects.filter(request__student=request.user).select_related("coach"), pk=pk)
    if request.method == "GET" and not found.is_open_at(clock.now()):
        return redirect(found)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        operations.decline_proposal(found, by=request.user, now=clock.now(), **form.cleaned_data)
        messages.success(request, _("Declined. The coach is told."))
        return redirect(found.request)
    return render(request, "marketplace/proposal_decline.html", {"form": form, "proposal": found})


@login_required
@require_POST
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    withdrawn = operations.withdraw_proposal(proposal_of(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Your proposal is withdrawn."))
    return redirect(withdrawn)


def _others(request: HttpRequest, pk: int) -> LearningRequest:
    visible = LearningRequest.objects.of(request.user).exclude(student=request.user).defer(*LearningRequest.SEARCHED)
    return get_object_or_404(visible.select_related("student").prefetch_related("skills", "screening_questions"), pk=pk)


def terms_seen(request: HttpRequest) -> int:
    """Which version of the terms the page showed; 0 where it does not say."""
    seen = request.POST.get("terms", "")
    return int(seen) if seen.isdecimal() and len(seen) < 4 else 0


def thread_of(proposal: Proposal, request: HttpRequest) -> dict[str, Any]:
    """What a form for other figures says of those on the table; “Use” swaps the form alone, so nothing new was read."""
    versions = versions_of(proposal, proposal.thread.all())
    seen = terms_seen(request) if "use" in request.POST else 0
    return {"newest": seen or versions[-1].terms.number, "counter": counter_in(versions)}


def proposal_of(request: HttpRequest, pk: int) -> Proposal:
    """One that this person wrote or received, with all that its page shows."""
    mine = Proposal.objects.of(request.user).with_people()
    return get_object_or_404(mine.prefetch_related("answers__question", "thread"), pk=pk)
