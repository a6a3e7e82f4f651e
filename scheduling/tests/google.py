"""A stand-in for the calendar at Google, over real HTTP: one calendar, its tokens, and what it was asked."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.socialaccount.models import SocialAccount, SocialToken

from accounts.secrets import encrypt

ID = re.compile("[a-v0-9]{5,1024}")


class GoogleCalendarStandin:
    """Keeps events by id as Google does, deleted ones too; tests change it as people and Google would."""

    def __init__(self) -> None:
        self.url = ""
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.good = {"first"}  # access tokens
        self.refresh = {"lasting"}
        self.asked: list[tuple[str, str]] = []
        self.revoked: list[str] = []
        self.given = 0
        self.failing: list[tuple[int, dict[str, Any]]] = []  # answers to the next calls
        self.pause = 0.0
        self.zone = "UTC"
        self.page_size = 250

    def has(self, start: str, end: str, **also: Any) -> str:
        """Something of the person's own; its id."""
        edge = "dateTime" if "T" in start else "date"
        event_id = f"own{len(self.events)}"
        self.events[event_id] = {
            "id": event_id, "status": "confirmed", "summary": "Dentist", "iCalUID": f"{event_id}@google.com",
            "start": {edge: start}, "end": {edge: end}, **also,
        }  # fmt: skip
        return event_id

    def revoke(self) -> None:
        self.good.clear()
        self.refresh.clear()

    def fail(self, status: int, reason: str = "backendError", times: int = 1) -> None:
        said = {"error": {"code": status, "errors": [{"reason": reason}]}}
        self.failing += [(status, said)] * times

    def calls(self, method: str) -> int:
        return sum(asked == method for asked, _path in self.asked)

    def shown(self) -> dict[str, dict[str, Any]]:
        return {key: event for key, event in self.events.items() if event["status"] != "cancelled"}

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes, token: str) -> tuple[int, Any]:
        self.asked.append((method, path))
        if path == "/token":
            return self._token({name: values[0] for name, values in parse_qs(body.decode()).items()})
        if self.failing:
            return self.failing.pop(0)
        if path == "/revoke":
            return self._take_back(parse_qs(body.decode())["token"][0])
        if token not in self.good:
            return 401, {"error": {"code": 401, "errors": [{"reason": "authError"}], "status": "UNAUTHENTICATED"}}
        event_id = path.rpartition("/events")[2].strip("/")
        if method == "GET":
            return 200, self._list(query)
        with self.lock:
            return self._change(method, event_id, json.loads(body) if body else {})

    def _token(self, form: dict[str, str]) -> tuple[int, Any]:
        if form.get("refresh_token") not in self.refresh:
            return 400, {"error": "invalid_grant"}
        self.given += 1
        self.good.add(f"fresh{self.given}")
        return 200, {"access_token": f"fresh{self.given}", "expires_in": 3600}

    def _take_back(self, token: str) -> tuple[int, Any]:
        """With the lasting token go those that were made from it."""
        if token not in self.refresh | self.good:
            return 400, {"error": "invalid_token", "error_description": "Token expired or revoked"}
        self.revoked.append(token)
        self.revoke()
        return 200, {}

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        assert "summary" not in query["fields"]
        first = int(query.get("pageToken", 0))
        found = list(self.shown().values())
        page = {"timeZone": self.zone, "items": found[first : first + self.page_size]}
        more = {"nextPageToken": str(first + self.page_size)} if len(found) > first + self.page_size else {}
        return page | more

    def _change(self, method: str, event_id: str, event: dict[str, Any]) -> tuple[int, Any]:
        if method == "POST":
            if not ID.fullmatch(event["id"]) or datetime.fromisoformat(event["start"]["dateTime"]).tzinfo is None:
                return 400, {"error": {"code": 400, "errors": [{"reason": "invalid"}]}}
            if event["id"] in self.events:
                return 409, {"error": {"code": 409, "errors": [{"reason": "duplicate"}]}}
            self.events[event["id"]] = event | {"iCalUID": f"{event['id']}@google.com"}
            return 200, event
        known = self.events.get(event_id)
        if known is None:
            return 404, {"error": {"code": 404, "errors": [{"reason": "notFound"}]}}
        if method == "PATCH":
            known.update(event)
            return 200, known
        if known["status"] == "cancelled":
            return 410, {"error": {"code": 410, "errors": [{"reason": "deleted"}]}}
        known["status"] = "cancelled"
        return 204, None


@contextmanager
def running_calendar() -> Iterator[GoogleCalendarStandin]:
    google = GoogleCalendarStandin()

    class Door(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            time.sleep(google.pause)
            status, said = google.answer(self.command, address.path, query, body, token)
            text = b"" if said is None else said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_one

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    google.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield google
    finally:
        server.shutdown()
        server.server_close()


def point_to(settings: Any, google: GoogleCalendarStandin) -> None:
    """Keys are set, and Google is here."""
    common = settings.SOCIALACCOUNT_PROVIDERS["google"]
    settings.SOCIALACCOUNT_PROVIDERS = {"google": common | {"APPS": [{"client_id": "c", "secret": "s"}]}}
    settings.GOOGLE_CALENDAR_BASE = settings.GOOGLE_TOKEN_URL = ""
    settings.GOOGLE_CALENDAR_BASE = google.url
    settings.GOOGLE_TOKEN_URL, settings.GOOGLE_REVOKE_URL = google.url + "/token", google.url + "/revoke"


def allow(person: Any, *, access: str = "", refresh: str = "lasting") -> None:
    """This person has said yes at Google."""
    account = SocialAccount.objects.create(user=person, provider="google", uid=f"g{person.pk}")
    SocialToken.objects.create(account=account, token=encrypt(access), token_secret=encrypt(refresh))
