"""What clients are told can be booked with a coach: lengths, prices, notice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import CoachProfile
from accounts.tests.factories import StudentFactory
from contracts.operations.booking import book_directly
from contracts.tests.test_booking_api import TEN, of, teacher
from scheduling.models import Calendar
from scheduling.tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(clock):
    clock.travel_to(NOW)


def told(coach, user=None):
    return of(user or StudentFactory()).get(f"/api/v1/scheduling-options/{coach.pk}/").json()


def prices(kind):
    assert {each["price"]["currency"] for each in kind["prices"]} == {"usd"}
    return [(each["minutes"], each["price"]["amount_cents"]) for each in kind["prices"]]


def test_each_kind_is_told_with_its_lengths_prices_and_notice():
    coach = teacher(notice_hours=2, confirms="request", time_zone="Europe/Madrid")
    found = told(coach)
    kinds = found.pop("kinds")
    assert found == {
        "coach": coach.pk,
        "timezone": "Europe/Madrid",
        "confirms": "request",
        "has_hours": True,
        "step_minutes": 30,
        "horizon_days": 60,
    }
    assert [
        (each["kind"], each["shortest_minutes"], each["longest_minutes"], each["notice_hours"]) for each in kinds
    ] == [
        ("consultation", 15, 15, 4),
        ("trial", 15, 60, 3),
        ("direct", 15, 180, 3),
    ]
    assert prices(kinds[0]) == [(15, 0)]
    assert prices(kinds[1]) == [(15, 1500), (30, 1500), (45, 1500), (60, 1500)]
    assert prices(kinds[2]) == [
        (15, 1500), (30, 3000), (45, 4500), (60, 6000), (90, 9000), (120, 12000), (150, 15000), (180, 18000),
    ]  # fmt: skip


def test_what_is_told_is_what_booking_costs():
    coach = teacher()
    for kind in told(coach)["kinds"][1:]:
        minutes, cents = prices(kind)[1]
        facts = {"kind": kind["kind"], "starts_at": TEN, "duration_minutes": minutes, "now": NOW}
        assert book_directly(teacher(), by=StudentFactory(), **facts).total_cents == cents


def test_what_would_cost_too_little_and_what_is_not_offered_is_left_out():
    coach = teacher(takes_consultations=False)
    CoachProfile.objects.update(hourly_rate_cents=1500, trial_rate_cents=None)
    kinds = told(coach)["kinds"]
    assert [each["kind"] for each in kinds] == ["direct"]
    assert prices(kinds[0])[0] == (45, 1125)
    Calendar.objects.update(takes_consultations=True)
    CoachProfile.objects.update(is_hidden=True)
    assert told(coach, coach)["kinds"] == []
    assert told(coach)["code"] == "not_found"


def test_a_coach_who_is_not_approved_yet_reads_that_nothing_can_be_booked():
    coach = teacher()
    CoachProfile.objects.update(state="draft", approved_at=None)
    assert told(coach, coach)["kinds"] == []


def test_it_takes_three_statements():
    coach, student = teacher(), StudentFactory()
    with CaptureQueriesContext(connection) as queries:
        told(coach, student)
    assert len(queries) == 3
