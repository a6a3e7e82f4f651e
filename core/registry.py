"""Lists that the floors fill when they load: what a sweep does, what must always be true."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

Sweep = Callable[[datetime], int]
Invariant = Callable[[], Iterable[dict[str, Any]]]

sweeps: dict[str, Sweep] = {}
invariants: dict[str, Invariant] = {}


def sweep(name: str) -> Callable[[Sweep], Sweep]:
    """Register work that a sweep does: `(now) -> how many rows it dealt with`; doing it twice changes nothing."""

    def register(function: Sweep) -> Sweep:
        sweeps[name] = function
        return function

    return register


def invariant(name: str) -> Callable[[Invariant], Invariant]:
    """Register a truth: a function that yields a row for each place where it does not hold."""

    def register(function: Invariant) -> Invariant:
        invariants[name] = function
        return function

    return register
