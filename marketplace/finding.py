"""What lists of coaches show of each."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import CoachProfile
from scheduling.models import Calendar, FreeTime

UNREAD = (*CoachProfile.SEARCHED, "wanted", "goal", "experience", "education", "portfolio")


def coaches_to_show() -> QuerySet[CoachProfile]:
    """Coaches to be found, when each could be booked next and how, without the long parts of a profile."""
    free = FreeTime.objects.filter(pk=OuterRef("user_id")).values("next_free_at")
    calendars = Calendar.objects.filter(coach=OuterRef("user_id"))
    listed = CoachProfile.objects.listed().annotate(
        next_free_at=Subquery(free),
        is_bookable=Exists(calendars),
        has_consultations=Exists(calendars.filter(takes_consultations=True)),
    )
    return listed.defer(*UNREAD).select_related("user")
