"""The second factor in our way: secrets lie encrypted, a code opens one thing once."""

import json
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_reset,
    authenticator_used,
)
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.adapter import count_failure
from accounts.secrets import decrypt, encrypt


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": _("Recovery codes need an authenticator app or a passkey first."),
        "incorrect_code": _("This code is not right."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        """Seeds of apps and of recovery codes: who reads the database alone can make no code."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Skileez"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        taken = user.authenticator_set.filter(type=type).count()
        return gettext("Passkey {number}").format(number=taken + 1) if taken else gettext("Passkey")


@receiver([authenticator_added, authenticator_reset])
def shown_when_made(authenticator: Authenticator, **_rest: Any) -> None:
    """allauth would mark recovery codes as seen by the first look at them; a look may not write."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.wrap().mark_as_viewed()


@receiver(authentication_failed)
def wrong_code(request: HttpRequest, **_rest: Any) -> None:
    count_failure(request)


@receiver([authenticator_added, authenticator_used])
def spent(request: HttpRequest, authenticator: Authenticator, **_rest: Any) -> None:
    """A code is spent for as long as it is taken, the one that set the app up, too; allauth forgets it earlier."""
    if authenticator.type == Authenticator.Type.TOTP and (code := _code_in(request)):
        cache.set(authenticator.wrap()._get_used_cache_key(code), "y", _seconds_taken())


def _seconds_taken() -> int:
    """A code is taken in its own half minute, and as long as clocks may differ before and after it."""
    return int(app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1))


def _code_in(request: HttpRequest) -> str:
    if request.content_type == "application/json":
        return str(json.loads(request.body).get("code", ""))
    return request.POST.get("code", "")
