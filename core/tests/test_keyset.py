"""Lists in their own order, cut into parts: nothing is lost or shown twice, whatever comes in between."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Length
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.models import CoachProfile, User
from accounts.tests.factories import CoachFactory, UserFactory
from core.keyset import OddCursor, part_of
from core.pages import sorted_page_of
from core.paging import InItsOrder

pytestmark = pytest.mark.django_db
NAMES = ["Bo", "Al", "Cleo", "Abe", "Bo", "Al", "Al"]
MOMENT = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def people():
    return [UserFactory(name=name) for name in NAMES]


def walked(rows, size=2):
    """All rows part by part: forwards, and then backwards from the last part, which two ways to ask agree on."""
    parts = [part_of(rows, "", size)]
    while parts[-1].next:
        assert part_of(rows, parts[-1].next, size, look=0).rows == part_of(rows, parts[-1].next, size).rows
        parts.append(part_of(rows, parts[-1].next, size))
    back = [parts[-1]]
    while back[-1].previous:
        back.append(part_of(rows, back[-1].previous, size))
    return [[row for part in way for row in part.rows] for way in (parts, back[::-1])]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_rows_with_equal_values_come_once_each_in_both_directions(people, sign, size):
    rows = User.objects.order_by(f"{sign}name", f"{sign}pk")
    forward, back = walked(rows, size)
    assert forward == list(rows)
    assert back == list(rows)


def test_a_list_without_a_value_goes_by_primary_key(people):
    for order in (["-pk"], ["pk"]):
        forward, _back = walked(User.objects.order_by(*order))
        assert forward == list(User.objects.order_by(*order))


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_rows_without_a_value_come_last(people, descending, size):
    for number, person in enumerate(people[:4]):
        User.objects.filter(pk=person.pk).update(erased_at=MOMENT + timedelta(days=number % 2))
    value = F("erased_at").desc(nulls_last=True) if descending else F("erased_at").asc(nulls_last=True)
    rows = User.objects.order_by(value, "-pk" if descending else "pk")
    forward, back = walked(rows, size)
    assert forward == back == list(rows)
    assert [person.erased_at for person in forward[4:]] == [None] * 3


def test_an_annotation_and_a_column_beside_are_values_too(people):
    rows = User.objects.annotate(length=Length("name")).order_by("-length", "-pk")
    assert walked(rows)[0] == list(rows)
    coaches = [CoachFactory(name=name) for name in ("Mei", "Abe", "Mei")]
    beside = CoachProfile.objects.order_by("user__name", "pk")
    assert [each.user for each in walked(beside)[0]] == [coaches[1], coaches[0], coaches[2]]


def test_what_comes_in_between_moves_nothing(people):
    rows = User.objects.order_by("name", "pk")
    first = part_of(rows, "", 3)
    UserFactory(name="Aa")  # before the cursor
    late = UserFactory(name="Al")  # behind it
    second = part_of(rows, first.next, 3)
    assert [each.name for each in first.rows] == ["Abe", "Al", "Al"]
    assert second.rows == [people[6], late, people[0]]
    assert part_of(rows, second.previous, 3).rows == first.rows


def test_the_row_a_cursor_names_may_be_gone(people):
    rows = User.objects.order_by("name", "pk")
    first = part_of(rows, "", 3)
    people[5].delete()
    assert part_of(rows, first.next, 1).rows == [people[6]]


def test_moments_keep_their_microseconds(people):
    for number, person in enumerate(people):
        User.objects.filter(pk=person.pk).update(date_joined=MOMENT + timedelta(microseconds=number))
    rows = User.objects.order_by("-date_joined", "-pk")
    assert walked(rows, 1)[0] == people[::-1]


def test_the_far_side_is_one_comparison_that_an_index_answers(django_assert_num_queries, people):
    rows = CoachProfile.objects.order_by("-score", "-pk")
    CoachFactory.create_batch(2)
    cursor = part_of(rows, "", 1).next
    with django_assert_num_queries(2) as asked:
        part_of(rows, cursor, 1)
    assert '("accounts_coachprofile"."score", "accounts_coachprofile"."id") <' in asked[0]["sql"]


def test_another_unique_column_tells_rows_apart_as_well(people):
    CoachFactory.create_batch(5)
    forward, back = walked(CoachProfile.objects.order_by("score", "user_id"))
    assert forward == back == list(CoachProfile.objects.order_by("score", "user_id"))


def test_an_order_that_is_not_total_is_a_mistake():
    with pytest.raises(TypeError):
        part_of(User.objects.order_by("name"), "", 1)
    with pytest.raises(TypeError):
        part_of(User.objects.order_by("name", "-pk"), "", 1)
    with pytest.raises(TypeError):
        part_of(User.objects.order_by("name", "language"), "", 1)


def made(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


ODD = [
    "x",
    "ä",
    "\x00",
    "====",
    "W" * 301,
    "9" * 300,
    base64.urlsafe_b64encode(b"[" * 200).decode(),
    made(),
    made("name", True, "Al"),
    made("-name", True, "Al", 1),  # another order
    made("name", 1, "Al", 1),
    made("name", True, None, 1),  # no name is missing
    made("name", True, "a\x00", 1),
    made("name", True, "Al", "1"),
    made("name", True, "Al", 2**63),
    made("name", True, "Al", None),
]


@pytest.mark.parametrize("cursor", ODD)
def test_pages_ignore_odd_cursors_and_endpoints_refuse_them(people, cursor):
    rows = User.objects.order_by("name", "pk")
    page = sorted_page_of(rows, RequestFactory().get("/list/", {"cursor": cursor}), size=7)
    assert page.rows == list(rows)
    with pytest.raises(ValidationError):
        InItsOrder().paginate_queryset(rows, Request(RequestFactory().get("/list/", {"cursor": cursor})))


@pytest.mark.parametrize("value", ["2026-11-20", "x", 5, True, [], {}, "2026-11-20T10:00:00", 1e400, "9999999-01-01"])
def test_what_is_no_moment_is_refused(value):
    with pytest.raises(OddCursor):
        part_of(User.objects.order_by("date_joined", "pk"), made("date_joined", True, value, 1), 1)


@pytest.mark.parametrize("value", ["x", 1e400, [], {}, "1.5"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(OddCursor):
        part_of(CoachProfile.objects.order_by("score", "pk"), made("score", True, value, 1), 1)


@pytest.mark.parametrize("value", [10**60, -(10**60), 2**31])
def test_numbers_beyond_the_column_find_what_lies_there(value):
    CoachFactory()
    found = part_of(CoachProfile.objects.order_by("score", "pk"), made("score", True, value, 1), 1).rows
    assert len(found) == (value < 0)
    assert connection.is_usable()


def test_pages_for_people_keep_the_filters_and_drop_other_cursors(people):
    rows = User.objects.order_by("name", "pk")
    page = sorted_page_of(rows, RequestFactory().get("/list/", {"q": "a b", "before": "5"}), size=3)
    assert (page.previous, page.next[:14]) == ("", "?q=a+b&cursor=")
    second = sorted_page_of(rows, RequestFactory().get("/list/" + page.next), size=3)
    assert [person.name for person in second.rows] == ["Al", "Bo", "Bo"]


def test_a_page_says_how_long_the_list_is_as_far_as_it_was_counted(people, django_assert_num_queries):
    rows = User.objects.order_by("name", "pk")

    def page(address, queries, **how):
        with django_assert_num_queries(queries):
            return sorted_page_of(rows, RequestFactory().get("/list/?" + address.removeprefix("?")), size=3, **how)

    assert (page("", 2).count, page("", 2).is_more) == (None, False)
    assert [(page("", 2, count=most).count, page("", 2, count=most).is_more) for most in (6, 7, 8)] == [
        (6, True), (7, False), (7, False),
    ]  # fmt: skip
    later = page(page("", 2).next, 2, count=6)
    assert (later.count, later.is_more) == (None, False)
    assert page("cursor=x", 2, count=6).count == 6


def test_pages_for_clients_are_linked_and_have_a_size_they_choose(people):
    def ask(address):
        pages = InItsOrder()
        shown = pages.paginate_queryset(User.objects.order_by("name", "pk"), Request(RequestFactory().get(address)))
        return [person.name for person in shown], pages.get_paginated_response([]).data

    names, answer = ask("/list/?page_size=4")
    assert (names, answer["previous"]) == (["Abe", "Al", "Al", "Al"], None)
    names, answer = ask(answer["next"])
    assert (names, answer["next"]) == (["Bo", "Bo", "Cleo"], None)
    assert ask(answer["previous"])[0] == ["Abe", "Al", "Al", "Al"]
