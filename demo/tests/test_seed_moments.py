"""The demo's past ends at whatever moment somebody starts it: on any weekday, at any hour, beside a change of clocks."""

from datetime import UTC, datetime

import pytest

from core.registry import invariants
from demo.seed import seed
from demo.seed.catalogue import STATEFUL, objects
from demo.tests.test_seed import NOT_SEEDED

pytestmark = [pytest.mark.django_db, pytest.mark.deep]

MOMENTS = [
    datetime(2027, 1, 4, 0, 1, tzinfo=UTC),
    datetime(2027, 1, 5, 4, 44, tzinfo=UTC),
    datetime(2027, 1, 6, 8, 59, tzinfo=UTC),
    datetime(2027, 1, 7, 12, 0, tzinfo=UTC),
    datetime(2027, 1, 8, 15, 31, tzinfo=UTC),
    datetime(2027, 1, 9, 19, 14, tzinfo=UTC),
    datetime(2027, 1, 10, 23, 59, tzinfo=UTC),
    datetime(2027, 3, 16, 9, 30, tzinfo=UTC),  # America has changed its clocks, Europe has not
    datetime(2027, 3, 28, 0, 50, tzinfo=UTC),  # Europe is about to
    datetime(2027, 11, 1, 7, 7, tzinfo=UTC),  # Europe has just changed back
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_the_past_can_be_played_at_any_moment(standin, clock, moment):
    clock.travel_to(moment)
    seed("small")
    found = objects()
    for kind, model in STATEFUL.items():
        missing = {state for state in model.State.values if not found[kind].get(state)}
        assert missing == {state for named, state in NOT_SEEDED if named == kind}
    assert [row for check in invariants.values() for row in check()] == []
