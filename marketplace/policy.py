"""What a request and a proposal may ask for, and what an offer comes to: pure functions over values."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from core.money import half_up, to_cents

MAX_QUESTIONS = 5
MAX_QUESTION = 250
MAX_ANSWER = 1000
MAX_TOTAL_CENTS = 99_999_999  # what one charge may come to
PER_HOUR = "per_hour"
CELLS = 7 * 48  # half hours of a week


def request_until(now: datetime) -> datetime:
    """Until when a request that opens now takes proposals."""
    return now + timedelta(days=settings.POLICY["request_days"])


def proposal_until(now: datetime) -> datetime:
    """Until when a proposal sent now can be accepted."""
    return now + timedelta(days=settings.POLICY["proposal_days"])


def utc_cells(hours: Iterable[int], offset_minutes: int) -> list[int]:
    """Hours of a local week (from Monday 00:00) as half hours of the week in UTC, at one offset from UTC.

    Quarters of an hour are rounded down: the cells are for finding, not for booking.
    """
    starts = (hour * 60 - offset_minutes + half for hour in hours for half in (0, 30))
    return sorted({minute // 30 % CELLS for minute in starts})


def expected_total(payment_model: str, rate_cents: int, session_count: int, session_minutes: int) -> int:
    """What all sessions come to in cents: rate × sessions, per hour by the minute; half a cent counts as one."""
    if payment_model == PER_HOUR:
        return half_up(rate_cents, session_minutes * session_count, 60)
    return rate_cents * session_count


def session_price(payment_model: str, rate_cents: int, session_minutes: int) -> int:
    """What one session comes to in cents."""
    return expected_total(payment_model, rate_cents, 1, session_minutes)


def minimum_session_cents(currency: str) -> int:
    """The least that one session may cost, in smallest units: 10.00, or 10 where there are no decimals."""
    return to_cents(Decimal(settings.POLICY["minimum_price"]), currency)
