"""Finding a coach."""

from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import CoachProfile, Skill
from core.filtering import applied
from core.pages import page_of
from marketplace.filters import CoachFilter

COUNTED = 500
FACETS = 10


@require_GET
def coaches(request: HttpRequest) -> HttpResponse:
    public = (
        CoachProfile.objects.public().defer(*CoachProfile.SEARCHED).select_related("user").prefetch_related("skills")
    )
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
    return render(request, "marketplace/coaches.html", context)


def _facets(chosen: list[str]) -> QuerySet[Skill]:
    """The chosen skills and those that most public coaches teach."""
    public = Q(coaches__approved_at__isnull=False, coaches__user__is_active=True)
    first = Case(When(slug__in=chosen, then=Value(0)), default=Value(1), output_field=IntegerField())
    counted = Skill.objects.annotate(coach_count=Count("coaches", filter=public), first=first)
    return counted.filter(Q(coach_count__gt=0) | Q(slug__in=chosen)).order_by("first", "-coach_count", "name")[:FACETS]
