"""The way to Google and back: what is asked for, what is kept, and that only a finished way connects."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.google import views as google_views
from django.core.cache import cache

from accounts import google as permission
from accounts.tests.factories import StudentFactory
from accounts.tests.google import CLIENT, running_google
from accounts.tests.signing_in import confirm, sign_in
from core.models import Event
from scheduling.models import GoogleCalendar

pytestmark = pytest.mark.django_db
CALLBACK, CONNECT = "/accounts/google/login/callback/", "/calendar/google/connect/"


@pytest.fixture(scope="module")
def standin():
    with running_google() as google:
        yield google


@pytest.fixture
def google(standin, settings, monkeypatch):
    cache.clear()
    common = settings.SOCIALACCOUNT_PROVIDERS["google"]
    settings.SOCIALACCOUNT_PROVIDERS = {"google": common | {"APPS": [{"client_id": CLIENT, "secret": "s"}]}}
    monkeypatch.setattr(google_views.GoogleOAuth2Adapter, "access_token_url", standin.url + "/token")
    monkeypatch.setattr(google_views, "CERTS_URL", standin.url + "/certs")
    standin.also = {"refresh_token": "lasting"}
    standin.is_asked_for("private@example.net")
    yield standin
    standin.also = {}


@pytest.fixture
def person(client, google):
    person = StudentFactory()
    sign_in(client, person)
    return person


def go(client, path=CONNECT):
    address = urlsplit(client.post(path).url)
    assert address.netloc == "accounts.google.com"
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def come_back(client, path=CONNECT):
    """The password is asked for, once in five minutes."""
    answer = client.get(CALLBACK, {"code": "c", "state": go(client, path)["state"]})
    return confirm(client, answer) if answer.url.startswith("/accounts/reauthenticate/") else answer


def test_google_is_asked_for_events_and_for_a_token_that_lasts(client, person):
    asked = go(client)
    assert set(asked["scope"].split()) == {"profile", "email", permission.SCOPE}
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent select_account")
    assert asked["code_challenge_method"] == "S256"


def test_whoever_comes_back_is_connected(client, person):
    answer = come_back(client)
    assert answer.url == "/calendar/settings/"
    assert GoogleCalendar.objects.get().user == person
    assert permission.refresh_token_of(person) == "lasting"
    assert "lasting" not in SocialToken.objects.get().token_secret
    assert Event.objects.filter(name="calendar_allowed", by=person).count() == 1


def test_the_same_account_again_renews_what_is_kept(client, google, person):
    come_back(client)
    google.also = {"refresh_token": "newer"}
    come_back(client)
    assert (permission.refresh_token_of(person), SocialToken.objects.count()) == ("newer", 1)


def test_another_account_takes_over(client, google, person):
    come_back(client)
    google.is_asked_for("work@example.net")
    google.also = {"refresh_token": "at work"}
    come_back(client)
    assert (SocialAccount.objects.count(), SocialToken.objects.count()) == (2, 1)
    assert permission.refresh_token_of(person) == "at work"


def test_one_who_stops_at_google_is_not_connected(client, person):
    state = go(client)["state"]
    client.get(CALLBACK, {"error": "access_denied", "state": state})
    assert not GoogleCalendar.objects.exists()


def test_an_account_of_somebody_else_is_not_connected(client, google, person):
    SocialAccount.objects.create(user=StudentFactory(), provider="google", uid=google.person["sub"])
    come_back(client)
    assert not GoogleCalendar.objects.exists()
    assert not SocialToken.objects.exists()


def test_signing_in_with_google_connects_no_calendar_and_keeps_no_token(client, person):
    come_back(client, "/accounts/google/login/?process=connect")
    assert SocialAccount.objects.get().user == person
    assert not GoogleCalendar.objects.exists()
    assert not SocialToken.objects.exists()
