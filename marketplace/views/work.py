"""Finding work: what students want to learn, for coaches."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from core import clock
from core.filtering import applied
from core.pages import sorted_page_of
from marketplace.filters import WorkFilter, facets
from marketplace.matching import matched, reasons, searching_coach
from marketplace.models import LearningRequest, Proposal, SavedRequest
from marketplace.views.tabs import work_tabs

COUNTED = 200
FIELDS = ("level", "budget_min", "currency", "language", "fits")


def find_work(request: HttpRequest) -> HttpResponse:
    """Open requests of others, each with how well it matches the coach."""
    coach = searching_coach(request.user)
    if coach is None:
        return render(request, "marketplace/not_approved.html")
    now, zone = clock.now(), timezone.get_current_timezone()
    found = WorkFilter(request.GET, matched(work_for(request.user, now), coach), request=request, coach=coach)
    page = sorted_page_of(found.qs, request, count=COUNTED)
    context: dict[str, Any] = {
        "filter": found,
        "page": page,
        "cards": [(each, _skills(found, each), reasons(each, coach, zone, now)) for each in page.rows],
        "facets": facets(found.skills, request.GET.getlist("skill")),
        "filter_fields": [found.form[name] for name in FIELDS],
        "applied": applied(found, request, apart_from=("sort", "state", "mine")),
        "tabs": work_tabs(request.user, "work", coach.waiting),
    }
    return render(request, "marketplace/find_work.html", context)


def work_for(coach: User, now: Any) -> QuerySet[LearningRequest]:
    offered = Proposal.objects.open().filter(request=OuterRef("pk"), coach=coach)
    saved = SavedRequest.objects.filter(request=OuterRef("pk"), coach=coach)
    work = LearningRequest.objects.open().filter(expires_at__gt=now).exclude(student=coach)
    work = work.annotate(is_offered=Exists(offered), is_saved=Exists(saved))
    return work.defer(*LearningRequest.SEARCHED).select_related("student")


def _skills(found: WorkFilter, wanted: LearningRequest) -> list[Any]:
    return [skill for skill in found.skills if skill.pk in wanted.skill_ids]
