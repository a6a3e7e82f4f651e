"""How fast a coach answers students: invitations to a request, and counter-offers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from statistics import median

from django.db.models import F, OuterRef
from django.db.models.functions import Coalesce

from accounts.models import CoachProfile, Role, User
from core.operations import operation
from marketplace.models import Invitation, Terms
from marketplace.policy import RESPONSE_WINDOW


@operation
def refresh_response(coach: User, *, now: datetime) -> None:
    """Store the median time to an answer over the last 90 days; none without an answer."""
    invited = Invitation.objects.filter(coach=coach).annotate(took=F("answered_at") - F("sent_at"))
    following = Terms.objects.filter(
        proposal=OuterRef("proposal"), number=OuterRef("number") + 1, offered_by=Role.COACH
    )
    haggled = Terms.objects.filter(proposal__coach=coach, offered_by=Role.STUDENT).annotate(
        answered_at=Coalesce("agreed_at", "declined_at", following.values("offered_at")),
        took=F("answered_at") - F("offered_at"),
    )
    recent = {"answered_at__gt": now - RESPONSE_WINDOW, "answered_at__lte": now}
    times = chain(*(asked.filter(**recent).values_list("took", flat=True) for asked in (invited, haggled)))
    CoachProfile.objects.filter(user=coach).update(response_minutes=_middle(times))


def _middle(times: Iterable[timedelta]) -> int | None:
    known = [time.total_seconds() / 60 for time in times]
    return round(median(known)) if known else None
