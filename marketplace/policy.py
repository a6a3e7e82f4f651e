"""What a request and a proposal may ask for, and what an offer comes to: pure functions over values."""

from datetime import timedelta
from decimal import Decimal

from core.money import half_up, to_cents

REQUEST_LIFE = timedelta(days=60)
PROPOSAL_LIFE = timedelta(days=14)
MAX_QUESTIONS = 5
MAX_QUESTION = 250
MAX_ANSWER = 1000
MINIMUM_SESSION = Decimal("10")
MAX_TOTAL_CENTS = 99_999_999  # what one charge may come to
PER_HOUR = "per_hour"


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
    return to_cents(MINIMUM_SESSION, currency)
