"""What lists of coaches show of each."""

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import CoachProfile
from scheduling.models import FreeTime

UNREAD = (*CoachProfile.SEARCHED, "wanted", "goal", "experience", "education", "portfolio")


def coaches_to_show() -> QuerySet[CoachProfile]:
    """Coaches to be found with the next moment at which each could be booked, and without the long parts of a profile."""
    free = FreeTime.objects.filter(pk=OuterRef("user_id")).values("next_free_at")
    listed = CoachProfile.objects.listed().annotate(next_free_at=Subquery(free))
    return listed.defer(*UNREAD).select_related("user")
