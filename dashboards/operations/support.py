"""Writing to staff, by way of the outbox."""

import uuid
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.models import User
from core import outbox
from core.operations import operation
from core.refused import Refused

PER_HOUR = 5


@operation
def ask_staff(*, about: str, message: str, by: User | None, network: str, now: datetime, email: str = "") -> None:
    """Send a message to staff; only a person signed in gets a copy, so that nobody can mail strangers through us."""
    _refuse_flood(f"support:{by.pk if by else network}")
    key = f"support:{uuid.uuid4()}"
    said: dict[str, Any] = {"about": about, "message": message, "sender": by, "address": by.email if by else email}
    outbox.post("support", key=key, to=parseaddr(settings.SERVER_EMAIL)[1], recipient=None, now=now, **said)
    if by:
        outbox.post("support_copy", key=key, to=by.email, recipient=by, now=now, **said)


def _refuse_flood(who: str) -> None:
    try:
        cache.add(who, 0, timedelta(hours=1).total_seconds())
        count = cache.incr(who)
    except (RedisError, ValueError):  # away, or forgotten between the two
        return
    if count > PER_HOUR:
        raise Refused(_("You have written several messages already. Please wait for our answer."), code="too_many")
