"""Due work with people's own calendars. What calls Google comes last, and stops when nobody is there."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from celery import shared_task

from core import clock
from core.refused import Refused
from core.registry import sweep
from scheduling.models import GoogleCalendar
from scheduling.operations.calendars import read_google
from scheduling.operations.copies import due_copies
from scheduling.operations.writing import write_copy

log = structlog.get_logger(__name__)
BATCH = 500
BUDGET = 40.0  # seconds of one round: the sweep has other work


@sweep("Google calendars to read", outside=True)
def read_due_calendars(now: datetime) -> int:
    """Read when people are busy, those first that waited longest."""
    due = GoogleCalendar.objects.filter(state=GoogleCalendar.State.ON, due_at__lte=now).order_by("due_at")
    return _in_time(due[:BATCH], lambda calendar: read_google(calendar, now=now))


@sweep("Google calendars to write", outside=True)
def write_due_copies(now: datetime) -> int:
    """Bring agreed, moved and cancelled sessions to the calendars of their people."""
    return _in_time(due_copies(now)[:BATCH], lambda copy: write_copy(copy, now=now))


@shared_task(name="scheduling.tasks.read_google_calendar")
def read_google_calendar(pk: int) -> None:
    """The same for one person, as soon as they have connected it."""
    _unless_away(lambda: read_google(GoogleCalendar.objects.get(pk=pk), now=clock.now()))


@shared_task(name="scheduling.tasks.write_calendar_copies")
def write_calendar_copies() -> None:
    """The same, as soon as something was agreed."""
    write_due_copies(clock.now())


def _in_time(rows: Iterable[Any], work: Callable[[Any], bool]) -> int:
    """On how many rows the work was done; the rest waits when nobody answers, or when others have waited long enough."""
    done, ends = 0, time.monotonic() + BUDGET
    for row in list(rows):
        if time.monotonic() > ends:
            break
        try:
            done += bool(work(row))
        except Refused as refused:
            log.warning("left for the next sweep", row=str(row), code=refused.code)
            break
        except Exception:
            log.exception("broke in a sweep", row=str(row))
    return done


def _unless_away(work: Callable[[], object]) -> None:
    try:
        work()
    except Refused as refused:
        log.warning("left for the sweep", code=refused.code)
