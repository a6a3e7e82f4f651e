from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from marketplace.models import Invitation


def work_tabs(user: User, active: str, waiting: int | None = None) -> list[dict[str, Any]]:
    """What a coach looks for, was asked for, and has saved; one query where nobody counted yet what waits."""
    if waiting is None:
        waiting = Invitation.objects.open().filter(coach=user).count()
    tabs = [
        {"key": "work", "label": _("Find work"), "url": reverse("requests")},
        {"key": "invitations", "label": _("Invitations"), "url": reverse("invitations"), "count": waiting or None},
        {"key": "saved", "label": _("Saved"), "url": reverse("requests-saved")},
    ]
    return [tab | {"active": tab["key"] == active} for tab in tabs]
