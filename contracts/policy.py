"""The numbers of an agreement. They are copied into each contract: a change never rewrites an old deal."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

Terms = dict[str, Any]


def terms_of_today() -> Terms:
    """All numbers in force now, as a contract keeps them."""
    return dict(settings.POLICY)


def answer_due(sent_at: datetime) -> datetime:
    """Until when the coach may answer a contract that was sent."""
    return sent_at + timedelta(days=settings.POLICY["awaiting_coach_days"])


def payment_due(accepted_at: datetime, terms: Terms) -> datetime:
    """Until when an accepted contract may be paid."""
    return accepted_at + timedelta(days=terms["awaiting_payment_days"])


def draft_due(drafted_at: datetime) -> datetime:
    """Until when a draft may be sent: as long as a proposal stands."""
    return drafted_at + timedelta(days=settings.POLICY["proposal_days"])


def review_due(ended_at: datetime, terms: Terms) -> datetime:
    """Until when a contract that ended may be reviewed."""
    return ended_at + timedelta(days=terms["review_days"])


def number(year: int, sequence: int) -> str:
    """`SKZ-2026-000001`."""
    return f"SKZ-{year}-{sequence:06d}"
