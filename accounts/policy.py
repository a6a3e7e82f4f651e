"""What a coach's offer must look like: pure functions over values."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_meeting_link(url: str, hosts: Collection[str]) -> bool:
    """Whether an address leads, by https and without a port or a name in it, to one of the hosts or below one."""
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.port is None and "\\" not in url
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and plain and any(host == known or host.endswith(f".{known}") for known in hosts)
