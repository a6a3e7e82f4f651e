"""Leave to read and write a person's calendar at Google: asked for by allauth's way there, kept encrypted in its token rows.

The tokens of a mere sign-in are not kept. Tokens live by real time.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.events import CALENDAR_ALLOWED
from accounts.models import User
from accounts.secrets import decrypt, encrypt
from core.events import record
from core.operations import operation

SCOPE = "https://www.googleapis.com/auth/calendar.events"
ASKED_FOR = "for_calendar"  # in the state that allauth keeps while the person is at Google
MARGIN = timedelta(minutes=1)


def is_offered() -> bool:
    """Whether this site has keys of Google."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS["google"]["APPS"])


def ask_for_calendar(request: HttpRequest, *, back_to: str) -> HttpResponse:
    """Lead to Google's question, also for a token that lasts while nobody is there; 404 without keys."""
    provider = get_adapter(request).get_provider(request, "google")
    asked = {"access_type": "offline", "prompt": "consent select_account", "include_granted_scopes": "true"}
    return provider.redirect(  # type: ignore[no-any-return]
        request,
        process="connect",
        next_url=back_to,
        scope=[*provider.get_scope(), SCOPE],
        auth_params=asked,
        **{ASKED_FOR: True},
    )


@operation
def keep_permission(login: Any, *, by: User, now: datetime) -> None:
    """Google has said yes: its tokens are kept, those of another account of the same person go."""
    _tokens_of(by).delete()
    token = login.token
    SocialToken.objects.create(
        account=login.account,
        token=encrypt(token.token),
        token_secret=encrypt(token.token_secret) if token.token_secret else "",
        expires_at=token.expires_at,
    )
    record(by, CALENDAR_ALLOWED, by=by, at=now)


@operation
def forget_permission(person: User) -> str:
    """Its tokens are gone here; the one by which Google can be told so, empty where there was none."""
    token = refresh_token_of(person) or access_token_of(person)
    _tokens_of(person).delete()
    return token


def refresh_token_of(person: User) -> str:
    """What new access tokens are asked for with; empty where there is none."""
    row = _tokens_of(person).order_by("-pk").first()
    return decrypt(row.token_secret) if row and row.token_secret else ""


def access_token_of(person: User) -> str:
    """The token that calls carry while it lasts; empty afterwards."""
    row = _tokens_of(person).order_by("-pk").first()
    if row is None or row.expires_at is None or row.expires_at <= datetime.now(UTC) + MARGIN:
        return ""
    return decrypt(row.token)


def keep_access_token(person: User, token: str, seconds: int) -> None:
    expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
    _tokens_of(person).update(token=encrypt(token), expires_at=expires_at)


def _tokens_of(person: User) -> Any:
    return SocialToken.objects.filter(account__user=person, account__provider="google")
