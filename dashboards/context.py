from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.models import Notification


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page needs: navigation of the role in use, unread notices, whether this is the demo."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "nav": [
            {**item, "active": request.path.startswith(item["url"])} for item in navigation(user if signed_in else None)
        ],
        "role": user.role if signed_in else "",
        "unread_count": Notification.objects.of(user).unread().count() if signed_in else 0,
        "demo": settings.DEMO,
    }


def navigation(user: Any) -> list[dict[str, str]]:
    if user is None:
        return [{"label": _("Find a coach"), "url": reverse("coaches")}]
    find = ("requests", _("Find work")) if user.is_using_coach_role else ("coaches", _("Find a coach"))
    items = [("dashboard", _("Dashboard")), find]
    if not user.is_using_coach_role:
        items.append(("requests", _("My requests")))
    items += [("contracts", _("Contracts")), ("sessions", _("Sessions")), ("money", _("Money"))]
    return [{"label": str(label), "url": reverse(name)} for name, label in items]
