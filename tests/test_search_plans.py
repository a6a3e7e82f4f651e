"""Ten thousand coaches and requests: every search takes four statements at most, and none reads all of either."""

from functools import partial
from itertools import combinations

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import CoachProfile
from core import clock
from core.pages import sorted_page_of
from demo.seed.crowd import make_crowd
from marketplace.filters import CoachFilter, WorkFilter
from marketplace.finding import coaches_to_show
from marketplace.matching import matched, searching_coach
from marketplace.views.work import COUNTED, work_for
from tests.plans import COACHES, buffers, rows_read, signed_in, statements, walked_through

MOST = 4
FIRST, LATER = 2_500, 10_000
GROWTH = 1.5
OF_COACHES = f'FROM "{COACHES}"'
COACH_FILTERS = [
    "q=spanish",
    "q=patience",
    "q=bassoon",
    "q=icel",
    "q=nobody-says-this",
    "q=%22a+goal+for+each%22+-guitar",
    "skill=english",
    "skill=bassoon&skill=cello",
    "price_min=20&price_max=40",
    "price_min=115",
    "currency=eur&price_max=30",
    "language=en",
    "language=is",
    "min_rating=4.5",
    "free_day=1&free_at=18:00&zone=Europe/Madrid",
    "free_day=6&free_at=04:00&zone=Europe/Madrid",
    "free_day=0&free_at=07:00&zone=Europe/Madrid",
    "has_trial=on",
]
COACH_SORTS = [f"sort={sort}" for sort in ("best", "soonest", "price", "-price", "newest")]
WORK_FILTERS = [
    "q=guitar",
    "q=examples",
    "q=bassoon",
    "q=nobody-says-this",
    "skill=english",
    "skill=bassoon",
    "level=advanced",
    "budget_min=500",
    "currency=eur&budget_min=9000",
    "language=en",
    "language=is",
    "fits=on",
]
WORK_SORTS = [f"sort={sort}" for sort in ("newest", "match", "budget")]
# What people look at most: the same work for a few coaches and for many.
STEADY = ["", "q=patience", "skill=english", "free_day=1&free_at=18:00&zone=Europe/Madrid", "sort=newest", "sort=price"]


def pairs(filters, sorts):
    """Nothing, each filter, each order, a filter with an order, and two filters that do not overwrite each other."""
    apart = [(one, two) for one, two in combinations(filters, 2) if one.split("=")[0] != two.split("=")[0]]
    return ["", *filters, *sorts, *(f"{one}&{two}" for one in filters for two in sorts), *map("&".join, apart)]


@pytest.fixture(scope="module")
def growth():
    """How many blocks each steady search touched for the first few, filled in while the crowd is made."""
    return {}


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker, growth):
    """Everybody, undone after the last test; in between, what the first few took is measured."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True
        around.__enter__()
        try:
            make_crowd(FIRST, 40)
            growth |= {query: touched(query) for query in STEADY}
            make_crowd(LATER, LATER)
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def in_the_crowd(crowd, db):
    cache.delete_many(["coaches-by-skill", "requests-by-skill"])


def touched(query):
    """How many blocks the first twenty take."""
    return sum(buffers(sql) for sql in statements(Client(), f"/api/v1/coaches/?{query}") if OF_COACHES in sql)


def search_for_coaches(query):
    """The statements of the page without the page."""
    with CaptureQueriesContext(connection) as asked:
        found = CoachFilter(QueryDict(query), coaches_to_show())
        sorted_page_of(found.qs, RequestFactory().get("/"), count=COUNTED)
    return [each["sql"] for each in asked]


def search_for_work(person, query):
    with CaptureQueriesContext(connection) as asked:
        coach, request = searching_coach(person), RequestFactory().get("/")
        found = WorkFilter(QueryDict(query), matched(work_for(person, clock.now()), coach), coach=coach)
        sorted_page_of(found.qs, request, count=COUNTED)
    return [each["sql"] for each in asked]


def faults(search, queries):
    """Every search that asks too often or reads all of a table, with its statements."""
    found = []
    for query in queries:
        cache.delete_many(["coaches-by-skill", "requests-by-skill"])
        asked = search(query)
        if len(asked) > MOST:
            found.append((query, len(asked), asked))
        found += [(query, table, sql) for sql in asked for table in walked_through(sql)]
    return found


@pytest.fixture
def coach():
    return CoachProfile.objects.public().filter(user__email__startswith="coach-").earliest("pk").user


def test_every_search_for_a_coach_takes_its_indexes():
    alone = ["", *COACH_FILTERS, *COACH_SORTS]
    assert faults(partial(statements, Client()), [f"/coaches/?{query}" for query in alone]) == []
    queries = pairs(COACH_FILTERS, COACH_SORTS)
    assert len(queries) > 200
    assert faults(search_for_coaches, queries) == []


@pytest.mark.parametrize("free", [each for each in COACH_FILTERS if each.startswith("free_day")])
def test_the_well_rated_who_are_free_then_are_found_without_asking_everybody(free):
    queries = [f"min_rating=4.5&{free}", *(f"min_rating=4.5&{free}&{sort}" for sort in COACH_SORTS)]
    read = {query: sum(rows_read(sql) for sql in search_for_coaches(query) if OF_COACHES in sql) for query in queries}
    assert {query: rows for query, rows in read.items() if rows > LATER} == {}


def test_every_search_for_work_takes_its_indexes(coach):
    alone = ["", *WORK_FILTERS, *WORK_SORTS]
    assert faults(partial(statements, signed_in(coach)), [f"/requests/?{query}" for query in alone]) == []
    queries = pairs(WORK_FILTERS, WORK_SORTS)
    assert len(queries) > 100
    assert faults(partial(search_for_work, coach), queries) == []


def test_later_pages_take_them_too(coach):
    for client, path, queries in (
        (Client(), "/coaches/", ["", *COACH_SORTS, "q=patience", "skill=english&has_trial=on", STEADY[3]]),
        (signed_in(coach), "/requests/", ["", *WORK_SORTS, "q=examples", "language=en&sort=match"]),
    ):
        for query in queries:
            later = client.get(f"{path}?{query}").context["page"].next
            assert later, query
            assert faults(partial(statements, client), [path + later]) == []


def test_clients_take_them_too(coach):
    client = APIClient()
    client.force_authenticate(coach)
    addresses = [f"/api/v1/coaches/?{query}" for query in ("", *COACH_FILTERS, *COACH_SORTS)]
    addresses += [f"/api/v1/requests/?mine=false&state=open&{query}" for query in (*WORK_FILTERS, *WORK_SORTS)]
    assert faults(partial(statements, client), addresses) == []


def test_the_home_page_takes_them_too():
    assert faults(partial(statements, Client()), ["/"]) == []


@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("coach_best", ""),
        ("coach_languages", "language=is"),
        ("coach_search", "q=bassoon"),
        ("coach_skills", "skill=cello"),
    ],
)
def test_without_an_index_the_fault_is_seen(index, query):
    """The control: the tests above are able to fail."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {index}")
        assert faults(search_for_coaches, [query]) != []
        transaction.set_rollback(True)
    assert faults(search_for_coaches, [query]) == []


@pytest.mark.parametrize("query", STEADY)
def test_four_times_as_many_coaches_cost_as_much(query, growth):
    assert touched(query) <= GROWTH * growth[query]
