"""The half hours that find work compares move with the clocks of the student's zone."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.models import LearningRequest
from marketplace.operations import refresh_cells
from marketplace.tests.factories import LearningRequestFactory

pytestmark = pytest.mark.django_db
WINTER, SUMMER = datetime(2027, 1, 10, tzinfo=UTC), datetime(2027, 7, 10, tzinfo=UTC)
MONDAY_SIX = [18]


@pytest.fixture
def winter(clock):
    clock.travel_to(WINTER)


def cells_of(request):
    request.refresh_from_db()
    return request.utc_offset_minutes, request.preferred_cells


def test_where_clocks_changed_the_cells_follow_and_once(winter):
    dublin = LearningRequestFactory(time_zone="Europe/Dublin", preferred_hours=MONDAY_SIX)
    india = LearningRequestFactory(time_zone="Asia/Kolkata", preferred_hours=MONDAY_SIX)
    paused = LearningRequestFactory(time_zone="America/New_York", preferred_hours=[0], state="paused")
    assert (cells_of(dublin), cells_of(india)) == ((0, [36, 37]), (330, [25, 26]))
    assert refresh_cells(now=WINTER) == 0
    assert refresh_cells(now=SUMMER) == 2
    assert (cells_of(dublin), cells_of(india)) == ((60, [34, 35]), (330, [25, 26]))
    assert cells_of(paused) == (-240, [8, 9])
    assert refresh_cells(now=SUMMER) == 0


def test_what_has_ended_waits_until_it_opens_again(winter):
    closed = LearningRequestFactory(preferred_hours=MONDAY_SIX, state="closed")
    assert refresh_cells(now=SUMMER) == 0
    assert cells_of(closed) == (0, [36, 37])


def test_few_statements_however_many_requests_and_zones(winter):
    for zone in ("Europe/Dublin", "Europe/Berlin", "America/New_York"):
        LearningRequestFactory.create_batch(5, time_zone=zone, preferred_hours=MONDAY_SIX)
    with CaptureQueriesContext(connection) as queries:
        assert refresh_cells(now=SUMMER) == 15
    statements = [each["sql"] for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 3
    assert LearningRequest.objects.filter(utc_offset_minutes=60).count() == 5


def test_without_a_clock_change_it_asks_one_question(winter):
    LearningRequestFactory(preferred_hours=MONDAY_SIX)
    with CaptureQueriesContext(connection) as queries:
        refresh_cells(now=WINTER)
    assert len([each for each in queries if each["sql"].startswith("SELECT")]) == 1
