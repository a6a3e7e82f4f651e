"""How somebody becomes a coach whom others can find."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import operations
from accounts.forms import coach_form
from accounts.models import CoachProfile
from core import clock
from core.pages import refusals_on


@login_required
@require_http_methods(["GET", "POST"])
def onboarding_coach(request: HttpRequest) -> HttpResponse:
    if not request.user.is_coach:
        return redirect("become", role="coach")
    if request.method == "POST":
        return _save_coach(request, CoachProfile.objects.get_or_create(user=request.user)[0])
    coach = CoachProfile.objects.filter(user=request.user).first() or CoachProfile(user=request.user)
    return render(request, "accounts/onboarding_coach.html", {"form": coach_form(coach), "coach": coach})


def _save_coach(request: HttpRequest, coach: CoachProfile) -> HttpResponse:
    form = coach_form(coach, request.POST)
    if form.is_valid():
        form.save()
        with refusals_on(form):
            if "submit" in request.POST:
                operations.submit_coach_profile(coach, by=request.user, now=clock.now())
        if form.is_valid():
            messages.success(
                request, _("Sent. We read every profile ourselves.") if "submit" in request.POST else _("Saved.")
            )
            return redirect("onboarding-coach")
    return render(request, "accounts/onboarding_coach.html", {"form": form, "coach": coach})
