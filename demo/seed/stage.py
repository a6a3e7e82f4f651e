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
from django.db import connection

from core import clock
from core.registry import sweeps

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
            if moment < self.end:
                sweeps["mails"](clock.now())
            if following:
                heapq.heappush(waiting, (following, next(order), scene))

    def go_to(self, moment: datetime) -> None:
        """Walk the clock to a moment and do on the way what is due."""
        while due := next_due(self.swept, moment):
            set_clock(max(due, clock.now()))
            self.swept = due
            for sweep in [*sweeps.values(), sweeps["mails"]]:
                sweep(clock.now())
        set_clock(max(moment, clock.now()))


WAITING = """
SELECT min(moment) FROM (
    SELECT due_at AS moment FROM scheduling_reminder WHERE state = 'planned'
    UNION ALL SELECT hold_expires_at FROM scheduling_session WHERE state = 'held'
    UNION ALL SELECT answer_due_at FROM scheduling_session WHERE state = 'requested'
    UNION ALL SELECT answer_due_at FROM scheduling_move WHERE state = 'open'
    UNION ALL SELECT hold_expires_at FROM scheduling_participant WHERE state = 'held'
    UNION ALL SELECT offer_ends_at FROM scheduling_waiting WHERE state = 'offered'
    UNION ALL SELECT starts_at - interval '48 hours' FROM scheduling_session
        WHERE kind = 'group' AND state = 'scheduled' AND least > 0 AND went_ahead_at IS NULL AND warned_at IS NULL
    UNION ALL SELECT starts_at - interval '24 hours' FROM scheduling_session
        WHERE kind = 'group' AND state = 'scheduled' AND least > 0 AND went_ahead_at IS NULL
    UNION ALL SELECT ends_at FROM scheduling_session WHERE state IN ('scheduled', 'in_progress')
    UNION ALL SELECT ended_at + interval '72 hours' FROM scheduling_session WHERE outcome = 'unclear' AND staff_asked_at IS NULL
    UNION ALL SELECT until FROM contracts_sanction WHERE NOT is_over AND lifted_at IS NULL
    UNION ALL SELECT release_due_at FROM payments_portion WHERE state = 'held'
    UNION ALL SELECT due_at FROM payments_transfer WHERE state IN ('planned', 'unknown')
    UNION ALL SELECT due_at FROM payments_refund WHERE state IN ('planned', 'unknown')
    UNION ALL SELECT expires_at FROM payments_payment WHERE state IN ('pending', 'processing')
    UNION ALL SELECT settled_at FROM payments_payment WHERE stripe_fee_cents IS NULL
    UNION ALL SELECT expires_at FROM contracts_contract WHERE state IN ('draft', 'awaiting_coach', 'awaiting_payment')
    UNION ALL SELECT expires_at - interval '1 day' FROM contracts_contract
        WHERE kind = 'contract' AND state IN ('draft', 'awaiting_coach', 'awaiting_payment')
    UNION ALL SELECT expires_at FROM marketplace_proposal WHERE state = 'open'
    UNION ALL SELECT expires_at FROM marketplace_learningrequest WHERE state IN ('open', 'paused')
) AS waiting WHERE moment > %s AND moment <= %s
"""


def next_due(after: datetime, until: datetime) -> datetime | None:
    """The first moment in this stretch at which a sweep has something to do; mails follow at once."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [after, until])
        return cursor.fetchone()[0]


def set_clock(moment: datetime) -> None:
    write_offset(moment - datetime.now(UTC))


def write_offset(offset: timedelta) -> None:
    """The file all processes of the demo read; backwards too, which nobody may do once there are people about."""
    file = Path(settings.CLOCK_FILE)
    fresh = file.with_suffix(".new")
    fresh.write_text(str(offset.total_seconds()))
    fresh.replace(file)
