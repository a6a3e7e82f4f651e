"""Where a session meets."""

from scheduling import policy
from scheduling.models import Session


def room_of(session: Session) -> str:
    """The coach's own room, when it is a place people may be sent to; else nothing."""
    profile = getattr(session.coach, "coach_profile", None)
    return profile.meeting_url if profile and policy.is_meeting_link(profile.meeting_url) else ""
