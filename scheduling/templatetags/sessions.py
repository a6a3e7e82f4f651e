"""How sessions look: the colour and the words of a state, a moment in another zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.templatetags.skileez import clock, when
from scheduling.models import Session

register = template.Library()

LOOKS = {
    "unscheduled": ("neutral", _("To be scheduled")),
    "held": ("warn", _("Held")),
    "requested": ("warn", _("Requested")),
    "scheduled": ("info", _("Scheduled")),
    "ready": ("good", _("Ready to join")),
    "in_progress": ("good", _("In progress")),
    "completed": ("neutral", _("Completed")),
    "cancelled": ("neutral", _("Cancelled")),
    "missed": ("bad", _("Missed")),
}


@register.filter
def state_tone(state: str) -> str:
    return LOOKS[state][0]


@register.filter
def state_words(state: str) -> Any:
    return LOOKS[state][1]


@register.filter
def state_at(session: Session, now: datetime) -> str:
    """The state to show at this moment, `ready` included."""
    return session.shown_state(now)


@register.filter
def in_zone(instant: datetime, zone: str) -> str:
    """The moment as a clock of that zone shows it, with its date."""
    with timezone.override(ZoneInfo(zone)):
        return when(instant)


@register.filter
def offset_in(instant: datetime, zone: str) -> str:
    """`Europe/Madrid, UTC+01:00`: what the clock of that zone stands at then."""
    text = instant.astimezone(ZoneInfo(zone)).strftime("%z")
    offset = f"UTC{text[:3].replace('-', '−')}:{text[3:5]}"
    return offset if zone == "UTC" else f"{zone.replace('_', ' ')}, {offset}"


@register.filter
def clock_in_zone(instant: datetime, zone: str) -> str:
    with timezone.override(ZoneInfo(zone)):
        return clock(instant)
