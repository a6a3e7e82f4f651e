"""One's own profile and roles."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import operations
from accounts.forms import ProfileForm, StudentProfileForm
from accounts.models import CoachProfile, StudentProfile


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    forms = [ProfileForm(data, instance=request.user)]
    if request.user.is_student:
        forms.append(StudentProfileForm(data, instance=StudentProfile.objects.get_or_create(user=request.user)[0]))
    valid = [form.is_valid() for form in forms]  # all of them, so that each says what is wrong
    if all(valid):
        for form in forms:
            form.save()
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"forms": forms, "coach_profile": _coach_profile(request)})


@login_required
@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    role = request.POST.get("role", "")
    if not request.user.has_role(role):
        return redirect("become", role=role) if role in {"student", "coach"} else redirect("profile")
    operations.switch_role(request.user, role=role)
    return redirect("dashboard")


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
    if not request.user.is_student:
        return redirect("become", role="student")
    student = StudentProfile.objects.get_or_create(user=request.user)[0]
    form = StudentProfileForm(request.POST or None, instance=student)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Thank you. Now find somebody to learn from."))
        return redirect("coaches")
    return render(request, "accounts/onboarding_student.html", {"form": form})


def _coach_profile(request: HttpRequest) -> CoachProfile | None:
    return CoachProfile.objects.filter(user=request.user).first()
