"""Lists that the floors fill when they load: what a sweep does, what must always be true."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import structlog

from core.refused import Refused

Sweep = Callable[[datetime], int]
Invariant = Callable[[], Iterable[dict[str, Any]]]
Row = TypeVar("Row")

log = structlog.get_logger(__name__)
sweeps: dict[str, Sweep] = {}
calls_outside: set[str] = set()
invariants: dict[str, Invariant] = {}


def sweep(name: str, *, outside: bool = False) -> Callable[[Sweep], Sweep]:
    """Register work that a sweep does: `(now) -> how many rows it dealt with`; doing it twice changes nothing.

    What calls outside (Stripe, mail) comes last, so that a server that hangs holds up nothing of our own.
    """

    def register(function: Sweep) -> Sweep:
        sweeps[name] = function
        if outside:
            calls_outside.add(name)
        return function

    return register


def in_order() -> list[tuple[str, Sweep]]:
    """All sweeps, those that only need the database first."""
    return sorted(sweeps.items(), key=lambda each: each[0] in calls_outside)


def count_done(rows: Iterable[Row], work: Callable[[Row], bool]) -> int:
    """How many rows the work was done on; one that breaks must not stop the others.

    A passing refusal ends the round: where nobody answers, the next row would only wait as long.
    """
    done = 0
    for row in list(rows):
        try:
            done += bool(work(row))
        except Refused as refusal:
            log.warning("left for the next sweep", row=str(row), code=refusal.code)
            if refusal.is_passing:
                break
        except Exception:
            log.exception("broke in a sweep", row=str(row))
    return done


def invariant(name: str) -> Callable[[Invariant], Invariant]:
    """Register a truth: a function that yields a row for each place where it does not hold."""

    def register(function: Invariant) -> Invariant:
        invariants[name] = function
        return function

    return register
