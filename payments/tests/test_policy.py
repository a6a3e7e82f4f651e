"""The numbers: exact to the cent, in every currency."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import policy
from payments.models import ConnectAccount, Portion

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "basis_points"),
    [("contract", 1500), ("direct", 1000), ("group", 1000), ("subscription", 1000), ("tip", 0)],
)
def test_the_fee_of_today(kind, basis_points):
    assert policy.fee_basis_points(kind, NOW) == basis_points


@pytest.mark.parametrize(
    ("gross", "basis_points", "fee"),
    [
        (12000, 1500, 1800),
        (3333, 1500, 500),  # 499.95
        (3330, 1500, 500),  # 499.5: a half goes up
        (3329, 1500, 499),  # 499.35
        (1, 1500, 0),
        (4, 1250, 1),  # 0.5
        (1200, 1500, 180),  # yen
        (7, 0, 0),
        (7, 10000, 7),
    ],
)
def test_a_fee_is_rounded_half_up(gross, basis_points, fee):
    assert policy.fee_of(gross, basis_points) == fee


def test_a_total_that_does_not_divide_leaves_the_remainder_to_the_last_portion():
    assert policy.plan_portions(10000, 3, 1500) == [(3333, 500), (3333, 500), (3334, 500)]


def test_a_total_in_yen_is_divided_in_whole_yen():
    assert policy.plan_portions(5000, 3, 1500) == [(1666, 250), (1666, 250), (1668, 250)]


def test_a_total_smaller_than_its_count_is_no_plan():
    with pytest.raises(ValueError, match="worth something"):
        policy.plan_portions(2, 3, 1500)


@given(st.integers(1, 100), st.integers(0, 10_000_000), st.integers(0, 10_000))
def test_portions_add_up_to_the_total_and_no_fee_is_above_its_gross(count, extra, basis_points):
    portions = policy.plan_portions(count + extra, count, basis_points)
    assert sum(gross for gross, _fee in portions) == count + extra
    assert all(0 <= fee <= gross and gross > 0 for gross, fee in portions)


@pytest.mark.parametrize(
    ("fee", "kept", "gross", "kept_fee"), [(1800, 6000, 12000, 900), (500, 1667, 3333, 250), (1, 1, 2, 1), (1, 1, 3, 0)]
)
def test_a_partly_kept_portion_keeps_its_part_of_the_fee(fee, kept, gross, kept_fee):
    assert policy.kept_fee(fee, kept, gross) == kept_fee


@pytest.mark.parametrize(("currency", "price", "tip"), [("usd", 1000, 100), ("eur", 1000, 100), ("jpy", 10, 1)])
def test_the_least_a_session_and_a_tip_cost(currency, price, tip):
    assert (policy.minimum_price(currency, NOW), policy.minimum_tip(currency, NOW)) == (price, tip)


@pytest.mark.parametrize(
    ("outcome", "hours"),
    [("completed", 24), ("student_absent", 72), ("coach_absent", None), ("both_absent", None), ("unclear", None)],
)
def test_when_the_clock_releases_a_session(outcome, hours):
    due = hours and NOW + timedelta(hours=hours)
    assert policy.release_due(outcome, NOW) == due


def test_a_contract_keeps_the_hours_of_its_day():
    assert policy.release_due("completed", NOW, {"release_completed_hours": 48}) == NOW + timedelta(hours=48)


@pytest.mark.parametrize(
    ("first", "due"),
    [
        (None, NOW + timedelta(days=7)),
        (NOW, NOW + timedelta(days=7)),
        (NOW - timedelta(days=3), NOW + timedelta(days=4)),
        (NOW - timedelta(days=7), NOW),
        (NOW - timedelta(days=400), NOW),
    ],
)
def test_a_new_coachs_first_transfer_waits_seven_days(first, due):
    assert policy.first_transfer_due(first, NOW) == due


@pytest.mark.parametrize(("tries", "minutes"), [(1, 2), (2, 4), (5, 32), (10, 1024), (11, 1440), (60, 1440)])
def test_pauses_double_up_to_a_day(tries, minutes):
    assert policy.pause_after(tries) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("paid", "taken", "given", "left"), [(100, 100, 0, 0), (100, 60, 0, 40), (100, 60, 40, 0), (100, 0, 0, 100)]
)
def test_surplus_is_what_no_portion_took_and_no_refund_gave_back(paid, taken, given, left):
    assert policy.surplus(paid, taken, given) == left


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "none"),
        ({"stripe_id": "acct_1"}, "incomplete"),
        ({"stripe_id": "acct_1", "details_submitted": True}, "pending"),
        (
            {"stripe_id": "acct_1", "details_submitted": True, "requirements_due": ["individual.id_number"]},
            "restricted",
        ),
        (
            {"stripe_id": "acct_1", "details_submitted": True, "transfers_active": True, "payouts_enabled": True},
            "active",
        ),
        ({"stripe_id": "acct_1", "disabled_reason": "deauthorized", "details_submitted": True}, "left"),
    ],
)
def test_an_account_stands_somewhere_in_one_word(facts, status):
    assert ConnectAccount(**facts).status == status


@pytest.mark.parametrize(
    ("portion", "sentence"),
    [
        ({"state": "unfunded"}, "The student has not paid this yet."),
        ({"state": "held"}, "This is held until the session is done."),
        ({"state": "held", "is_frozen": True}, "This is frozen while a problem is being solved."),
        ({"state": "refunded"}, "This went back to the student."),
        ({"state": "held", "release_due_at": NOW}, "This is released on Fri 20 Nov 2026, 12:00 UTC."),
    ],
)
def test_why_a_portion_has_not_reached_its_coach(portion, sentence):
    assert policy.why_not_paid(Portion(**portion), None, NOW) == sentence
