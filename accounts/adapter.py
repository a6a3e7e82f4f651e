"""What allauth does here in our way: mails go through the outbox, limits cannot be walked around, words are ours.

Its time stays real time.
"""

import uuid
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import mjml
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.core.internal.ratelimit import RateLimitUsage, consume, parse_rates
from allauth.core.ratelimit import respond_429
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.google import ASKED_FOR, keep_permission
from accounts.middleware import zone_of
from accounts.models import User, lock_people
from accounts.operations import make_way
from core import clock, outbox

WAIT = str(int(max(rate.duration for rate in parse_rates(app_settings.RATE_LIMITS["login_failed"]))))


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("This e-mail address and password do not belong together."),
        "email_taken": _("This address belongs to another account."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link is not valid any more."),
        "same_as_current": _("This is the same as before."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's text and its HTML twin into the outbox, in the language and zone of whom it is for."""
        recipient = context.get("user") or User.objects.filter(email=email.lower()).first()
        language = getattr(recipient, "language", None) or translation.get_language()
        with translation.override(language), timezone.override(zone_of(recipient)):
            message = self.render_mail(template_prefix, email, _surroundings(email) | context)
            html = _twin(message.subject, str(message.body), context.get("code", ""))
        outbox.put(
            kind=template_prefix.rsplit("/", 1)[-1],
            key=f"allauth:{uuid.uuid4()}",
            to=email,
            recipient=recipient if recipient and recipient.pk else None,
            subject=message.subject,
            text=str(message.body),
            html=html,
            now=clock.now(),
        )

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Name whom it is for: an address that was just given up belongs to nobody any more."""
        super().send_notification_mail(template_prefix, user, {"user": user} | (context or {}), email)

    def send_account_already_exists_mail(self, email: str) -> None:
        """A known address takes as long as a new one, whose password is hashed."""
        make_password(uuid.uuid4().hex)
        super().send_account_already_exists_mail(email)

    def format_email_subject(self, subject: str) -> str:
        return subject

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """One attempt too many is no mistake in a field: the answer is a 429, as a page and to clients."""
        if code == "too_many_login_attempts":
            raise ImmediateHttpResponse(_too_many(allauth_context.request))
        return super().validation_error(code, *args)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The account alone: allauth's key has the Host header in it, whose port anybody may choose."""
        return str(credentials.get("email", "")).strip().upper().casefold()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count it for the network, too, where no right code and no new password of one account forgets it."""
        self.counted = count_failure(request)
        super().pre_authenticate(request, **credentials)

    def _rollback_login_failed_rl_usage(self) -> None:
        self.counted.rollback()
        super()._rollback_login_failed_rl_usage()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff who neither learn nor teach have no dashboard."""
        person = request.user
        if person.is_staff and not (person.is_student or person.is_coach):
            return resolve_url("admin:index")
        return str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("onboarding")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """Whoever is signed in already has changed the address."""
        if self.request.user.is_authenticated:
            return resolve_url("account_email")
        return str(super().get_email_verification_redirect_url(email_address))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        make_way(form.cleaned_data["email"])
        return super().save_user(request, user, form, commit)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Account and address change together; an address that is somebody else's stays theirs."""
        with transaction.atomic():
            held = lock_people([email_address.user_id])  # so that no sweep forgets who is just confirmed
            make_way(email_address.email, to=email_address.user)
            others = User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id)
            if others.exists() or not held:
                raise ImmediateHttpResponse(_taken(request, self))
            return bool(super().confirm_email(request, email_address))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """The one moment at which an account at Google is connected for sure, the password asked for, and its token at hand."""
        login = (message_context or {}).get("sociallogin")
        if login and login.state.get(ASKED_FOR) and message_context and message_context.get("action"):
            keep_permission(login, by=request.user, now=clock.now())
            return
        super().add_message(request, level, message_template, message_context, *args, **kwargs)


class GoogleAdapter(DefaultSocialAccountAdapter):
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": _("Set a password first: without it you could not sign in any more."),
        "no_verified_email": _("Confirm your e-mail address first."),
        "connected_other": _("This Google account belongs to another account here."),
    }

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Without its keys there is no such page."""
        try:
            return super().get_provider(request, provider, client_id)
        except SocialApp.DoesNotExist as missing:
            if is_headless_request(request):
                raise
            raise Http404 from missing

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        sociallogin.user.email = (data.get("email") or "").lower()
        return sociallogin.user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """One address: another than Google's is not vouched for by it, and waits for its code."""
        if form:
            chosen = form.cleaned_data["email"]
            sociallogin.email_addresses = [row for row in sociallogin.email_addresses if row.email.lower() == chosen]
        return super().save_user(request, sociallogin, form)

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        name = sociallogin.account.extra_data.get("name", "")
        return super().get_signup_form_initial_data(sociallogin) | {"name": name[:80]}


def count_failure(request: HttpRequest) -> RateLimitUsage:
    """One more failure of this network; allauth's own count of them ends with the next right code of anybody there."""
    if usage := consume(request, app="allauth.account", action="failed_in_network"):
        return usage
    raise ImmediateHttpResponse(_too_many(request))


def _too_many(request: HttpRequest) -> HttpResponse:
    response = respond_429(request)
    response["Retry-After"] = WAIT
    return response


def _taken(request: HttpRequest, adapter: AccountAdapter) -> HttpResponse:
    if is_headless_request(request):
        return ErrorResponse(request, exception=ValidationError(adapter.error_messages["email_taken"], "email_taken"))
    adapter.add_message(request, messages.ERROR, message=adapter.error_messages["email_taken"])
    return HttpResponseRedirect(resolve_url("account_email"))


def _surroundings(email: str) -> dict[str, Any]:
    site = SimpleNamespace(name="Skileez", domain=urlsplit(settings.SITE_URL).netloc)
    return {"request": allauth_context.request, "email": email, "current_site": site, "site_url": settings.SITE_URL}


def _twin(subject: str, text: str, code: str) -> str:
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    context = {"subject": subject, "paragraphs": paragraphs, "code": code, "site_url": settings.SITE_URL}
    return str(mjml.mjml2html(render_to_string("mail/account.mjml", context)))
