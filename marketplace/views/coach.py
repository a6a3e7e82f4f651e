"""What everybody may read of a coach, and what coaches see of their own wish."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from accounts.documents import Document, differences, public_document, wanted_document
from accounts.models import CoachProfile, Skill
from core import clock
from marketplace.cards import draw_card, stamp_of
from marketplace.structured import address_of, structured
from scheduling.slots import next_free_times

DAYS, TIMES_A_DAY = 3, 3
MOST_OF_A_DAY = 100
USUAL_MINUTES = 60
CARD_LIFE = 24 * 3600


@require_GET
def coach(request: HttpRequest, pk: int) -> HttpResponse:
    """A coach as everybody reads them; to the coach also as they want to be read."""
    found = get_object_or_404(_visible(request), user_id=pk)
    is_own = found.user_id == request.user.pk
    as_wanted = is_own and ("preview" in request.GET or not found.is_public)
    document = wanted_document(found) if as_wanted else public_document(found)
    skills = _skills(found, document)
    context = {
        "coach": found,
        "document": document,
        "skills": skills,
        "is_own": is_own,
        "as_wanted": as_wanted,
        "waiting": _names_of_differences(found) if is_own else [],
        "free": _next_free(found, request, clock.now()),
        "stars": [{"stars": number, "count": found.stars[number - 1]} for number in range(5, 0, -1)],
        "address": address_of(found),
        "structured": "" if as_wanted else structured(found, document, [skill.name for skill in skills]),
        "card": stamp_of(found),
    }
    return render(request, "marketplace/coach.html", context)


@require_safe
def coach_card(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a public coach for share previews; drawn once for each state of the profile."""
    found = get_object_or_404(_with_everything(CoachProfile.objects.listed()), user_id=pk)
    stamp = stamp_of(found)
    if request.headers.get("If-None-Match") == f'"{stamp}"':
        return HttpResponse(status=304, headers={"ETag": f'"{stamp}"'})
    picture = cache.get_or_set(f"coach-card:{stamp}", lambda: draw_card(found), CARD_LIFE)
    kept = {"ETag": f'"{stamp}"', "Cache-Control": "public, max-age=3600"}
    return HttpResponse(picture, content_type="image/png", headers=kept)


def _visible(request: HttpRequest) -> QuerySet[CoachProfile]:
    return _with_everything(CoachProfile.objects.visible_to(request.user))


def _with_everything(coaches: QuerySet[CoachProfile]) -> QuerySet[CoachProfile]:
    return coaches.defer(*CoachProfile.SEARCHED).select_related("user").prefetch_related("skills")


def _skills(found: CoachProfile, document: Document) -> list[Skill]:
    """The document's skills by name; asked for again only where they are not the public ones."""
    public = list(found.skills.all())
    if {skill.slug for skill in public} == set(document["skills"]):
        return sorted(public, key=lambda skill: skill.name)
    return list(Skill.objects.filter(slug__in=document["skills"]))


def _names_of_differences(found: CoachProfile) -> list[Any]:
    return [CoachProfile._meta.get_field(each.section).verbose_name for each in differences(found)]


def _next_free(found: CoachProfile, request: HttpRequest, now: datetime) -> list[tuple[Any, list[datetime], int]]:
    """The next days with free hours in the reader's zone: the day, its first times, how many more there are."""
    reader = request.user if request.user.is_authenticated else None
    days: dict[Any, list[datetime]] = {}
    zone, most = timezone.get_current_timezone(), {"count": DAYS * MOST_OF_A_DAY, "per_day": MOST_OF_A_DAY}
    for moment in next_free_times(found.user_id, reader, USUAL_MINUTES, now, zone=zone, **most):
        days.setdefault(timezone.localtime(moment).date(), []).append(moment)
    first = sorted(days.items())[:DAYS]
    return [(day, times[:TIMES_A_DAY], max(len(times) - TIMES_A_DAY, 0)) for day, times in first]
