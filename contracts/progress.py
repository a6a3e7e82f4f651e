"""How far a contract has come, counted from its bookings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.models import Booking
from payments.models import Portion
from scheduling.models import Session

AHEAD = {Session.State.REQUESTED, Session.State.SCHEDULED, Session.State.IN_PROGRESS}
GOES_BACK = {Portion.State.REFUNDING, Portion.State.REFUNDED}


@dataclass(frozen=True)
class Progress:
    """Sessions of a contract by where they are; `lost` did not take place; `held_cents` is held, `next_at` the next start."""

    total: int
    done: int
    ahead: int
    open: int
    lost: int
    held_cents: int
    next_at: datetime | None

    @property
    def remaining(self) -> int:
        return self.total - self.done - self.lost


def progress_of(bookings: Iterable[Booking]) -> Progress:
    """Needs each booking with its session and portion."""
    rows = list(bookings)
    places = [_place(booking) for booking in rows]
    starts = [
        booking.session.starts_at
        for booking, place in zip(rows, places, strict=True)
        if place == "ahead" and booking.session.starts_at
    ]
    return Progress(
        total=len(rows),
        done=places.count("done"),
        ahead=places.count("ahead"),
        open=places.count("open"),
        lost=places.count("lost"),
        held_cents=sum(booking.portion.gross_cents for booking in rows if booking.portion.state == Portion.State.HELD),
        next_at=min(starts, default=None),
    )


def _place(booking: Booking) -> str:
    if booking.state in Booking.DONE:
        return "done"
    if booking.state == Booking.State.CANCELLED or booking.portion.state in GOES_BACK:
        return "lost"
    return "ahead" if booking.session.state in AHEAD else "open"
