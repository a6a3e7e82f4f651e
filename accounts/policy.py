"""What people may say of themselves: pure functions over values."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.money import to_cents
from core.numbers import number

MAX_SKILLS = 15
MOST_LANGUAGES = 6
MAX_ENTRIES = 10  # of experience, of education, of the portfolio
MAX_GOAL, MAX_HEADLINE, MAX_BIO = 1000, 120, 5000
MAX_NAME, MAX_NOTE, MAX_ADDRESS = 120, 1000, 300  # of an entry: its title, its text, its link
MAX_RATE_CENTS = 99_999_999
EARLIEST_YEAR = 1940
LEAST_AGE, OLDEST_AGE = 13, 120


def age_on(born_on: date, day: date) -> int:
    """Whole years on that day; who was born on 29 February is a year older on 1 March of other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def first_double(codes: Iterable[str]) -> str:
    """The first code that comes a second time; empty when each is there once."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            return code
        seen.add(code)
    return ""


def minimum_session_cents(currency: str, now: datetime) -> int:
    """The least that one session may cost, in smallest units: 10.00 at first, or 10 where there are no decimals."""
    return to_cents(Decimal(number("minimum_price", now)), currency)


def unconfirmed_since(now: datetime) -> datetime:
    """Who signed up until then and has not confirmed the address is forgotten."""
    return now - timedelta(days=number("unconfirmed_days", now))
