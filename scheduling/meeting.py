"""Where a session meets: a link of the coach's own, or a room on a server that this site is configured for.

What leads there is asked for by POST, as joining is the check-in; so no page carries the address of a room.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import jwt
from django.conf import settings

from accounts.models import User
from core.links import leads_to
from scheduling import policy
from scheduling.models import Calendar, Session

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Meeting = Calendar.Meeting


def providers() -> "list[tuple[str, StrOrPromise]]":
    """The places a coach may choose here: their own link, and the rooms that this site is configured for."""
    return [(each.value, each.label) for each in Meeting if _is_configured(each)]


def provider_of(session: Session) -> str:
    """How this session meets: by the link given for it, else as its coach chose, as far as that is still configured."""
    chosen = getattr(session.coach, "calendar", None)
    if session.meeting_url or not chosen or not _is_configured(chosen.meeting):
        return Meeting.LINK
    return str(chosen.meeting)


def has_place(session: Session) -> bool:
    """Whether there is anywhere to go to."""
    return provider_of(session) != Meeting.LINK or link_of(session) != ""


def room_of(session: Session, user: User) -> str:
    """The address at which this person meets the others; nothing for who takes no part, or where none is known yet."""
    if not session.has_participant(user):
        return ""
    provider = provider_of(session)
    if provider == Meeting.JITSI:
        return f"https://{settings.JITSI_HOST}/skileez-{session.room}"
    if provider == Meeting.LIVEKIT:
        query = {"liveKitUrl": settings.LIVEKIT_URL, "token": token_of(session, user)}
        return f"{settings.LIVEKIT_MEET_URL}?{urlencode(query)}"
    return link_of(session)


def link_of(session: Session) -> str:
    """The link given for this session, else the coach's own, when it leads to a place people may be sent to."""
    profile = getattr(session.coach, "coach_profile", None)
    link = session.meeting_url or (profile.meeting_url if profile else "")
    return link if leads_to(link, settings.MEETING_HOSTS) else ""


def token_of(session: Session, user: User) -> str:
    """What lets this person into the LiveKit room of this session, from when it may be joined to its end."""
    starts_at, ends_at = session.span
    claims = {
        "iss": settings.LIVEKIT_API_KEY,
        "sub": f"user-{user.pk}",
        "name": user.name,
        "nbf": _second(policy.joinable_from(starts_at)),
        "exp": _second(ends_at),
        "video": {"room": livekit_room(session), "roomJoin": True},
    }
    return jwt.encode(claims, settings.LIVEKIT_API_SECRET, algorithm="HS256")


def livekit_room(session: Session) -> str:
    return f"skileez-{session.room}"


def _is_configured(provider: str) -> bool:
    if provider == Meeting.JITSI:
        return bool(settings.JITSI_HOST)
    return provider == Meeting.LINK or bool(settings.LIVEKIT_URL)


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
