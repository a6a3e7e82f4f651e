"""What find work searches follows what it is made of."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, prefetch_related_objects

from accounts.models import Skill
from core.operations import operation
from core.words import fold
from marketplace.models import LearningRequest
from marketplace.policy import utc_cells

BATCH = 1000
HOURS = ("time_zone", "preferred_hours", "utc_offset_minutes")


@operation
def rewrite_request(request: LearningRequest, *, now: datetime) -> LearningRequest:
    """Store anew what a request is found by: its words, its skills, its preferred times as they lie in UTC now."""
    prefetch_related_objects([request], "skills__synonyms")
    describe_request(request, list(request.skills.all()), now)
    request.save(update_fields=["words", "more_words", "skill_ids", "utc_offset_minutes", "preferred_cells"])
    return request


@operation
def rewrite_requests_of(skill: Skill, *, now: datetime) -> int:
    """The same for every request that asks for this skill; how many they were."""
    asked = LearningRequest.objects.filter(skill_ids__contains=[skill.pk]).order_by("pk")
    requests = list(asked.select_for_update(no_key=True).defer(*LearningRequest.SEARCHED))
    for request in requests:
        rewrite_request(request, now=now)
    return len(requests)


def describe_request(request: LearningRequest, skills: Collection[Skill], now: datetime) -> None:
    """Set what search reads of a request, without saving it; the skills with their synonyms at hand."""
    synonyms = [each.word for skill in skills for each in skill.synonyms.all()]
    request.words = fold(" ".join([request.title, *(skill.name for skill in skills), *synonyms]))
    request.more_words = fold(f"{request.description} {request.timeframe}")
    request.skill_ids = sorted(skill.pk for skill in skills)
    request.utc_offset_minutes = offset_of(request.time_zone, now)
    request.preferred_cells = utc_cells(request.preferred_hours, request.utc_offset_minutes)


@operation
def refresh_cells(*, now: datetime) -> int:
    """Where clocks have changed, move the half hours that find work compares; how many requests were behind."""
    lasting = LearningRequest.objects.lasting().exclude(preferred_hours=[])
    known = list(lasting.order_by().values_list("time_zone", "utc_offset_minutes").distinct())
    offsets = {zone: offset_of(zone, now) for zone, _stored in known}
    behind = Q(pk__in=[])
    for zone, stored in known:
        if stored != offsets[zone]:
            behind |= Q(time_zone=zone, utc_offset_minutes=stored)
    rows = list(lasting.filter(behind).select_for_update(no_key=True, skip_locked=True).only(*HOURS)[:BATCH])
    for row in rows:
        row.utc_offset_minutes = offsets[row.time_zone]
        row.preferred_cells = utc_cells(row.preferred_hours, row.utc_offset_minutes)
    LearningRequest.objects.bulk_update(rows, ["utc_offset_minutes", "preferred_cells"])
    return len(rows)


def offset_of(zone: str, now: datetime) -> int:
    """Minutes ahead of UTC at this moment."""
    return (now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()) // timedelta(minutes=1)
