"""How freely an agreed time may be changed, as pure functions: three zones, counted back from the start."""

from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.policy import Terms, kept


class Zone(StrEnum):
    """How freely another time may be asked for."""

    FREE = "free"
    CONSENT = "consent"
    LOCKED = "locked"


def zone_of_move(role: str, kind: str, starts_at: datetime, now: datetime, terms: Terms) -> Zone:
    """The zone in which this side is; `starts_at` is the start that counts, the earliest the session ever had."""
    free, cutoff = _limits(role, kind, terms)
    if starts_at - now >= free:
        return Zone.FREE
    return Zone.CONSENT if starts_at - now >= cutoff else Zone.LOCKED


def free_until(role: str, kind: str, starts_at: datetime, terms: Terms) -> datetime:
    """The last moment of the free zone."""
    return starts_at - _limits(role, kind, terms)[0]


def locked_after(role: str, kind: str, starts_at: datetime, terms: Terms) -> datetime:
    """The last moment of the zone by consent."""
    return starts_at - _limits(role, kind, terms)[1]


def _limits(role: str, kind: str, terms: Terms) -> tuple[timedelta, timedelta]:
    """How long before the start a side is free, and from when on it is locked; a consultation knows one limit."""
    if kind == "consultation":
        limit = timedelta(hours=kept(terms, "consultation_change_hours"))
        return limit, limit
    return timedelta(hours=kept(terms, f"free_change_{role}_hours")), timedelta(hours=kept(terms, "cutoff_hours"))


def move_answer_due(
    zone: Zone, *, cutoff: datetime, starts_at: datetime, wanted: datetime, now: datetime, terms: Terms
) -> datetime:
    """Until when another time may be agreed to: 24 hours, never past the cutoff, or past the start where that is over."""
    latest = starts_at if zone == Zone.LOCKED else cutoff
    return min(now + timedelta(hours=kept(terms, "reschedule_answer_hours")), latest, wanted)


def moves_per_side(terms: Terms) -> int:
    """How often each side may have a session moved."""
    return kept(terms, "reschedules_per_side")
