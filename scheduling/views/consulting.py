"""Asking a coach for a free consultation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import CoachProfile, Role, User
from accounts.roles import for_role
from core import clock
from core.pages import refusals_on
from scheduling import operations, policy
from scheduling.forms import BookingTimeForm
from scheduling.models import Session
from scheduling.operations.consulting import why_no_consultation
from scheduling.views.picking import AGREED, week_page


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.STUDENT)
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Fifteen free minutes with a coach: pick a time, say what it is about."""
    coach = get_object_or_404(CoachProfile.objects.public().select_related("user"), user=pk).user
    form = BookingTimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            facts = {"starts_at": form.cleaned_data["start"], "note": form.cleaned_data["note"]}
            session = operations.book_consultation(coach, by=request.user, now=clock.now(), **facts)
            messages.success(request, AGREED[session.state])
            return redirect(session)
    return _page(request, coach, form)


def _page(request: HttpRequest, coach: User, form: BookingTimeForm) -> HttpResponse:
    now = clock.now()
    minutes = policy.consultation_minutes(now)
    wanted = Session(coach=coach, kind=Session.Kind.CONSULTATION, duration_minutes=minutes)
    context = week_page(request, wanted, now)
    context |= {"form": form, "why_not": why_no_consultation(coach, request.user, now=now)}
    with timezone.override(context["week"].zone):
        return render(request, "scheduling/consultation.html", context)
