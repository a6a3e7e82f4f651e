"""The numbers of an agreement. They are copied into each contract: a change never rewrites an old deal."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from core.money import half_up, to_cents
from core.numbers import number as in_force
from core.numbers import numbers

Terms = dict[str, Any]
MAX_REASON = 500  # characters
MAX_WORDS = 2000
FARTHEST_START = timedelta(days=366)  # a year, also over a leap day; the refusal says so


def terms_of_today(now: datetime) -> Terms:
    """All numbers in force now, as a contract keeps them."""
    return numbers(now)


def complete(terms: Terms) -> Terms:
    """A contract's numbers; one that is older than a number was made by that of the settings."""
    return {**settings.POLICY, **terms}


def answer_due(sent_at: datetime, terms: Terms) -> datetime:
    """Until when terms that were put before the other side may be answered."""
    return sent_at + timedelta(days=_of(terms, "awaiting_coach_days"))


def payment_due(accepted_at: datetime, terms: Terms) -> datetime:
    """Until when an accepted contract may be paid."""
    return accepted_at + timedelta(days=_of(terms, "awaiting_payment_days"))


def draft_due(drafted_at: datetime) -> datetime:
    """Until when a draft may be sent: as long as a proposal stands."""
    return drafted_at + timedelta(days=in_force("proposal_days", drafted_at))


def latest_start(today: date) -> date:
    """The last day on which something agreed today may begin."""
    return today + FARTHEST_START


def review_due(ended_at: datetime, terms: Terms) -> datetime:
    """Until when a contract that ended may be reviewed."""
    return ended_at + timedelta(days=_of(terms, "review_days"))


def extension_due(ended_at: datetime, terms: Terms) -> datetime:
    """Until when a completed contract may be extended."""
    return ended_at + timedelta(days=_of(terms, "extension_days"))


def most_changes(terms: Terms) -> int:
    """How often a coach may ask for other terms."""
    return int(_of(terms, "change_requests"))


def warned_until(now: datetime) -> datetime:
    """Steps that end until then are told of today."""
    return now + timedelta(hours=in_force("step_warning_hours", now))


def _of(terms: Terms, name: str) -> Any:
    return complete(terms)[name]


def booking_minutes(kind: str) -> range:
    """How long a session that is booked at once may be: a trial an hour at most."""
    return range(15, 61) if kind == "trial" else range(15, 181)


def booking_price(kind: str, hourly_cents: int, trial_cents: int, minutes: int) -> int:
    """What such a session costs: a trial the coach's price for it, another its part of an hour, half a cent up."""
    return trial_cents if kind == "trial" else half_up(hourly_cents, minutes, 60)


def number(year: int, sequence: int) -> str:
    """`SKZ-2026-000001`."""
    return f"SKZ-{year}-{sequence:06d}"


def mark_of(kind: str, was: str, role: str, notice_minutes: int | None, terms: Terms) -> str | None:
    """The mark that a cancellation brings its coach, by the session's terms: none in good time or by anybody else."""
    if role != "coach" or was != "scheduled" or notice_minutes is None:
        return None
    if notice_minutes >= free_hours_of_coach(kind, terms) * 60:
        return None
    return "absence" if notice_minutes < _of(terms, "cutoff_hours") * 60 else "late_cancel"


def mark_changes_after(kind: str, starts_at: datetime, now: datetime, terms: Terms) -> datetime | None:
    """The last moment at which a coach's cancellation brings what it brings now; None where nothing worse comes."""
    edges = ["consultation_change_hours"] if kind == "consultation" else ["free_change_coach_hours", "cutoff_hours"]
    moments = [starts_at - timedelta(hours=_of(terms, edge)) for edge in edges]
    return min((moment for moment in moments if now <= moment), default=None)


def ladder_since(now: datetime) -> datetime:
    """Marks made after this moment count."""
    return now - timedelta(days=ladder_days(now))


def step_of(count: int) -> str:
    """What the so-manieth mark that stands leads to: a warning, days of being hidden, at last a review by staff."""
    days = settings.POLICY["ladder_hidden_days"]
    if count <= 1:
        return "warning"
    return f"hidden_{days[count - 2]}" if count - 2 < len(days) else "review"


def hidden_until(step: str, starts_at: datetime) -> datetime | None:
    """When a sanction is over by itself; None for a warning, and where staff have to look at it."""
    return starts_at + timedelta(days=int(step.removeprefix("hidden_"))) if step.startswith("hidden_") else None


def excuse_due(since: datetime) -> datetime:
    """Until when a coach may ask for an excuse, or appeal against the answer."""
    return since + timedelta(days=excuse_days(since))


def excuse_days(since: datetime) -> int:
    return int(in_force("excuse_days", since))


def ladder_days(now: datetime) -> int:
    """For how many days a mark counts."""
    return int(in_force("ladder_days", now))


def first_hidden_days() -> int:
    """For how long the second mark hides its coach."""
    return int(settings.POLICY["ladder_hidden_days"][0])


def free_hours_of_coach(kind: str, terms: Terms) -> int:
    """How many hours before the start a coach may call such a session off without a mark."""
    return int(_of(terms, "consultation_change_hours" if kind == "consultation" else "free_change_coach_hours"))


def release_hours(terms: Terms) -> tuple[int, int]:
    """How long money waits after a session that took place, and after one that was missed or called off late."""
    return int(_of(terms, "release_completed_hours")), int(_of(terms, "release_absent_hours"))


def support_limit(currency: str, now: datetime) -> int:
    """Up to how much, in smallest units, support gives back alone."""
    return to_cents(Decimal(in_force("support_refund_limit", now)), currency)
