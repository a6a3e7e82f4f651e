"""Whether an address that somebody typed may be shown to others as a link."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


def leads_to(url: str, hosts: Collection[str]) -> bool:
    """Whether an address leads, by https and read as browsers read it, to one of these hosts or to one below it.

    No name, password or port, no sign that browsers drop or turn into another one.
    """
    if not url.isascii() or "\\" in url or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.netloc.lower()
    if parts.scheme != "https" or not HOST.fullmatch(host):
        return False
    return any(host == known or host.endswith(f".{known}") for known in hosts)
