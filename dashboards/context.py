"""What every page needs: at most one query, and that only where the bell is drawn."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.models import Notification

LED_BY = {"proposals": "requests", "invitations": "requests"}  # parts of the site without a name in the navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """Navigation of the role in use, unread notices, whether this is the demo."""
    user = getattr(request, "user", None)
    person = user if user and user.is_authenticated else None
    return {
        "nav": navigation(person, request.path),
        "role": ("coach" if person.is_using_coach_role else "student") if person else "",
        "unread_count": cache(lambda: Notification.objects.of(user).unread().count() if person else 0),
        "demo": settings.DEMO,
    }


def navigation(person: Any, path: str) -> list[dict[str, Any]]:
    """The main pages of a role; the one whose part of the site is shown is active."""
    pages = _pages(person)
    path = next((reverse(lead) for part, lead in LED_BY.items() if path.startswith(reverse(part))), path)
    here = max((reverse(name) for name, _label in pages if path.startswith(reverse(name))), key=len, default="")
    return [{"label": label, "url": reverse(name), "active": reverse(name) == here} for name, label in pages]


def _pages(person: Any) -> list[tuple[str, str]]:
    if person is None:
        return [("coaches", _("Find a coach"))]
    if person.is_using_coach_role:
        find = [("requests", _("Find work"))]
    else:
        find = [("coaches", _("Find a coach")), ("requests", _("My requests"))]
    shared = [("contracts", _("Contracts")), ("sessions", _("Sessions")), ("money", _("Money"))]
    return [("dashboard", _("Dashboard")), *find, *shared]
