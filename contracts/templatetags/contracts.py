"""How the states of contracts and their sessions look."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from contracts import events

register = template.Library()

TONES = {
    "active": "good",
    "completed": "neutral",
    "cancelled": "neutral",
    "declined": "bad",
    "expired": "neutral",
    "draft": "neutral",
    "awaiting_coach": "warn",
    "awaiting_payment": "warn",
    "unscheduled": "neutral",
    "held": "warn",
    "requested": "warn",
    "scheduled": "info",
    "ready": "good",
    "in_progress": "good",
    "missed": "bad",
}
STATES = {
    "unscheduled": _("To be scheduled"),
    "held": _("Held for you"),
    "requested": _("Requested"),
    "scheduled": _("Scheduled"),
    "ready": _("Ready to join"),
    "in_progress": _("In progress"),
    "completed": _("Completed"),
    "cancelled": _("Cancelled"),
    "missed": _("Missed"),
}
HAPPENED = {
    events.CONTRACT_DRAFTED: _("Contract drafted from the proposal"),
    events.CONTRACT_SENT: _("Sent to the coach"),
    events.CONTRACT_ACCEPTED: _("Accepted by the coach"),
    events.CONTRACT_DECLINED: _("Declined by the coach"),
    events.CONTRACT_ACTIVATED: _("Paid in full, contract active"),
    events.CONTRACT_CANCELLED: _("Contract cancelled"),
    events.CONTRACT_EXPIRED: _("Contract expired"),
    events.CONTRACT_COMPLETED: _("Contract completed"),
    "session_held": _("time held for 15 minutes"),
    "session_scheduled": _("scheduled"),
    "session_started": _("started"),
    "session_ended": _("ended"),
    "session_confirmed": _("confirmed that it took place"),
    "session_settled": _("outcome settled"),
    "session_cancelled": _("cancelled"),
    "hold_expired": _("held time given back"),
}


@register.filter
def tone(state: str) -> str:
    return TONES.get(state, "neutral")


@register.filter
def state_name(state: str) -> Any:
    return STATES.get(state, state)
