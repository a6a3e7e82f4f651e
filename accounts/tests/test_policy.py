from datetime import UTC, datetime

import pytest

from accounts.policy import minimum_session_cents

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(("currency", "least"), [("usd", 1000), ("jpy", 10), ("eur", 1000)])
def test_a_session_costs_ten_at_least_in_every_currency(currency, least):
    assert minimum_session_cents(currency, NOW) == least
