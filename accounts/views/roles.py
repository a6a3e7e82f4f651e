"""Which of the two roles a person has and uses, and how one begins as a student."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import operations
from accounts.forms import StudentStartForm, ZoneForm
from accounts.models import Role, StudentProfile
from core import clock
from core.pages import refusals_on


@login_required
@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    """Use the other role, and look at the dashboard or go on where one was stopped."""
    role, onwards = request.POST.get("role", ""), request.POST.get("next", "")
    if not request.user.has_role(role):
        return redirect("become", role=role) if role in Role.values else redirect("profile")
    operations.switch_role(request.user, role=role)
    return redirect(onwards if url_has_allowed_host_and_scheme(onwards, {request.get_host()}) else "dashboard")


@login_required
@require_http_methods(["GET", "POST"])
def become(request: HttpRequest, role: str) -> HttpResponse:
    if request.method == "POST":
        operations.become(request.user, role=role)
        return redirect(f"onboarding-{role}")
    return render(request, "accounts/become.html", {"new_role": role})


@login_required
@require_GET
def onboarding(request: HttpRequest) -> HttpResponse:
    return redirect("onboarding-coach" if request.user.is_using_coach_role else "onboarding-student")


@login_required
@require_http_methods(["GET", "POST"])
def onboarding_student(request: HttpRequest) -> HttpResponse:
    """What coaches should know; saved as far as it goes when somebody wants to finish it later."""
    if not request.user.is_student:
        return redirect("become", role="student")
    data = request.POST if request.method == "POST" else None
    student = StudentProfile.objects.filter(user=request.user).first() or StudentProfile(user=request.user)
    form, zone = StudentStartForm(data, instance=student), ZoneForm(data, instance=request.user)
    if all([form.is_valid(), zone.is_valid()]):
        with refusals_on(form):
            operations.describe_student(request.user, by=request.user, now=clock.now(), **form.cleaned_data)
            zone.save()
            return _onwards(request)
    return render(request, "accounts/onboarding_student.html", {"form": form, "zone": zone})


def _onwards(request: HttpRequest) -> HttpResponse:
    """To where the way here began; else to the coaches."""
    onwards = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(onwards, {request.get_host()}):
        return redirect(onwards)
    if "later" in request.POST:
        messages.info(request, _("Saved. You find the rest in your profile."))
    else:
        messages.success(request, _("Thank you. Now find somebody to learn from."))
    return redirect("coaches")
