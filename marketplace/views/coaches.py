"""Finding a coach."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import CoachProfile
from core.filtering import applied, without
from core.pages import sorted_page_of
from core.weeks import weekday_name
from marketplace.filters import CoachFilter, facets
from marketplace.finding import coaches_to_show
from scheduling.free_time import starts_around

COUNTED = 200
FIELDS = ("price_min", "price_max", "currency", "language", "min_rating", "has_trial")
TIMES = ("free_day", "free_at", "zone")


@require_GET
def coaches(request: HttpRequest) -> HttpResponse:
    found = CoachFilter(request.GET, coaches_to_show(), request=request)
    page = sorted_page_of(found.qs, request, count=COUNTED)
    context: dict[str, Any] = {
        "filter": found,
        "page": page,
        "cards": [(coach, found.taught_by(coach)) for coach in _with_starts(page.rows, found)],
        "facets": facets(found.skills, request.GET.getlist("skill")),
        "filter_fields": [found.form[name] for name in FIELDS],
        "time_fields": [found.form[name] for name in (TIMES[:2] if request.user.is_authenticated else TIMES)],
        "applied": _chips(found, request),
    }
    with timezone.override(found.reader_zone):
        return render(request, "marketplace/coaches.html", context)


def _with_starts(coaches: list[CoachProfile], found: CoachFilter) -> list[CoachProfile]:
    """Each with where an hour may begin around the time asked for, where one was."""
    starts = starts_around([coach.user_id for coach in coaches], found.moments, found.now)
    for coach in coaches:
        coach.start_then = starts.get(coach.user_id)
    return coaches


def _chips(found: CoachFilter, request: HttpRequest) -> list[dict[str, str]]:
    chips = applied(found, request, apart_from=("sort", *TIMES))
    if found.moments:
        asked = found.form.cleaned_data
        words = {"day": weekday_name(int(asked["free_day"]), "wide"), "time": f"{asked['free_at']:%H:%M}"}
        label = _("Free on %(day)s around %(time)s") % words
        chips.append({"label": label, "remove": without(request, dict.fromkeys(TIMES[:2]))})
    return chips
