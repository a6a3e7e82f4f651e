"""One address at a time: the old one stays until the new one is confirmed, and is told."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from accounts.models import User
from accounts.tests.factories import PASSWORD, StudentFactory, UserFactory
from accounts.tests.signing_in import App, confirm, latest_code, latest_mail, sign_in
from core.models import OutgoingMail

pytestmark = pytest.mark.django_db
OLD, NEW = "old@example.com", "new@example.com"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def student(client):
    student = StudentFactory(email=OLD, time_zone="Europe/Dublin")
    sign_in(client, student)
    return student


def addresses(person):
    rows = EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")
    return User.objects.get(pk=person.pk).email, list(rows)


def ask(client, email=NEW):
    """Ask for another address, with the password once more."""
    return confirm(client, client.post("/accounts/email/", {"email": email, "action_add": ""}))


class TestPage:
    def test_the_new_address_takes_over_when_its_code_is_entered(self, client, student):
        assert ask(client).url == "/accounts/confirm-email/"
        assert addresses(student) == (OLD, [(OLD, True, True)])
        assert "waits for its code" in client.get("/accounts/email/").content.decode()
        response = client.post("/accounts/confirm-email/", {"code": latest_code(NEW)})
        assert response.url == "/accounts/email/"
        assert addresses(student) == (NEW, [(NEW, True, True)])
        assert "_auth_user_id" in client.session

    def test_the_old_address_is_told_what_happened_and_from_where(self, client, student):
        ask(client)
        client.post(
            "/accounts/confirm-email/", {"code": latest_code(NEW)}, headers={"User-Agent": "Mozilla Firefox/9 Linux"}
        )
        mail = latest_mail(OLD)
        assert (mail.kind, mail.recipient, mail.subject) == ("email_changed", student, "Your e-mail address is changed")
        assert "You sign in with new@example.com from now on, and no longer with old@example.com." in mail.text
        assert "from Firefox on Linux, network 127.0.0.1" in mail.text
        assert "/accounts/security/" in mail.text

    def test_a_wrong_code_changes_nothing_and_the_third_ends_it(self, client, student):
        ask(client)
        for _time in range(3):
            client.post("/accounts/confirm-email/", {"code": "AAAAAA"})
        client.post("/accounts/confirm-email/", {"code": latest_code(NEW)})
        assert addresses(student) == (OLD, [(OLD, True, True)])

    def test_without_the_password_nothing_begins(self, client, student):
        response = client.post("/accounts/email/", {"email": NEW, "action_add": ""})
        page = client.post(response.url, {"password": "wrong"})
        assert page.context["form"].errors == {"password": ["This is not your password."]}
        assert not OutgoingMail.objects.filter(to=NEW).exists()

    def test_a_second_wish_replaces_the_first(self, client, student):
        ask(client)
        client.post("/accounts/email/", {"email": "newer@example.com", "action_add": ""})
        client.post("/accounts/confirm-email/", {"code": latest_code(NEW)})
        assert addresses(student)[0] == OLD
        client.post("/accounts/confirm-email/", {"code": latest_code("newer@example.com")})
        assert addresses(student) == ("newer@example.com", [("newer@example.com", True, True)])

    def test_one_may_ask_for_another_code(self, client, student):
        ask(client)
        first = latest_code(NEW)
        cache.clear()
        client.post("/accounts/confirm-email/", {"action": "resend"})
        assert latest_code(NEW) != first
        client.post("/accounts/confirm-email/", {"code": latest_code(NEW)})
        assert addresses(student)[0] == NEW

    def test_the_address_of_somebody_else_stays_theirs(self, client, student):
        other = UserFactory(email=NEW)
        ask(client)
        client.post("/accounts/confirm-email/", {"code": latest_code(NEW)})
        assert addresses(student) == (OLD, [(OLD, True, True)])
        assert addresses(other) == (NEW, [(NEW, True, True)])

    def test_the_own_address_is_no_new_one(self, client, student):
        page = client.post("/accounts/email/", {"email": OLD.upper(), "action_add": ""})
        assert page.context["form"].errors == {"email": ["This is your address already."]}

    def test_the_only_address_cannot_be_removed(self, client, student):
        confirm(client, client.post("/accounts/email/", {"email": OLD, "action_remove": ""}))
        assert addresses(student) == (OLD, [(OLD, True, True)])

    def test_a_link_to_a_new_password_dies_with_the_old_address(self, client, student):
        client.post("/accounts/password/reset/", {"email": OLD})
        link = re.search(r"(/accounts/password/reset/key/\S+)", latest_mail(OLD).text).group(1)
        ask(client)
        client.post("/accounts/confirm-email/", {"code": latest_code(NEW)})
        assert "This link is not valid any more" in client.get(link, follow=True).content.decode()


class TestApi:
    def app(self, client):
        app = App(client)
        assert app.sign_in(OLD).status_code == 200
        return app

    def test_the_new_address_takes_over_when_its_code_is_entered(self, client):
        student = StudentFactory(email=OLD)
        app = self.app(client)
        assert app.call("post", "account/email", {"email": NEW}).status_code == 401
        assert app.call("post", "auth/reauthenticate", {"password": PASSWORD}).status_code == 200
        listed = app.call("post", "account/email", {"email": NEW})
        assert [(row["email"], row["verified"]) for row in listed.json()["data"]] == [(OLD, True), (NEW, False)]
        assert addresses(student) == (OLD, [(OLD, True, True)])
        assert app.call("post", "auth/email/verify", {"key": latest_code(NEW)}).status_code == 200
        assert addresses(student) == (NEW, [(NEW, True, True)])
        assert latest_mail(OLD).kind == "email_changed"
        assert app.me().json()["email"] == NEW

    def test_an_address_of_an_account_put_in_by_hand_is_refused(self, client):
        student = StudentFactory(email=OLD)
        UserFactory(email=NEW, verified=False)
        app = self.app(client)
        app.call("post", "auth/reauthenticate", {"password": PASSWORD})
        app.call("post", "account/email", {"email": NEW})
        response = app.call("post", "auth/email/verify", {"key": latest_code(NEW)})
        assert response.status_code == 400
        assert [error["code"] for error in response.json()["errors"]] == ["email_taken"]
        assert addresses(student)[0] == OLD


class TestLanguage:
    @pytest.fixture(autouse=True)
    def german(self, settings):
        settings.LANGUAGES = [("en", "English"), ("de", "German")]

    def test_mails_are_written_in_the_language_of_whom_they_are_for(self, client):
        """Not in that of the browser: here of somebody who asks for another person's password."""
        UserFactory(email="uwe@example.com", language="de")
        client.post("/accounts/password/reset/", {"email": "uwe@example.com"}, headers={"Accept-Language": "en"})
        assert 'lang="de"' in latest_mail("uwe@example.com").html

    def test_also_at_the_address_that_was_given_up(self, client):
        sign_in(client, UserFactory(email=OLD, language="de", time_zone="Europe/Berlin"))
        ask(client)
        client.post("/accounts/confirm-email/", {"code": latest_code(NEW)})
        assert 'lang="de"' in latest_mail(OLD).html
        assert re.search(r"(MEZ|MESZ|CET|CEST|GMT\+[12])", latest_mail(OLD).text)

    def test_to_a_stranger_in_that_of_the_browser(self, client):
        client.post("/accounts/password/reset/", {"email": "x@example.com"}, headers={"Accept-Language": "de"})
        assert 'lang="de"' in latest_mail("x@example.com").html
