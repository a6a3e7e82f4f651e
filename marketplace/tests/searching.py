"""People and hours for tests of search."""

from datetime import UTC, datetime, timedelta

from accounts.tests.factories import CoachFactory
from scheduling.models import FreeTime
from scheduling.weekly import weekly_cells

# A Friday at noon; before it, clocks in Europe and America have gone back to winter time.
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def free_coach(name, *stretches, now=NOON, notice=2, **coach):
    """A coach who is free in these stretches, given as (start, end)."""
    person = CoachFactory(name=name, **coach)
    FreeTime.objects.update_or_create(
        coach=person,
        defaults={
            "stretches": sorted(stretches),
            "cells": weekly_cells(stretches, now, weeks=5),
            "notice_hours": notice,
            "horizon_days": 60,
            "next_free_at": min(start for start, _end in stretches) if stretches else None,
            "computed_at": now,
            "due_at": now + timedelta(days=1),
        },
    )
    return person


def at(day, hour, minute=0):
    """A moment in UTC, so many days after the Friday."""
    return NOON.replace(hour=hour, minute=minute) + timedelta(days=day)
