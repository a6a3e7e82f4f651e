"""How sessions were, in figures for staff: what people said of them from 1 to 5, never who said it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from accounts.models import Role
from scheduling.models import Participant

BACK = timedelta(days=90)
LEAST = 3  # answers: fewer would tell who said what
MOST = 100  # coaches


def said_of_sessions(now: datetime) -> dict[str, Any]:
    """Of the sessions of the last 90 days: what students said, what coaches said, how many said nothing."""
    places = _places(now)
    said = {role.value: Avg("satisfaction", filter=Q(role=role)) for role in (Role.STUDENT, Role.COACH)}
    return places.aggregate(**said, answers=Count("satisfaction"), asked=Count("pk"))


def said_of_coaches(now: datetime) -> "QuerySet[Any, dict[str, Any]]":
    """What students said of each coach's sessions, the least satisfied first; not where too few answered."""
    answers = _places(now).filter(role=Role.STUDENT, satisfaction__isnull=False)
    rows = answers.values("session__coach", "session__coach__name").annotate(
        mean=Avg("satisfaction"), answers=Count("pk"), low=Count("pk", filter=Q(satisfaction__lte=2))
    )
    return rows.filter(answers__gte=LEAST).order_by("mean", "session__coach")[:MOST]


def _places(now: datetime) -> "QuerySet[Participant]":
    taken = Participant.objects.filter(state=Participant.State.TAKEN)
    return taken.filter(session__state="completed", session__ended_at__gt=now - BACK)
