import pytest

from accounts.tests.factories import StudentFactory
from core.events import record
from notifications.models import Notification
from notifications.operations import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(client):
    student = StudentFactory()
    client.force_login(student)
    return student


@pytest.fixture
def tells(student, clock):
    def tell_of(number, person=student):
        event = record(person, "something_happened", by=None, at=clock.now())
        return tell(person, event, kind="sessions", text=f"Thing {number} happened.", url="/sessions/")

    return tell_of


def test_the_list_shows_what_one_was_told_newest_first(client, tells):
    tells(1), tells(2)
    page = client.get("/notifications/").content.decode()
    assert page.index("Thing 2 happened.") < page.index("Thing 1 happened.")
    assert page.count('class="unread"') == 2


def test_the_list_shows_nothing_of_others(client, tells):
    tells(1, StudentFactory())
    assert "Thing 1" not in client.get("/notifications/").content.decode()


def test_the_list_asks_the_database_the_same_for_1_and_for_20(client, tells, django_assert_num_queries):
    tells(1)
    client.get("/notifications/")
    with django_assert_num_queries(5):
        client.get("/notifications/")
    for number in range(19):
        tells(number)
    with django_assert_num_queries(5):
        client.get("/notifications/")


def test_opening_a_notice_marks_it_as_read_and_leads_there(client, tells):
    notice = tells(1)
    answer = client.post(f"/notifications/{notice.pk}/open/")
    assert (answer.status_code, answer.url) == (302, "/sessions/")
    assert Notification.objects.get().read_at is not None


def test_looking_at_a_notice_by_get_changes_nothing(client, tells):
    notice = tells(1)
    assert client.get(f"/notifications/{notice.pk}/open/").status_code == 405
    assert Notification.objects.get().read_at is None


def test_a_notice_of_somebody_else_is_not_found(client, tells):
    notice = tells(1, StudentFactory())
    assert client.post(f"/notifications/{notice.pk}/open/").status_code == 404
    assert Notification.objects.get().read_at is None


def test_all_notices_are_marked_as_read_at_once(client, tells):
    tells(1), tells(2)
    assert client.post("/notifications/read/").status_code == 302
    assert not Notification.objects.unread().exists()


def test_the_bell_shows_how_many_are_unread(client, tells):
    assert 'class="count"' not in client.get("/notifications/bell/").content.decode()
    tells(1), tells(2)
    bell = client.get("/notifications/bell/").content.decode()
    assert "2 unread notifications" in bell
    assert "<html" not in bell


@pytest.mark.parametrize("path", ["/notifications/", "/notifications/bell/"])
def test_nobody_else_gets_in(client, path):
    assert client.get(path).status_code == 302


def test_the_stream_is_for_people_signed_in(client):
    assert client.get("/live/").status_code == 401


def test_a_server_that_cannot_stream_says_so(client, student):
    assert client.get("/live/").status_code == 503
