"""What find work searches follows what it is made of."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from core.operations import operation
from core.words import fold
from marketplace.models import LearningRequest
from marketplace.policy import utc_cells


@operation
def rewrite_request(request: LearningRequest, *, now: datetime) -> LearningRequest:
    """Store anew what a request is found by: its words, its skills, its preferred times as they lie in UTC now."""
    prefetch_related_objects([request], "skills__synonyms")
    skills = list(request.skills.all())
    synonyms = [each.word for skill in skills for each in skill.synonyms.all()]
    request.words = fold(" ".join([request.title, *(skill.name for skill in skills), *synonyms]))
    request.more_words = fold(f"{request.description} {request.timeframe}")
    request.skill_ids = sorted(skill.pk for skill in skills)
    request.utc_offset_minutes = offset_of(request.time_zone, now)
    request.preferred_cells = utc_cells(request.preferred_hours, request.utc_offset_minutes)
    request.save(update_fields=["words", "more_words", "skill_ids", "utc_offset_minutes", "preferred_cells"])
    return request


def offset_of(zone: str, now: datetime) -> int:
    """Minutes ahead of UTC at this moment."""
    return (now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()) // timedelta(minutes=1)
