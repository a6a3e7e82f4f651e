"""Tokens of clients, whose use counts as use of the session behind them."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid

from accounts.sessions import saw


class TokenAuthentication(JWTTokenAuthentication):
    """`Authorization: Bearer …`: an access token, good as long as its session is."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found:
            saw(request, session_key_from_sid(found[1]["sid"]) or "")
        return found
