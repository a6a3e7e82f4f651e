"""The first twenty coaches of a hundred thousand cost as much as those of ten thousand: in blocks and in time.

Run by `make test-deep`, which prints the figures with `-s`.
"""

from time import perf_counter

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from core.keyset import part_of
from demo.seed.crowd import make_crowd
from marketplace.filters import CoachFilter
from marketplace.finding import coaches_to_show
from marketplace.views.coaches import COUNTED
from tests.plans import COACHES, buffers, rows_read, walked_through

pytestmark = [pytest.mark.deep, pytest.mark.django_db]

FEW, MANY = 10_000, 100_000
GROWTH = 1.5
OF_COACHES = f'FROM "{COACHES}"'
TIMES = 101
FREE = "free_day=1&free_at=18:00&zone=Europe/Madrid"
STEADY = [FREE, "", "q=patience", "skill=english", f"skill=english&{FREE}", "sort=soonest", "sort=price", "sort=newest"]
# What few match may not take longer than people wait: nobody walks through everybody for it.
RARE = ["q=nobody-says-this", "skill=bassoon", "language=is", "free_day=6&free_at=04:00&zone=Europe/Madrid"]
RARE += [f"skill=bassoon&{FREE}", "skill=bassoon&sort=soonest", f"q=nobody-says-this&{FREE}"]
# Well rated and free at an odd hour: neither alone is rare, so the walk must end of itself.
ODD = [
    f"min_rating=4.5&free_day=0&free_at=07:00&zone=Europe/Madrid&sort={sort}" for sort in ("best", "newest", "price")
]
MOST_ROWS = 16_000
PATIENCE = 0.5  # seconds


def search(query, look):
    found = CoachFilter(QueryDict(query), coaches_to_show()).qs
    return part_of(found, "", 20, look)


def cost(query, look=1):
    """Blocks and the undisturbed time of the first twenty: what else the machine does must not count."""
    with CaptureQueriesContext(connection) as asked:
        search(query, look)
    statements = [each["sql"] for each in asked if OF_COACHES in each["sql"]]
    assert not any(walked_through(sql) for sql in statements)
    return sum(map(buffers, statements)), min(seconds(query, look) for _ in range(TIMES))


def rows(query):
    """How many coaches are looked at until as many are found as the page counts."""
    with CaptureQueriesContext(connection) as asked:
        search(query, COUNTED + 1)
    return sum(rows_read(each["sql"]) for each in asked if OF_COACHES in each["sql"])


def seconds(query, look):
    started = perf_counter()
    search(query, look)
    return perf_counter() - started


@pytest.fixture(scope="module")
def costs(django_db_setup, django_db_blocker):
    """What each search cost for few and for many coaches, measured in one run; undone at the end."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True
        around.__enter__()
        try:
            cache.delete("coaches-by-skill")
            make_crowd(FEW, 0)
            few = {query: cost(query) for query in STEADY}
            make_crowd(MANY, 0)
            many = {query: cost(query) for query in STEADY}
            rare = {query: cost(query, COUNTED + 1)[1] for query in RARE}
            odd = {query: rows(query) for query in ODD}
            yield few, many, rare, odd
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.mark.parametrize("query", STEADY)
def test_the_first_twenty_cost_as_much_among_ten_times_as_many(costs, query):
    (few, few_seconds), (many, many_seconds) = costs[0][query], costs[1][query]
    print(f"\n{query or 'best'}: {few} → {many} blocks, {1000 * few_seconds:.1f} → {1000 * many_seconds:.1f} ms")
    assert many <= GROWTH * few
    assert many_seconds <= GROWTH * few_seconds


@pytest.mark.parametrize("query", RARE)
def test_what_few_match_is_found_without_walking_through_everybody(costs, query):
    print(f"\n{query}: {1000 * costs[2][query]:.1f} ms")
    assert costs[2][query] < PATIENCE


@pytest.mark.parametrize("query", ODD)
def test_the_well_rated_of_an_odd_hour_are_found_without_everybody_awake(costs, query):
    print(f"\n{query}: {costs[3][query]} rows")
    assert costs[3][query] < MOST_ROWS
