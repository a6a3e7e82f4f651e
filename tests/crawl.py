"""A reader who opens every page that can be reached by links, as a search engine or a curious person would."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r"""(?:href|hx-get|src)=["']([^"'#]+)""")
MOST_OF_A_KIND = 4
LEAVE_ALONE = ("/static/", "/standin/", "/live/", "/admin/jsi18n/", "/api/", "/media/")


def crawl(
    client: Client, *starts: str, within: tuple[str, ...] = ("/",), most_of_a_kind: int = MOST_OF_A_KIND
) -> Iterator[tuple[str, Any]]:
    """Each address with its answer, breadth first; of each route only a few, with and without a query.

    Only what begins with one of `within` is followed.
    """
    waiting, seen, kinds = deque(starts), set(starts), Counter[str]()

    def follow(link: str, base: str) -> None:
        address = urljoin(base, link)
        if urlsplit(address).netloc or address in seen or address.startswith(LEAVE_ALONE):
            return
        if address.startswith("/admin/") and "?" in address:  # its filters multiply without end
            return
        kinds[_kind(address)] += 1
        if address.startswith(within) and kinds[_kind(address)] <= most_of_a_kind:
            seen.add(address)
            waiting.append(address)

    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        yield address, answer
        if answer.status_code in {301, 302}:
            follow(answer["Location"], address)
        elif answer["Content-Type"].startswith("text/html"):
            for link in LINK.findall(answer.content.decode()):
                follow(unescape(link), address)


def _kind(address: str) -> str:
    """The route and the names of the query, so that a list and its second page are two kinds."""
    parts = urlsplit(address)
    try:
        route = resolve(parts.path).route
    except Resolver404:
        route = parts.path
    return " ".join([route, *sorted({name.partition("=")[0] for name in parts.query.split("&")})])
