"""Where a person is signed in: when a session was last used, from which network, on what device."""

import hashlib
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

SEEN_EVERY = 300
AGENT = UserSession._meta.get_field("user_agent").max_length
# What a browser calls itself, most special first: nearly all of them also say Safari and Mozilla.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def saw(request: Any, session_key: str) -> None:
    """Note when and from where a session is used, at most once in five minutes."""
    mark = hashlib.sha256(session_key.encode()).hexdigest()
    if cache.add(f"session-seen:{mark}", True, SEEN_EVERY):
        UserSession.objects.filter(session_key=session_key).update(
            last_seen_at=timezone.now(),
            ip=get_adapter().get_client_ip(request),
            user_agent=request.META.get("HTTP_USER_AGENT", "")[:AGENT],
        )


def device_of(user_agent: str) -> str:
    """A device as people name it, such as "Firefox on Linux"; programs by what they call themselves."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or user_agent.split("/")[0][:40] or _("Unknown device")


def _first(names: dict[str, str], text: str) -> str:
    return next((name for mark, name in names.items() if mark in text), "")


def sessions_of(person: Any) -> list[UserSession]:
    """Every place where the person is signed in, the one used last first."""
    found: Iterable[UserSession] = UserSession.objects.purge_and_list(person)
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)
