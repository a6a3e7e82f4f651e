"""How the states of contracts and their sessions look."""

from typing import Any

from django import template
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.models import Cancellation, Contract, Mark, Sanction
from scheduling.models import Problem, Session

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


@register.simple_tag
def step_of(contract: Contract) -> str:
    """The state in words; while terms are discussed, on whom it waits."""
    if contract.waits_for_agreement and getattr(contract, "has_open_change", False):
        return capfirst(gettext("other terms asked for"))
    if contract.waits_for_agreement and contract.is_coachs_idea:
        return capfirst(gettext("waiting for the student"))
    return capfirst(contract.get_state_display())


@register.filter
def rule_words(rule: str) -> str:
    """By which rule money goes back, or stays."""
    return capfirst(str(Cancellation.Rule(rule).label))


@register.filter
def tone(state: str) -> str:
    return TONES.get(state, "neutral")


@register.filter
def state_name(state: str) -> Any:
    return STATES.get(state, state)


@register.filter
def mark_tone(mark: Mark) -> str:
    """Red while it counts, orange while somebody looks at it."""
    if not mark.counts:
        return "good"
    return "warn" if mark.state in {Mark.State.EXCUSE_ASKED, Mark.State.APPEALED} else "bad"


@register.simple_tag
def waiting_for_staff() -> dict[str, int]:
    """How many sessions, problems and marks wait for somebody to decide."""
    asked = [Mark.State.EXCUSE_ASKED, Mark.State.APPEALED]
    return {
        "unclear": Session.objects.filter(outcome=Session.Outcome.UNCLEAR).count(),
        "problems": Problem.objects.filter(state=Problem.State.OPEN).count(),
        "marks": Mark.objects.filter(state__in=asked).count(),
        "reviews": Sanction.objects.running().filter(step=Sanction.Step.REVIEW).count(),
    }
