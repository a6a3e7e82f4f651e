"""What people may say of themselves: pure functions over values."""

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

MAX_SKILLS = 15

MOST_LANGUAGES = 6


def first_double(codes: Iterable[str]) -> str:
    """The first code that comes a second time; empty when each is there once."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            return code
        seen.add(code)
    return ""


def is_meeting_link(url: str, hosts: Collection[str]) -> bool:
    """Whether an address leads, by https and without a port or a name in it, to one of the hosts or below one."""
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.port is None and "\\" not in url
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and plain and any(host == known or host.endswith(f".{known}") for known in hosts)
