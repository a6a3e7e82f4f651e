"""The one clock. Views, API and tasks read it and pass `now` on; nothing below them does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """The moment it is, in UTC; in the demo moved by the offset that all processes share."""
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """How far the demo's clock is ahead of real time; nothing outside the demo."""
    if not settings.CLOCK_FILE:
        return timedelta()
    try:
        text = Path(settings.CLOCK_FILE).read_text()
    except FileNotFoundError:
        return timedelta()
    return timedelta(seconds=float(text or 0))


def move(by: timedelta) -> None:
    """Move the demo's clock forward for every process that reads its file."""
    if not settings.CLOCK_FILE:
        raise RuntimeError("The clock can be moved in the demo only")
    if by < timedelta():
        raise ValueError("The clock only moves forward")
    file = Path(settings.CLOCK_FILE)
    fresh = file.with_suffix(".new")
    fresh.write_text(str((offset() + by).total_seconds()))
    fresh.replace(file)
