"""The numbers of an agreement. They are copied into each contract: a change never rewrites an old deal."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

Terms = dict[str, Any]
MAX_REASON = 500  # characters
MAX_WORDS = 2000


def terms_of_today() -> Terms:
    """All numbers in force now, as a contract keeps them."""
    return dict(settings.POLICY)


def answer_due(sent_at: datetime, terms: Terms) -> datetime:
    """Until when terms that were put before the other side may be answered."""
    return sent_at + timedelta(days=_of(terms, "awaiting_coach_days"))


def payment_due(accepted_at: datetime, terms: Terms) -> datetime:
    """Until when an accepted contract may be paid."""
    return accepted_at + timedelta(days=terms["awaiting_payment_days"])


def draft_due(drafted_at: datetime) -> datetime:
    """Until when a draft may be sent: as long as a proposal stands."""
    return drafted_at + timedelta(days=settings.POLICY["proposal_days"])


def review_due(ended_at: datetime, terms: Terms) -> datetime:
    """Until when a contract that ended may be reviewed."""
    return ended_at + timedelta(days=terms["review_days"])


def extension_due(ended_at: datetime, terms: Terms) -> datetime:
    """Until when a completed contract may be extended."""
    return ended_at + timedelta(days=_of(terms, "extension_days"))


def most_changes(terms: Terms) -> int:
    """How often a coach may ask for other terms."""
    return int(_of(terms, "change_requests"))


def warned_until(now: datetime) -> datetime:
    """Steps that end until then are told of today."""
    return now + timedelta(hours=settings.POLICY["step_warning_hours"])


def _of(terms: Terms, name: str) -> Any:
    """As the contract says; contracts older than a number go by today's."""
    return terms.get(name, settings.POLICY[name])


def number(year: int, sequence: int) -> str:
    """`SKZ-2026-000001`."""
    return f"SKZ-{year}-{sequence:06d}"
