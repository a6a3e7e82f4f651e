from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money


def test_half_a_cent_is_rounded_up():
    assert money.share(1050, 1500) == 158  # 157.5


def test_fee_of_sixty_dollars_at_fifteen_percent_is_nine_dollars():
    assert money.share(6000, 1500) == 900


def test_negative_amounts_are_no_amounts():
    with pytest.raises(ValueError, match="negative"):
        money.half_up(-1, 1, 2)


def test_the_last_part_takes_the_remainder():
    assert money.split(1000, 3) == [333, 333, 334]


@given(total=st.integers(0, 10**9), parts=st.integers(1, 100))
def test_parts_add_up_to_the_whole(total, parts):
    assert sum(money.split(total, parts)) == total


@given(amount=st.integers(0, 10**9), part=st.integers(0, 10**4))
def test_a_share_is_never_more_than_half_a_unit_off(amount, part):
    assert abs(money.half_up(amount, part, 10**4) * 10**4 - amount * part) <= 5000


@pytest.mark.parametrize(
    ("currency", "cents", "text"), [("usd", 48000, "$480.00"), ("jpy", 1200, "¥1,200"), ("eur", 5, "€0.05")]
)
def test_amounts_are_written_with_the_decimals_of_their_currency(currency, cents, text):
    assert money.as_text(cents, currency) == text


def test_an_amount_finer_than_its_currency_is_refused():
    assert money.to_cents(Decimal("12.5"), "usd") == 1250
    with pytest.raises(ValueError, match="finer"):
        money.to_cents(Decimal("12.5"), "jpy")
