"""allauth's mails go through the outbox like all others; its time stays real time."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

from core import clock, outbox


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, {"site_url": settings.SITE_URL, **context})
        html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
        outbox.put(
            kind=template_prefix.rsplit("/", 1)[-1],
            key=f"allauth:{uuid.uuid4()}",
            to=email,
            recipient=context.get("user") if getattr(context.get("user"), "pk", None) else None,
            subject=message.subject,
            text=str(message.body),
            html=str(html),
            now=clock.now(),
        )
