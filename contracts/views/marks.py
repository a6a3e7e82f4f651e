"""A coach's marks: what happened, what it led to, and what can be said to it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import CoachProfile
from contracts import operations, policy
from contracts.forms import MarkWordsForm
from contracts.models import Mark, Sanction
from core import clock
from core.pages import page_of, refusals_on


@login_required
@require_GET
def marks(request: HttpRequest) -> HttpResponse:
    mine = Mark.objects.of(request.user).select_related("session", "sanction")
    running = Sanction.objects.running().filter(coach=request.user).order_by("until")
    context = {
        "page": page_of(mine, request),
        "is_hidden": CoachProfile.objects.filter(user=request.user, is_hidden=True).exists(),
        "last": running.last(),  # one without an end stands last
        "since": policy.ladder_since(clock.now()),
    }
    return render(request, "contracts/marks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """One mark; the words that are sent ask for an excuse, or appeal against the answer to it."""
    found, now = (
        get_object_or_404(Mark.objects.of(request.user).select_related("session", "sanction"), pk=pk),
        clock.now(),
    )
    form = MarkWordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask = operations.appeal_mark if found.state == Mark.State.KEPT else operations.ask_excuse
        with refusals_on(form):
            ask(found, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Thank you. We look at it and tell you what we decide."))
            return redirect("mark", pk)
    context = {
        "mark": found,
        "form": form,
        "may_excuse": found.may_be_excused_by(request.user, now),
        "may_appeal": found.may_be_appealed_by(request.user, now),
        "excuse_due": policy.excuse_due(found.made_at),
        "appeal_due": policy.excuse_due(found.decided_at) if found.decided_at else None,
    }
    return render(request, "contracts/mark.html", context)
