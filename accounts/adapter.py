"""allauth's mails go through the outbox like all others; its time stays real time."""

import uuid
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import mjml
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User
from core import clock, outbox


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's text and its HTML twin into the outbox, in the language of whom it is for."""
        recipient = context.get("user") or User.objects.filter(email=email.lower()).first()
        with translation.override(getattr(recipient, "language", None) or translation.get_language()):
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

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("onboarding")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """After the first address is verified one goes on to say more of oneself."""
        if self.request.user.is_authenticated and not email_address.user.emailaddress_set.exclude(pk=email_address.pk):
            return resolve_url("onboarding")
        return str(super().get_email_verification_redirect_url(email_address))


def _surroundings(email: str) -> dict[str, Any]:
    site = SimpleNamespace(name="Skileez", domain=urlsplit(settings.SITE_URL).netloc)
    return {"request": allauth_context.request, "email": email, "current_site": site, "site_url": settings.SITE_URL}


def _twin(subject: str, text: str, code: str) -> str:
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    context = {"subject": subject, "paragraphs": paragraphs, "code": code, "site_url": settings.SITE_URL}
    return str(mjml.mjml2html(render_to_string("mail/account.mjml", context)))
