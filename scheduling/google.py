"""The calendar at Google, by plain REST: a fresh token, a list of events, an event written, an event taken away.

Of other people's events only when they are is asked for: never a title, a place or a guest. Each call has a time-out,
and none is made inside a transaction.
"""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from django.conf import settings

PATIENCE = 5.0  # seconds
MOST = 2500  # events of one answer, the most that Google gives
MOST_PAGES = 8
FIELDS = (
    "nextPageToken,timeZone,items(id,iCalUID,status,transparency,eventType,start,end,attendees(self,responseStatus))"
)
SLOW_DOWN = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RESOURCE_EXHAUSTED"}
NO_LEAVE = {"insufficientPermissions", "forbiddenForNonOrganizer", "PERMISSION_DENIED"}


class NoAnswer(Exception):
    """Nobody answered, or not now: the same again later. `is_away`: nobody was there at all."""

    def __init__(self, code: str, *, is_away: bool = False) -> None:
        super().__init__(code)
        self.code, self.is_away = code, is_away


class Dead(Exception):
    """Google lets us in no longer; only the person can change that."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refusal(Exception):
    """Google will not do this, however often it is asked."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(f"{status} {reason}".strip())
        self.status, self.reason = status, reason


class Expired(Refusal):
    """The access token is spent."""


def renew(refresh_token: str) -> tuple[str, int]:
    """A new access token and for how many seconds it is good."""
    [app] = settings.SOCIALACCOUNT_PROVIDERS["google"]["APPS"] or [{"client_id": "", "secret": ""}]
    form = {"client_id": app["client_id"], "client_secret": app["secret"]}
    form |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
    try:
        answer = _call("POST", settings.GOOGLE_TOKEN_URL, body=urlencode(form).encode())
    except Refusal as refusal:
        raise Dead(refusal.reason or "invalid_grant") from refusal
    try:
        return str(answer["access_token"]), int(answer.get("expires_in", 3600))
    except (KeyError, TypeError, ValueError) as error:
        raise NoAnswer("odd_answer") from error


def revoke(token: str) -> None:
    """Give our leave back: this token and all that belong to it are worth nothing any more. Twice is the same as once."""
    try:
        _call("POST", settings.GOOGLE_REVOKE_URL, body=urlencode({"token": token}).encode())
    except Refusal as refusal:
        if refusal.reason != "invalid_token":
            raise


def events(token: str, calendar: str, start: datetime, end: datetime) -> tuple[str, list[dict[str, Any]]]:
    """The zone of the calendar, and when each of its events in this stretch of time is."""
    asked = {"timeMin": start.isoformat(), "timeMax": end.isoformat(), "maxResults": MOST, "fields": FIELDS}
    query: dict[str, Any] = asked | {"singleEvents": "true", "showDeleted": "false"}
    found: list[dict[str, Any]] = []
    for _page in range(MOST_PAGES):
        answer = _call("GET", f"{_events_of(calendar)}?{urlencode(query)}", token)
        items = answer.get("items", [])
        if not isinstance(items, list):
            raise NoAnswer("odd_answer")
        found += items
        if not answer.get("nextPageToken"):
            return str(answer.get("timeZone", "")), found
        query["pageToken"] = answer["nextPageToken"]
    raise NoAnswer("too_many")


def write(token: str, calendar: str, event: dict[str, Any]) -> None:
    """Put an event under its own id; one that is there, or was once, is written over. Twice is the same as once."""
    try:
        _call("POST", f"{_events_of(calendar)}?sendUpdates=none", token, body=json.dumps(event).encode())
    except Refusal as refusal:
        if refusal.status != HTTPStatus.CONFLICT:
            raise
        _call("PATCH", f"{_event_of(calendar, event['id'])}?sendUpdates=none", token, body=json.dumps(event).encode())


def take_away(token: str, calendar: str, event_id: str) -> None:
    """Take an event away; one that is gone already is gone."""
    try:
        _call("DELETE", f"{_event_of(calendar, event_id)}?sendUpdates=none", token)
    except Refusal as refusal:
        if refusal.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise


def _events_of(calendar: str) -> str:
    return f"{settings.GOOGLE_CALENDAR_BASE}/calendars/{quote(calendar, safe='')}/events"


def _event_of(calendar: str, event_id: str) -> str:
    return f"{_events_of(calendar)}/{quote(event_id, safe='')}"


def _call(method: str, url: str, token: str = "", body: bytes | None = None) -> dict[str, Any]:
    headers = {"Accept": "application/json"}
    if token:
        headers |= {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(url, body, headers, method=method), timeout=PATIENCE) as answer:  # noqa: S310 - our own
            return _read(answer.read())
    except HTTPError as error:
        raise _meaning_of(error) from error
    except (URLError, OSError) as error:
        raise NoAnswer("no_answer", is_away=True) from error


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body or b"{}")
    except ValueError as error:
        raise NoAnswer("odd_answer") from error
    if not isinstance(answer, dict):
        raise NoAnswer("odd_answer")
    return answer


def _meaning_of(error: HTTPError) -> Exception:
    reason = _reason_of(error)
    if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code == HTTPStatus.TOO_MANY_REQUESTS:
        return NoAnswer(f"status_{error.code}")
    if error.code == HTTPStatus.FORBIDDEN and reason in SLOW_DOWN:
        return NoAnswer("slow_down")
    if error.code == HTTPStatus.FORBIDDEN and reason in NO_LEAVE:
        return Dead("no_leave")
    if error.code == HTTPStatus.UNAUTHORIZED and reason not in {"invalid_client", "unauthorized_client"}:
        return Expired(error.code, reason)
    return Refusal(error.code, reason)


def _reason_of(error: HTTPError) -> str:
    """Google's one word for it, in either of its two forms."""
    try:
        said = json.loads(error.read()).get("error", "")
    except (ValueError, AttributeError, OSError):
        return ""
    if isinstance(said, dict):
        details = said.get("errors") or [{}]
        said = (details[0].get("reason") if isinstance(details[0], dict) else "") or said.get("status", "")
    return str(said)[:60]
