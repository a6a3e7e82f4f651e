"""The table of API calls: which function answers which method and path, with which parameters."""

import re
from dataclasses import dataclass, field

COMMON = {"expand", "metadata"}
PAGING = {"limit", "starting_after", "ending_before", "expand"}
ROUTES: list = []


@dataclass
class Call:
    """One API call on its way through a handler."""

    world: object
    method: str
    path: str
    params: dict
    account: str = ""
    ids: list = field(default_factory=list)

    @property
    def store(self):
        return self.world.store


@dataclass(frozen=True)
class Route:
    """A path with its handler and the names of its parameters."""

    method: str
    pattern: re.Pattern
    names: frozenset
    handler: object


def route(method, path, names=""):
    """Registers a handler ``(call) -> body``; ``names`` are its parameters besides expand and metadata."""
    allowed = COMMON if method == "POST" else {"expand"}

    def register(handler):
        pattern = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path))
        ROUTES.append(Route(method, pattern, frozenset(names.split()) | allowed, handler))
        return handler

    return register


def find_route(method, path):
    """The route and the ids in its path, or None."""
    for known in ROUTES:
        match = known.pattern.fullmatch(path) if known.method == method else None
        if match:
            return known, list(match.groups())
    return None
