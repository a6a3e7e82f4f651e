"""Where one is signed in, and how that ends: here, there, everywhere, for browsers and for clients."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.sessions import device_of
from accounts.tests.factories import StudentFactory
from accounts.tests.signing_in import App, sign_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
LIST = "/accounts/sessions/"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def student():
    return StudentFactory()


def device(person, agent, network):
    client = Client(REMOTE_ADDR=network, headers={"User-Agent": agent})
    sign_in(client, person)
    return client


def phone(person, network="192.0.2.9"):
    app = App(Client(REMOTE_ADDR=network, headers={"User-Agent": "Skileez/3 (Android 16)"}))
    app.sign_in(person.email)
    return app


def is_in(client):
    return client.get("/profile/").status_code == 200


class TestList:
    def test_it_shows_device_network_and_which_one_is_this(self, student):
        here = device(student, FIREFOX, "198.51.100.7")
        device(student, PHONE, "203.0.113.5")
        phone(student)
        page = here.get(LIST).content.decode()
        for words in ("Firefox on Linux", "Safari on iPhone", "Android", "198.51.100.7", "203.0.113.5", "192.0.2.9"):
            assert words in page
        assert page.count("This device") == 1

    def test_nobody_sees_or_ends_those_of_others(self, student):
        here, other = device(student, FIREFOX, "198.51.100.7"), device(StudentFactory(), PHONE, "203.0.113.5")
        assert "203.0.113.5" not in here.get(LIST).content.decode()
        theirs = UserSession.objects.exclude(user=student).get()
        assert here.post(LIST, {"session": theirs.pk}).status_code == 404
        assert is_in(other)

    @pytest.mark.parametrize("which", ["", "x", "0", "9" * 30, "-1"])
    def test_nonsense_ends_nothing(self, student, which):
        here = device(student, FIREFOX, "198.51.100.7")
        assert here.post(LIST, {"session": which}).status_code == 404
        assert is_in(here)

    def test_last_seen_follows_use_but_is_written_at_most_every_five_minutes(self, student):
        here = device(student, FIREFOX, "198.51.100.7")
        long_ago = timezone.now() - timedelta(days=2)
        UserSession.objects.update(last_seen_at=long_ago)
        here.get("/profile/", REMOTE_ADDR="203.0.113.5")
        seen = UserSession.objects.get()
        assert (seen.last_seen_at > timezone.now() - timedelta(minutes=1), seen.ip) == (True, "203.0.113.5")
        UserSession.objects.update(last_seen_at=long_ago)
        here.get("/profile/")
        assert UserSession.objects.get().last_seen_at == long_ago

    def test_a_token_counts_as_use(self, student):
        app = phone(student)
        long_ago = timezone.now() - timedelta(days=2)
        UserSession.objects.update(last_seen_at=long_ago)
        app.client.get("/api/v1/me/", headers={"Authorization": f"Bearer {app.access}"})
        assert UserSession.objects.get().last_seen_at > long_ago

    def test_the_api_lists_the_same(self, student):
        device(student, FIREFOX, "198.51.100.7")
        app = phone(student)
        rows = app.call("get", "auth/sessions").json()["data"]
        assert {(row["ip"], row["is_current"]) for row in rows} == {("198.51.100.7", False), ("192.0.2.9", True)}
        assert all(row["last_seen_at"] and row["user_agent"] for row in rows)


class TestEnd:
    def test_one_is_signed_out_and_the_others_stay(self, student):
        here, there = device(student, FIREFOX, "198.51.100.7"), device(student, PHONE, "203.0.113.5")
        app = phone(student)
        there_row = UserSession.objects.get(ip="203.0.113.5")
        page = here.post(LIST, {"session": there_row.pk}, follow=True).content.decode()
        assert "One device is signed out." in page
        assert (is_in(here), is_in(there), app.me().status_code) == (True, False, 200)

    def test_a_token_is_refused_the_moment_its_session_ends(self, student):
        here, app = device(student, FIREFOX, "198.51.100.7"), phone(student)
        assert app.refresh
        here.post(LIST, {"session": UserSession.objects.get(ip="192.0.2.9").pk})
        assert app.me().status_code == 401
        assert App(app.client).call("post", "tokens/refresh", {"refresh_token": app.refresh}).status_code == 400
        assert app.call("get", "auth/sessions").status_code == 410

    def test_all_others_end_at_once(self, student):
        here, there, app = (
            device(student, FIREFOX, "198.51.100.7"),
            device(student, PHONE, "203.0.113.5"),
            phone(student),
        )
        assert "2 devices are signed out." in here.post(LIST, {"session": "others"}, follow=True).content.decode()
        assert (is_in(here), is_in(there), app.me().status_code) == (True, False, 401)

    def test_everywhere_is_here_too(self, student):
        here, there, app = (
            device(student, FIREFOX, "198.51.100.7"),
            device(student, PHONE, "203.0.113.5"),
            phone(student),
        )
        page = here.post(LIST, {"session": "all"}, follow=True)
        assert page.redirect_chain == [("/accounts/login/", 302)]
        assert "You are signed out everywhere." in page.content.decode()
        assert (is_in(here), is_in(there), app.me().status_code) == (False, False, 401)
        assert not UserSession.objects.exists()

    def test_the_api_ends_one_and_itself(self, student):
        here, app = device(student, FIREFOX, "198.51.100.7"), phone(student)
        rows = {row["ip"]: row["id"] for row in app.call("get", "auth/sessions").json()["data"]}
        assert app.call("delete", "auth/sessions", {"sessions": [rows["198.51.100.7"]]}).status_code == 200
        assert not is_in(here)
        assert app.call("delete", "auth/sessions", {"sessions": [rows["192.0.2.9"]]}).status_code == 401
        assert app.me().status_code == 401

    def test_a_new_password_signs_out_all_others(self, student):
        here, there, app = (
            device(student, FIREFOX, "198.51.100.7"),
            device(student, PHONE, "203.0.113.5"),
            phone(student),
        )
        new = "harbour-violet-77"
        fields = {"oldpassword": "lantern-orbit-42", "password1": new, "password2": new}
        here.post("/accounts/password/change/", fields)
        assert (is_in(here), is_in(there), app.me().status_code) == (True, False, 401)

    def test_only_a_post_signs_out(self, student):
        here = device(student, FIREFOX, "198.51.100.7")
        here.get("/accounts/logout/")
        here.get(LIST, {"session": "all"})
        assert is_in(here)
        here.post("/accounts/logout/")
        assert not is_in(here)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Chrome on Mac",
        ),
        ("Skileez/3 (Android 16)", "Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
    ],
)
def test_a_device_has_a_name_that_people_use(agent, name):
    assert device_of(agent) == name
