"""Two hundred at the same moment, also with a long way to PostgreSQL: exactly one gets it, nobody gets an error.

Run by `make test-deep`. At this size an operation may also say `busy`, which is a clean refusal: try again.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from core.registry import invariants
from scheduling.models import TimeClaim
from scheduling.operations import schedule
from scheduling.tests.factories import HOUR, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from tests.racing import database_is_far, measured, together

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]
TEN = MONDAY + 10 * HOUR
CROWD = 200
AWAY = 0.02


@pytest.fixture(params=[0, AWAY], ids=["near", "far"])
def crowd(request):
    """Run all calls at once, near PostgreSQL or far from it; how often each answer was given."""
    folder = Path(tempfile.mkdtemp(prefix="far-"))
    yield lambda calls: _run(calls, folder, request.param)
    shutil.rmtree(folder, ignore_errors=True)


def _run(calls, folder, seconds):
    if not seconds:
        return Counter(together(*calls, patience=60))
    with database_is_far(folder, seconds=seconds):
        return Counter(together(*calls, patience=60))


def test_the_way_to_the_database_is_as_long_as_is_said():
    folder = Path(tempfile.mkdtemp(prefix="far-"))
    took = []

    def ask():
        with connection.cursor() as cursor:
            took.append(measured(lambda: cursor.execute("SELECT 1")))
            return cursor.fetchone()[0]

    with database_is_far(folder, seconds=AWAY):
        assert together(ask) == [1]
    assert together(ask) == [1]
    far, near = took
    assert far >= AWAY > near
    shutil.rmtree(folder)


def test_one_slot(crowd):
    coach = CalendarFactory().coach
    sessions = [SessionFactory(coach=coach) for _number in range(CROWD)]
    calls = [lambda s=s: schedule(s, starts_at=TEN, by=student_of(s), now=NOW).state for s in sessions]
    clean_and_one(crowd(calls), "scheduled", "booked")
    assert TimeClaim.objects.count() == 2


def clean_and_one(results, won, *refusals):
    assert results[won] == 1, results
    assert set(results) <= {won, "busy", *refusals}, results
    for name in (
        "time: nobody is booked twice",
        "time: a session that occupies time claims exactly its own for each participant",
    ):
        assert list(invariants[name]()) == []
