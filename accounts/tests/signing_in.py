"""Ways in for tests: a client of the API, the codes of mails and of an authenticator app."""

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts.tests.factories import PASSWORD
from core.models import OutgoingMail

CODE = re.compile(r"^[A-Z0-9]{3,}-?[A-Z0-9]{3,}$", re.MULTILINE)
SIGN_UP = {
    "email": "aoife@example.com",
    "password1": PASSWORD,
    "name": "Aoife Byrne",
    "role": "student",
    "time_zone": "Europe/Dublin",
}


def latest_mail(to: str) -> OutgoingMail:
    return OutgoingMail.objects.filter(to=to).latest("pk")


def latest_code(to: str) -> str:
    return CODE.search(latest_mail(to).text).group()


def app_code(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


class App:
    """A client of allauth's API that keeps its session token, as one on a phone does."""

    def __init__(self, client: Any) -> None:
        self.client, self.session, self.access, self.refresh = client, "", "", ""

    def call(self, method: str, path: str, data: Any = None, **extra: Any) -> Any:
        headers = {"X-Session-Token": self.session} if self.session else {}
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        send = getattr(self.client, method)
        response = send("/_allauth/app/v1/" + path, headers=headers | extra.pop("headers", {}), **body, **extra)
        meta = (response.json().get("meta") or {}) if response.content else {}
        self.session = meta.get("session_token", self.session)
        self.access = meta.get("access_token", self.access)
        self.refresh = meta.get("refresh_token", self.refresh)
        return response

    def sign_in(self, email: str, password: str = PASSWORD, **extra: Any) -> Any:
        return self.call("post", "auth/login", {"email": email, "password": password}, **extra)

    def me(self) -> Any:
        """Oneself at the other API, which takes only the access token."""
        return self.client.get("/api/v1/me/", headers={"Authorization": f"Bearer {self.access}"})


def sign_in(client: Any, person: Any, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/accounts/login/", {"login": person.email, "password": password}, **extra)


def confirm(client: Any, response: Any, password: str = PASSWORD) -> Any:
    """Say once more who one is, where that is asked; the answer to what was wanted before."""
    assert response.status_code == 302, response.content.decode()[:500]
    assert response.url.startswith("/accounts/reauthenticate/"), response.url
    return client.post(response.url, {"password": password})
