import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import StudentFactory
from core.events import record
from notifications.models import Notification
from notifications.operations import tell

pytestmark = pytest.mark.django_db
URL = "/api/v1/notifications/"


@pytest.fixture
def student():
    return StudentFactory()


@pytest.fixture
def api(student):
    api = APIClient()
    api.force_authenticate(student)
    return api


def told(person, clock):
    event = record(person, "something_happened", by=None, at=clock.now())
    return tell(person, event, kind="sessions", text="It happened.", url="/sessions/")


def test_the_list_says_what_one_was_told(api, student, clock):
    notice = told(student, clock)
    told(StudentFactory(), clock)
    [row] = api.get(URL).json()["results"]
    assert row == {
        "id": notice.pk,
        "kind": "sessions",
        "text": "It happened.",
        "url": "/sessions/",
        "made_at": notice.made_at.isoformat().replace("+00:00", "Z"),
        "read_at": None,
    }


def test_the_list_can_be_narrowed_to_a_kind(api, student, clock):
    told(student, clock)
    assert api.get(URL, {"kind": "money"}).json()["results"] == []


def test_the_list_asks_the_database_the_same_for_1_and_for_20(api, student, clock, django_assert_num_queries):
    told(student, clock)
    with django_assert_num_queries(1):
        api.get(URL)
    for _number in range(19):
        told(student, clock)
    with django_assert_num_queries(1):
        api.get(URL)


def test_all_can_be_read(api, student, clock):
    told(student, clock), told(student, clock)
    answer = api.post(URL + "read/", {}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"unread": 0})


def test_some_can_be_read_but_not_those_of_others(api, student, clock):
    mine, left, theirs = told(student, clock), told(student, clock), told(StudentFactory(), clock)
    answer = api.post(URL + "read/", {"ids": [mine.pk, theirs.pk]}, format="json")
    assert answer.json() == {"unread": 1}
    assert set(Notification.objects.unread()) == {left, theirs}


@pytest.mark.parametrize("ids", ["all", [0], ["x"], [2**70], {"a": 1}])
def test_nonsense_is_invalid(api, ids):
    answer = api.post(URL + "read/", {"ids": ids}, format="json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_nobody_gets_in_without_a_token():
    assert APIClient().get(URL).status_code == 401
    assert APIClient().post(URL + "read/", {}, format="json").status_code == 401
