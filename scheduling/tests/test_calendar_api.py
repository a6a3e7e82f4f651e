import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import StudentFactory
from scheduling.models import Feed, GoogleCalendar
from scheduling.operations.calendars import connect_google
from scheduling.tests.factories import NOW

pytestmark = pytest.mark.django_db
FEED, GOOGLE = "/api/v1/calendar/feed/", "/api/v1/calendar/google/"


@pytest.fixture
def person():
    return StudentFactory()


@pytest.fixture
def api(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_the_address_is_empty_made_and_made_anew(api, person):
    assert api.get(FEED).json() == {"url": "", "made_at": None}
    first = api.post(FEED).json()["url"]
    assert first == f"http://testserver/calendar/{Feed.objects.get(user=person).token}.ics"
    assert api.get(FEED).json()["url"] == first
    assert api.post(FEED).json()["url"] != first


def test_google_is_none_then_on_then_off(api, person):
    assert api.get(GOOGLE).json() == {
        "state": "none",
        "is_offered": False,
        "checked_at": None,
        "verified_until": None,
        "reason": "",
        "connect_url": "http://testserver/calendar/settings/",
    }
    assert api.delete(GOOGLE).json()["state"] == "none"
    connect_google(person, now=NOW)
    assert api.get(GOOGLE).json()["state"] == "on"
    assert [api.delete(GOOGLE).json()["state"] for _time in range(2)] == ["off", "off"]
    assert GoogleCalendar.objects.get().state == "off"


@pytest.mark.parametrize("path", [FEED, GOOGLE])
def test_who_is_not_signed_in_is_refused(path):
    assert APIClient().get(path).status_code == 401
