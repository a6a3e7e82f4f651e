"""The stage on which the demo's past is played: its clock is set back and walked forward through what happened.

Each scene is a generator that yields the moments at which it goes on. Between two moments everything that is due by
the clock is swept, so reminders, releases and transfers happen when they would have happened.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db.models import Min, QuerySet

from contracts.models import Contract
from core import clock
from core.models import OutgoingMail
from core.registry import sweeps
from demo.clock import post_to_standin
from marketplace.models import LearningRequest, Proposal
from payments.models import Payment, Portion, Refund, Transfer
from scheduling.models import Reminder, Session

Scene = Iterator[datetime]
LONGEST_AGO = timedelta(days=64)


class Stage:
    """The demo's time while its past is played, and the moments scenes are told by."""

    def __init__(self) -> None:
        self.offset = clock.offset()
        self.end = clock.now()
        self.swept = self.end - LONGEST_AGO

    def __enter__(self) -> "Stage":
        set_clock(self.swept)
        return self

    def __exit__(self, *_error: object) -> None:
        write_offset(self.offset)

    def now(self) -> datetime:
        return clock.now()

    def ago(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of an earlier day, counted from the day on which the past ends; hours in UTC."""
        return (self.end - timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)

    def play(self, scenes: Iterable[Scene]) -> None:
        """Play the scenes side by side, each at its own moments, up to the present."""
        order = count()
        waiting = [(next(scene), next(order), scene) for scene in scenes]
        heapq.heapify(waiting)
        while waiting:
            moment, _turn, scene = heapq.heappop(waiting)
            self.go_to(moment)
            following = next(scene, None)
            if following:
                heapq.heappush(waiting, (following, next(order), scene))

    def go_to(self, moment: datetime) -> None:
        """Walk the clock to a moment and do on the way what is due."""
        while due := next_due(self.swept, moment):
            set_clock(max(due, clock.now()))
            self.swept = due
            for sweep in sweeps.values():
                sweep(clock.now())
        set_clock(max(moment, clock.now()))


def next_due(after: datetime, until: datetime) -> datetime | None:
    """The first moment in this stretch at which a sweep has something to do."""
    found = []
    for rows, name in waiting_rows():
        stretch = {f"{name}__gt": after, f"{name}__lte": until}
        found.append(rows.filter(**stretch).aggregate(first=Min(name))["first"])
    return min((moment for moment in found if moment), default=None)


def waiting_rows() -> list[tuple[QuerySet, str]]:
    """The rows that wait for a moment, and the field that names it."""
    return [
        (Reminder.objects.filter(state="planned"), "due_at"),
        (Session.objects.filter(state="held"), "hold_expires_at"),
        (Session.objects.filter(state__in=["scheduled", "in_progress"]), "ends_at"),
        (Portion.objects.filter(state="held"), "release_due_at"),
        (Transfer.objects.filter(state__in=["planned", "unknown"]), "due_at"),
        (Refund.objects.filter(state__in=["planned", "unknown"]), "due_at"),
        (Payment.objects.filter(state__in=["pending", "processing"]), "expires_at"),
        (Payment.objects.filter(stripe_fee_cents__isnull=True), "settled_at"),
        (Contract.objects.filter(state__in=Contract.OPEN_STEPS), "expires_at"),
        (Proposal.objects.filter(state="open"), "expires_at"),
        (LearningRequest.objects.filter(state__in=["open", "paused"]), "expires_at"),
        (OutgoingMail.objects.filter(state="planned"), "due_at"),
    ]


def set_clock(moment: datetime) -> None:
    write_offset(moment - datetime.now(UTC))


def write_offset(offset: timedelta) -> None:
    """The file all processes of the demo read; backwards too, which nobody may do once there are people about."""
    file = Path(settings.CLOCK_FILE)
    fresh = file.with_suffix(".new")
    fresh.write_text(str(offset.total_seconds()))
    fresh.replace(file)


def tick() -> None:
    post_to_standin("/_standin/tick")
