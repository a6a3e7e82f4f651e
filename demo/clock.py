"""Moving the demo's time: all processes read the new time, and what is due by then is done at once."""

import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from core import clock
from core.tasks import sweep_all
from scheduling.models import Session
from scheduling.policy import ready_from

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
MOST_ROUNDS = 10


class StandinIsAway(Exception):
    """The stand-in did not answer."""


def moment_of(word: str, user: Any) -> datetime | None:
    """The moment a button names: a step from now, or just before or after the person's next session."""
    now = clock.now()
    if word in STEPS:
        return now + STEPS[word]
    session = _next_session(user, now)
    if session is None:
        return None
    if word == "past":
        return session.ends_at + timedelta(minutes=1)
    return max(now, ready_from(session.starts_at)) if word == "session" else None


def _next_session(user: Any, now: datetime) -> Session | None:
    return Session.objects.of(user).upcoming(now).first() if user.is_authenticated else None


def go_on(moment: datetime) -> None:
    """Set the clock to this moment, if it is later, and do what is due; StandinIsAway when its part is not done."""
    clock.move(max(moment - clock.now(), timedelta()))
    try:
        post_to_standin("/_standin/tick")
    finally:
        sweep_until_quiet()


def sweep_until_quiet() -> None:
    """What one sweep does may make more due: a session that ends plans the release of its money."""
    for _round in range(MOST_ROUNDS):
        if not any(count > 0 for count in sweep_all().values()):
            return


def post_to_standin(path: str, data: bytes = b"") -> bytes:
    """Ask the stand-in's control for something."""
    request = urllib.request.Request(settings.STANDIN_URL + path, data=data, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise ValueError(f"{path}: {error.code} {error.read()[:300]!r}") from error
    except OSError as error:
        raise StandinIsAway from error
