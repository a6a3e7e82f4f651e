"""What a request and a proposal may ask for, and what an offer comes to: pure functions over values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.money import half_up
from core.numbers import number

TITLE, DESCRIPTION = range(10, 81), range(50, 5001)  # characters
SESSIONS = range(1, 101)
HOURS = range(7 * 24)  # of a week, from Monday 00:00
MAX_TIMEFRAME = 120
MAX_SKILLS = 10
MAX_LANGUAGES = 6
MAX_REASON = 500
MAX_INVITATION = 1000
RESPONSE_WINDOW = timedelta(days=90)
MAX_QUESTIONS = 5
MAX_QUESTION = 250
MIN_LETTER = 100
MAX_ANSWER = 1000
MAX_TOTAL_CENTS = 99_999_999  # what one charge may come to
MAX_VERSIONS = 20  # of the terms of one proposal
MAX_MESSAGE = 1000
MAX_TEMPLATES = 20  # of a coach
MAX_TEMPLATE_NAME = 60
MAX_OUTCOMES = 2000
SESSION_MINUTES = range(15, 241)
PER_HOUR = "per_hour"
CELLS = 7 * 48  # half hours of a week

# What each reason for a match weighs, 100 in all: skills asked for, hours marked, a language in common, the price.
MATCH_SKILLS, MATCH_HOURS, MATCH_LANGUAGE, MATCH_PRICE = 50, 30, 12, 8


def request_until(now: datetime) -> datetime:
    """Until when a request that opens now takes proposals."""
    return now + timedelta(days=number("request_days", now))


def proposal_until(now: datetime) -> datetime:
    """Until when a proposal sent now can be accepted."""
    return now + timedelta(days=number("proposal_days", now))


def most_invitations(now: datetime) -> int:
    """How many invitations of one request may wait for an answer at the same time."""
    return int(number("request_invitations", now))


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


@dataclass(frozen=True)
class Instalment:
    """One payment of a schedule: when it is due, how much it is, and the sessions it pays for."""

    due: str
    amount_cents: int
    first_session: int
    last_session: int


def payment_schedule(total_cents: int, session_count: int) -> list[Instalment]:
    """When how much is paid: everything at once, before the first session."""
    return [Instalment("upfront", total_cents, 1, session_count)]


def match_score(
    *,
    shared_skills: int,
    asked_skills: int,
    shared_cells: int,
    asked_cells: int,
    speaks: bool,
    is_affordable: bool | None,
) -> int:
    """How well a coach and a request match, from 0 to 100.

    Skills and hours count by the share of those asked for that the coach has; each part is rounded down. Where no hours
    are marked or no budget is given (None), nobody knows, and that counts half.
    """
    skills = shared_skills * MATCH_SKILLS // max(asked_skills, 1)
    hours = shared_cells * MATCH_HOURS // asked_cells if asked_cells else MATCH_HOURS // 2
    price = MATCH_PRICE // 2 if is_affordable is None else MATCH_PRICE * is_affordable
    return skills + hours + MATCH_LANGUAGE * speaks + price
