"""What calling sessions off costs, as pure functions over values: the same for page, endpoint and execution."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from contracts.policy import Terms, complete
from core.money import half_up


class Rule(StrEnum):
    """Why so much of a session's price goes back when it is called off."""

    COACH = "coach"  # its coach calls it off
    STAFF = "staff"  # staff do, on behalf of the student
    MOVED = "moved"  # its coach asked for another time, and the student takes the money instead
    NO_TIME = "no_time"  # no time is agreed yet
    UNPAID = "unpaid"
    FREE = "free"
    COOLING_OFF = "cooling_off"
    LATE = "late"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Seat:
    """All of a booked session that decides what calling it off costs."""

    booking: int
    number: int
    gross_cents: int
    fee_cents: int
    terms: Terms
    starts_at: datetime | None = None  # the start that counts, the earliest ever agreed; none where none is agreed
    agreed_at: datetime | None = None
    is_paid: bool = True
    moved_until: datetime | None = None  # until when its coach's wish for another time can be turned into a refund
    marks: tuple[Any, ...] = ()  # versions and states: what must be as it was when the quote is executed


@dataclass(frozen=True)
class Failing:
    """What calling one session off counts as against its coach, and until when it is no worse."""

    reason: str | None
    until: datetime | None


@dataclass(frozen=True)
class Line:
    """What becomes of one session's money, in smallest units."""

    booking: int
    number: int
    rule: str
    gross_cents: int
    back_cents: int
    kept_cents: int
    fee_cents: int  # of the kept part
    valid_until: datetime | None  # the last moment of this rule

    @property
    def to_coach_cents(self) -> int:
        return self.kept_cents - self.fee_cents


@dataclass(frozen=True)
class Quote:
    """What calling sessions off does to their money: what is shown before the click, and what the click does."""

    id: str
    role: str
    lines: tuple[Line, ...]
    currency: str
    gives_back_until: datetime | None = None  # of a consultation: until when calling it off does not use it up
    is_given_back: bool | None = None  # of a consultation: whether that is still so
    failing: tuple[Failing, ...] = ()  # of a coach: for each session

    @property
    def coach_marks(self) -> list[str]:
        """The marks it brings its coach, one for each session that is late."""
        return [each.reason for each in self.failing if each.reason]

    @property
    def back_cents(self) -> int:
        return sum(line.back_cents for line in self.lines)

    @property
    def kept_cents(self) -> int:
        return sum(line.kept_cents for line in self.lines)

    @property
    def fee_cents(self) -> int:
        return sum(line.fee_cents for line in self.lines)

    @property
    def to_coach_cents(self) -> int:
        return sum(line.to_coach_cents for line in self.lines)

    @property
    def valid_until(self) -> datetime | None:
        """The last moment at which it stands: from then on at least one session falls under another rule."""
        moments = [
            self.gives_back_until,
            *[line.valid_until for line in self.lines],
            *[each.until for each in self.failing],
        ]
        return min((moment for moment in moments if moment), default=None)


def quote(
    seats: Iterable[Seat],
    *,
    role: str,
    now: datetime,
    currency: str = "",
    marks: tuple[Any, ...] = (),
    failing: tuple[Failing, ...] = (),
) -> Quote:
    """What it means that someone in this role calls these sessions off now; `marks` is what else must not change."""
    seats = list(seats)
    lines = tuple(_line(seat, role, now) for seat in seats)
    decides = [
        role,
        marks,
        [(asdict(line) | {"valid_until": None}, seat.marks) for line, seat in zip(lines, seats, strict=True)],
        [each.reason for each in failing],
    ]
    name = sha256(json.dumps(decides, default=str, sort_keys=True).encode()).hexdigest()
    return Quote(name, role, lines, currency, failing=failing)


def quote_free(
    *,
    role: str,
    starts_at: datetime | None,
    now: datetime,
    terms: Terms,
    marks: tuple[Any, ...],
    failing: tuple[Failing, ...] = (),
) -> Quote:
    """What it means to call off a free consultation now: no money, but a late student has used theirs up."""
    until = None
    if role == "student" and starts_at:
        last = starts_at - timedelta(hours=complete(terms)["consultation_change_hours"])
        until = last if now <= last else None
    given_back = role != "student" or starts_at is None or until is not None
    decides = [role, marks, given_back, [each.reason for each in failing]]
    name = sha256(json.dumps(decides, default=str).encode()).hexdigest()
    return Quote(name, role, (), "", gives_back_until=until, is_given_back=given_back, failing=failing)


def as_data(quote: Quote) -> dict[str, Any]:
    """A quote as clients read it."""

    def money(cents: int) -> dict[str, Any]:
        return {"amount_cents": cents, "currency": quote.currency}

    def amounts(of: Quote | Line) -> dict[str, Any]:
        names = ("back", "kept", "fee", "to_coach")
        return {name: money(getattr(of, f"{name}_cents")) for name in names}

    return {
        "id": quote.id,
        "role": quote.role,
        "valid_until": _iso(quote.valid_until),
        "is_given_back": quote.is_given_back,
        "coach_marks": quote.coach_marks,
        **amounts(quote),
        "lines": [
            {
                "booking": line.booking,
                "number": line.number,
                "rule": str(line.rule),
                "valid_until": _iso(line.valid_until),
                "price": money(line.gross_cents),
                **amounts(line),
            }
            for line in quote.lines
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _line(seat: Seat, role: str, now: datetime) -> Line:
    rule, percent, until = rule_of(seat, role, now)
    gross = seat.gross_cents if seat.is_paid else 0
    back = half_up(gross, percent, 100)
    kept = gross - back
    fee = half_up(seat.fee_cents, kept, gross) if kept else 0
    return Line(seat.booking, seat.number, rule, gross, back, kept, fee, until)


def rule_of(seat: Seat, role: str, now: datetime) -> tuple[Rule, int, datetime | None]:
    """The rule a session falls under, how many percent of its price go back by it, and the last moment of it."""
    if not seat.is_paid:
        return Rule.UNPAID, 0, None
    if role != "student":
        return (Rule.COACH if role == "coach" else Rule.STAFF), 100, None
    if seat.starts_at is None:
        return Rule.NO_TIME, 100, None
    terms = complete(seat.terms)
    tiers = [
        (Rule.MOVED, 100, seat.moved_until),
        (Rule.FREE, 100, seat.starts_at - timedelta(hours=terms["free_change_student_hours"])),
        (Rule.COOLING_OFF, 100, _cooling_off_until(seat.starts_at, seat.agreed_at, terms)),
        (Rule.LATE, terms["late_cancel_percent"], seat.starts_at - timedelta(hours=terms["cutoff_hours"])),
    ]
    standing = [(percent, until, rule) for rule, percent, until in tiers if until and now <= until]
    if not standing:
        return Rule.TOO_LATE, 0, None
    percent, until, rule = max(standing, key=lambda each: each[:2])  # the best for the student, for as long as it lasts
    return rule, percent, until


def _cooling_off_until(starts_at: datetime, agreed_at: datetime | None, terms: Terms) -> datetime | None:
    """The last moment at which a session just booked can be called off for nothing."""
    if agreed_at is None:
        return None
    last = starts_at - timedelta(hours=terms["cooling_off_before_start_hours"])
    return min(agreed_at + timedelta(minutes=terms["cooling_off_minutes"]), last)
