"""How somebody becomes a coach whom others can find: nine short steps, each saved by itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import forms, operations
from accounts.documents import differences, wanted_document, with_rows
from accounts.models import CoachProfile
from accounts.steps import BY_SLUG, NEEDED_STEPS, OF_SECTION, place_of, where_to_go_on
from core import clock
from core.refused import Refused

FORMS: dict[str, Any] = {
    "goal": forms.GoalForm,
    "skills": forms.SkillsForm,
    "experience": forms.ExperienceEntries,
    "education": forms.EducationEntries,
    "portfolio": forms.PortfolioEntries,
    "languages": forms.LanguagesForm,
    "headline": forms.HeadlineForm,
    "rates": forms.RatesForm,
}
View = Callable[..., HttpResponse]


def for_coaches(view: View) -> View:
    """Only who teaches has a coach profile; others are asked whether they want to."""

    @login_required
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        return view(request, **kwargs) if request.user.is_coach else redirect("become", role="coach")

    return answer


@for_coaches
@require_GET
def onboarding_coach(request: HttpRequest) -> HttpResponse:
    slug = where_to_go_on(_profile(request))
    return redirect("onboarding-review") if slug == "review" else redirect("onboarding-step", step=slug)


@for_coaches
@require_http_methods(["GET", "POST"])
def onboarding_step(request: HttpRequest, step: str) -> HttpResponse:
    if step not in FORMS:
        raise Http404
    profile = _profile(request, make=request.method == "POST")
    data = _data(request, step) if request.method == "POST" else None
    form = FORMS[step](data, profile=profile, now=clock.now())
    if data is not None and _is_settled(request, form, profile):
        return redirect(_way(request, step))
    return render(request, "accounts/onboarding_coach.html", _context(profile, step) | {"form": form})


@for_coaches
@require_http_methods(["GET", "POST"])
def onboarding_review(request: HttpRequest) -> HttpResponse:
    profile = _profile(request, make=request.method == "POST")
    if request.method == "POST":
        operations.submit_coach_profile(profile, by=request.user, now=clock.now())
        messages.success(request, _("Sent. We read every profile ourselves."))
        return redirect("onboarding-review")
    context = _context(profile, "review")
    return render(request, "accounts/onboarding_coach_review.html", context | _sections(profile, context["steps"]))


@for_coaches
@require_POST
def onboarding_discard(request: HttpRequest) -> HttpResponse:
    operations.discard_changes(_profile(request, make=True), by=request.user, now=clock.now())
    messages.success(request, _("Your profile is as it was."))
    return redirect("onboarding-review")


def _profile(request: HttpRequest, *, make: bool = False) -> CoachProfile:
    """One's own, made by the first thing that is saved, never by looking."""
    if make:
        CoachProfile.objects.get_or_create(user=request.user)
    own = CoachProfile.objects.filter(user=request.user).select_related("user").prefetch_related("skills")
    return own.defer(*CoachProfile.SEARCHED).first() or CoachProfile(user=request.user)


def _data(request: HttpRequest, step: str) -> Any:
    """What was sent; the button beside an entry marks it for removal."""
    data = request.POST.copy()
    if number := data.get("remove"):
        data[f"{step}-{number}-DELETE"] = "on"
    return data


def _is_settled(request: HttpRequest, form: Any, profile: CoachProfile) -> bool:
    """Whether the person may go on: saved, or only passing by with nothing new typed."""
    if "to" in request.POST and not form.has_changed():
        return True
    return form.is_valid() and _is_saved(request, form, profile)


def _is_saved(request: HttpRequest, form: Any, profile: CoachProfile) -> bool:
    try:
        operations.change_profile(profile, by=request.user, now=clock.now(), seen=form.seen, **form.written())
    except Refused as refusal:
        if refusal.code != "changed_elsewhere":
            raise
        if "to" in request.POST and form.is_as_seen:
            return True
        form.refuse(refusal, stored=_profile(request))
        return False
    return True


def _way(request: HttpRequest, step: str) -> str:
    """The next step, or the one asked for: another one, or the same again to add to it."""
    place, wanted = place_of(_profile(request), step), request.POST.get("to", "")
    if "remove" in request.POST or "add" in request.POST:
        return _address(step) + ("?add=1#add" if "add" in request.POST else "")
    return _address(wanted if wanted in BY_SLUG else place.next)


def _address(slug: str) -> str:
    return reverse("onboarding-review") if slug == "review" else reverse("onboarding-step", args=[slug])


def _context(profile: CoachProfile, slug: str) -> dict[str, Any]:
    place = place_of(profile, slug)
    items = [
        {"slug": step.slug, "label": step.title, "url": _address(step.slug), **marks} for step, marks in place.steps
    ]
    changed = [OF_SECTION[each.section] for each in differences(profile)] if profile.is_public else []
    return {
        "coach": profile,
        "step": BY_SLUG[slug],
        "place": place,
        "steps": items,
        "changed": [BY_SLUG[slug].title for slug in dict.fromkeys(changed)],
    }


def _sections(profile: CoachProfile, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The document step by step, with what cannot stay empty."""
    document = wanted_document(profile)
    sections = [
        {**step, "title": step["label"], "needed": step["slug"] in NEEDED_STEPS, "entries": document.get(step["slug"])}
        for step in steps[:-1]
    ]
    missing = [each for each in sections if each["needed"] and not each["done"]]
    return {"document": with_rows(document), "sections": sections, "missing_steps": missing}
