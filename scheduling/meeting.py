"""Where a session meets."""

from django.conf import settings

from core.links import leads_to
from scheduling.models import Session


def room_of(session: Session) -> str:
    """The coach's own room, when it is a place people may be sent to; else nothing."""
    profile = getattr(session.coach, "coach_profile", None)
    return profile.meeting_url if profile and leads_to(profile.meeting_url, settings.MEETING_HOSTS) else ""
