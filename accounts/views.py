"""Pages about people: one's own profile and roles, becoming a coach, finding one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import operations
from accounts.filters import CoachFilter
from accounts.forms import ProfileForm, StudentProfileForm, coach_form
from accounts.models import CoachProfile, Skill, StudentProfile
from core import clock
from core.filtering import applied
from core.pages import page_of, refusals_on

COUNTED = 500
FACETS = 10


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


@login_required
@require_http_methods(["GET", "POST"])
def onboarding_coach(request: HttpRequest) -> HttpResponse:
    if not request.user.is_coach:
        return redirect("become", role="coach")
    if request.method == "POST":
        return _save_coach(request, CoachProfile.objects.get_or_create(user=request.user)[0])
    coach = _coach_profile(request) or CoachProfile(user=request.user)
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


def _coach_profile(request: HttpRequest) -> CoachProfile | None:
    return CoachProfile.objects.filter(user=request.user).first()


@require_GET
def coaches(request: HttpRequest) -> HttpResponse:
    public = CoachProfile.objects.public().defer("search").select_related("user").prefetch_related("skills")
    found = CoachFilter(request.GET, public, request=request)
    context: dict[str, Any] = {
        "filter": found,
        "page": page_of(found.qs, request),
        "count": found.qs.order_by()[: COUNTED + 1].count(),
        "counted": COUNTED,
        "chosen": request.GET.getlist("skill"),
        "skills": _facets(request.GET.getlist("skill")),
        "filter_fields": [found.form[name] for name in ("price_min", "price_max", "currency", "min_rating")],
        "applied": applied(found, request),
    }
    return render(request, "accounts/coaches.html", context)


def _facets(chosen: list[str]) -> QuerySet[Skill]:
    """The chosen skills and those that most public coaches teach."""
    public = Q(coaches__state=CoachProfile.State.APPROVED, coaches__user__is_active=True)
    first = Case(When(slug__in=chosen, then=Value(0)), default=Value(1), output_field=IntegerField())
    counted = Skill.objects.annotate(coach_count=Count("coaches", filter=public), first=first)
    return counted.filter(Q(coach_count__gt=0) | Q(slug__in=chosen)).order_by("first", "-coach_count", "name")[:FACETS]


@require_GET
def coach(request: HttpRequest, pk: int) -> HttpResponse:
    visible = CoachProfile.objects.visible_to(request.user).defer("search").select_related("user")
    found = get_object_or_404(visible.prefetch_related("skills"), user_id=pk)
    return render(request, "accounts/coach.html", {"coach": found})
