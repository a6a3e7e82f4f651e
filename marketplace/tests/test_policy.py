import pytest

from marketplace.policy import (
    Instalment,
    expected_total,
    payment_schedule,
    session_price,
)


def test_per_session_the_total_is_the_rate_times_the_sessions():
    assert expected_total("per_session", 5000, 4, 45) == 20000


def test_per_hour_the_total_goes_by_the_minute():
    assert expected_total("per_hour", 6000, 4, 45) == 18000


@pytest.mark.parametrize(
    ("rate", "count", "minutes", "total"),
    [(1001, 1, 30, 501), (1000, 1, 50, 833), (1000, 3, 50, 2500), (3333, 2, 20, 2222)],
)
def test_half_a_cent_of_the_whole_counts_as_one(rate, count, minutes, total):
    assert expected_total("per_hour", rate, count, minutes) == total


def test_the_price_of_one_session():
    assert session_price("per_hour", 6000, 90) == 9000
    assert session_price("per_session", 6000, 90) == 6000


def test_everything_is_paid_before_the_first_session():
    assert payment_schedule(18000, 4) == [Instalment("upfront", 18000, 1, 4)]
