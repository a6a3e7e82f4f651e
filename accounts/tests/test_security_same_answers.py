"""Nobody learns from an answer whether an address has an account: not by words, not by status, not by its cost."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache

from accounts.models import User
from accounts.tests.factories import StudentFactory, UserFactory
from accounts.tests.signing_in import SIGN_UP, App, latest_mail
from core.models import OutgoingMail

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "known@example.com", "nobody@example.com"
# What differs between two answers to anybody: tokens and the time.
PASSING = re.compile(r'\b[A-Za-z0-9]{64}\b|data-now=\S+|<time .*?</time>|"session_token": "[^"]+"')


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    made = 0

    def encode(self, password, salt):
        type(self).made += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def fresh(settings):
    cache.clear()
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    StudentFactory(email=KNOWN)
    CountingHasher.made = 0


def seen(response, email):
    """The answer as somebody sees it who typed in this address."""
    body = PASSING.sub("", response.content.decode()).replace(email, "…")
    return response.status_code, response.headers.get("Location"), body


def compare(client, answer):
    """Ask for both addresses: the same answers, from the same number of hashes, and a mail each time or never."""
    results = []
    for email in (KNOWN, UNKNOWN):
        client.cookies.clear()
        CountingHasher.made, mails = 0, OutgoingMail.objects.count()
        view = [seen(response, email) for response in answer(email)]
        results.append((view, CountingHasher.made, OutgoingMail.objects.count() - mails))
    assert results[0] == results[1]
    return results[0]


def test_sign_up_by_page(client):
    def answer(email):
        yield client.post("/accounts/signup/", SIGN_UP | {"email": email})
        yield client.get("/accounts/confirm-email/")
        yield client.post("/accounts/confirm-email/", {"code": "AAAAAA"})

    _view, hashes, mails = compare(client, answer)
    assert (hashes, mails) == (1, 1)


def test_sign_up_by_api(client):
    def answer(email):
        app = App(client)
        body = {key.replace("password1", "password"): value for key, value in SIGN_UP.items()} | {"email": email}
        yield app.call("post", "auth/signup", body)
        yield app.call("post", "auth/email/verify", {"key": "AAAAAA"})
        yield app.call("get", "auth/session")

    _view, hashes, mails = compare(client, answer)
    assert (hashes, mails) == (1, 1)


def test_sign_up_with_an_address_that_nobody_confirmed(client):
    User.objects.get(email=KNOWN).delete()

    def answer(email):
        yield client.post("/accounts/signup/", SIGN_UP | {"email": email})
        yield client.get("/accounts/confirm-email/")
        yield client.post("/accounts/confirm-email/", {"code": "AAAAAA"})

    list(answer(KNOWN))
    cache.clear()
    _view, hashes, mails = compare(client, answer)
    assert (hashes, mails) == (1, 1)


def test_sign_in_by_page(client):
    _view, hashes, mails = compare(
        client, lambda email: [client.post("/accounts/login/", {"login": email, "password": "wrong"})]
    )
    assert (hashes, mails) == (1, 0)


def test_sign_in_by_api(client):
    view, hashes, _mails = compare(client, lambda email: [App(client).sign_in(email, "wrong")])
    assert (view[0][0], hashes) == (400, 1)


def test_sign_in_to_an_account_without_a_password_costs_the_same(client):
    User.objects.get(email=KNOWN).delete()
    UserFactory(email=KNOWN, password=None)
    _view, hashes, _mails = compare(client, lambda email: [App(client).sign_in(email, "wrong")])
    assert hashes == 1


def test_lost_password_by_page(client):
    def answer(email):
        yield client.post("/accounts/password/reset/", {"email": email})
        yield client.get("/accounts/password/reset/done/")

    _view, _hashes, mails = compare(client, answer)
    assert mails == 1


def test_lost_password_by_api(client):
    view, _hashes, mails = compare(
        client, lambda email: [App(client).call("post", "auth/password/request", {"email": email})]
    )
    assert (view[0][0], mails) == (200, 1)


def test_a_closed_account_is_no_different(client):
    User.objects.filter(email=KNOWN).update(is_active=False)
    compare(client, lambda email: [App(client).sign_in(email, "wrong")])
    compare(client, lambda email: [client.post("/accounts/password/reset/", {"email": email})])


def test_the_owner_alone_reads_that_there_is_an_account(client):
    client.post("/accounts/signup/", SIGN_UP | {"email": KNOWN.upper()})
    mail = latest_mail(KNOWN)
    assert (mail.kind, mail.subject) == ("account_already_exists", "You have an account already")
    assert "You have an account with this address already." in mail.text
    assert "/accounts/password/reset/" in mail.text
    assert User.objects.count() == 1


def test_a_new_address_for_an_account_may_belong_to_anybody(client):
    """Only the mailbox of the other learns of it, with a code that the other has no use for."""
    User.objects.exclude(email=KNOWN).delete()
    person = StudentFactory()

    def answer(email):
        client.force_login(person)
        response = client.post("/accounts/email/", {"email": email, "action_add": ""})
        yield client.post(response.url, {"password": "lantern-orbit-42"})

    _view, _hashes, mails = compare(client, answer)
    assert mails == 1
