"""A Redis that stands still costs one person a moment, not everybody each time: for a while nobody asks it again."""

import time

PAUSE = 10.0
_until: dict[str, float] = {}


def is_away(address: str) -> bool:
    """Whether the server there did not answer a moment ago."""
    return time.monotonic() < _until.get(address, 0.0)


def found_away(address: str) -> None:
    """It did not answer: leave it alone for a while."""
    _until[address] = time.monotonic() + PAUSE


def found_back(address: str) -> None:
    """It answered: everybody may ask it again."""
    _until.pop(address, None)
