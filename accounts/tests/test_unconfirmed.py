"""A sign-up that nobody confirmed holds its address against nobody, and goes after seven days."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from accounts.models import Relation, User
from accounts.operations import forget_unconfirmed
from accounts.tests.factories import PASSWORD, CoachFactory, StudentFactory, UserFactory
from accounts.tests.signing_in import SIGN_UP, App, confirm, latest_code, latest_mail, sign_in
from core.registry import sweeps

pytestmark = pytest.mark.django_db
MINE = SIGN_UP["email"]
CONFIRM = "/accounts/confirm-email/"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def claimed(client):
    """Somebody else signed up with this address and waits for a code that they cannot read."""
    assert sign_up(client, name="Mallory").url == CONFIRM
    client.cookies.clear()
    cache.clear()  # one code in ten seconds to an address
    return User.objects.get(email=MINE)


def sign_up(client, **answers):
    cache.clear()
    return client.post("/accounts/signup/", SIGN_UP | {"password1": "harbour-violet-77"} | answers)


def sign_up_by_api(app, **answers):
    cache.clear()
    body = {"email": MINE, "password": PASSWORD, "name": "Aoife", "role": "student", "time_zone": "UTC"} | answers
    return app.call("post", "auth/signup", body)


def is_in(client):
    return "_auth_user_id" in client.session


def aged(person, **age):
    User.objects.filter(pk=person.pk).update(date_joined=person.date_joined - timedelta(**age))
    return person


class TestSigningUp:
    def test_the_owner_signs_up_as_if_nobody_had(self, client, claimed):
        assert sign_up(client, name="Aoife Byrne", password1=PASSWORD).url == CONFIRM
        assert latest_mail(MINE).kind == "email_confirmation_signup"
        client.post(CONFIRM, {"code": latest_code(MINE)})
        assert is_in(client)
        owner = User.objects.get()
        assert (owner.name, owner.pk != claimed.pk, owner.check_password(PASSWORD)) == ("Aoife Byrne", True, True)

    def test_in_an_app_as_well(self, client, claimed):
        app = App(client)
        assert sign_up_by_api(app).status_code == 401
        assert app.call("post", "auth/email/verify", {"key": latest_code(MINE)}).status_code == 200
        assert app.me().json()["email"] == MINE
        assert not User.objects.get().check_password("harbour-violet-77")

    def test_the_code_of_the_one_before_opens_nothing_any_more(self, client):
        sign_up(client, name="Mallory")
        old = latest_code(MINE)
        sign_up(type(client)(), name="Aoife Byrne")
        answer = client.post(CONFIRM, {"code": old})
        assert answer.context["form"].errors == {"code": ["This code is not right."]}
        assert not is_in(client)
        assert not EmailAddress.objects.filter(verified=True).exists()

    def test_nor_in_an_app(self, client):
        app = App(client)
        sign_up_by_api(app)
        old = latest_code(MINE)
        sign_up(type(client)(), name="Aoife Byrne")
        assert app.call("post", "auth/email/verify", {"key": old}).status_code in {400, 401, 409}
        assert not EmailAddress.objects.filter(verified=True).exists()

    def test_a_wrong_form_takes_nothing_from_the_one_before(self, client, claimed):
        assert sign_up(client, password1="12345").status_code == 200
        assert User.objects.get() == claimed

    def test_a_confirmed_address_is_not_taken(self, client):
        owner = StudentFactory(email=MINE)
        assert sign_up(client).url == CONFIRM
        assert latest_mail(MINE).kind == "account_already_exists"
        assert User.objects.get() == owner


class TestMovingThere:
    def test_the_owner_moves_an_account_to_the_address(self, client, claimed):
        student = StudentFactory()
        sign_in(client, student)
        confirm(client, client.post("/accounts/email/", {"email": MINE, "action_add": ""}))
        assert User.objects.filter(pk=claimed.pk).exists()
        assert client.post(CONFIRM, {"code": latest_code(MINE)}).url == "/accounts/email/"
        student.refresh_from_db()
        assert (student.email, User.objects.count()) == (MINE, 1)

    def test_in_an_app_as_well(self, client, claimed):
        student, app = StudentFactory(), App(client)
        app.sign_in(student.email)
        app.call("post", "auth/reauthenticate", {"password": PASSWORD})
        app.call("post", "account/email", {"email": MINE})
        assert app.call("post", "auth/email/verify", {"key": latest_code(MINE)}).status_code == 200
        assert (app.me().json()["email"], User.objects.count()) == (MINE, 1)

    def test_a_wrong_code_takes_nothing(self, client, claimed):
        sign_in(client, StudentFactory())
        confirm(client, client.post("/accounts/email/", {"email": MINE, "action_add": ""}))
        client.post(CONFIRM, {"code": "AAAAAA"})
        assert User.objects.filter(pk=claimed.pk).exists()


class TestSweep:
    def test_after_seven_days_a_sign_up_is_forgotten(self, claimed, clock):
        aged(claimed, days=6, hours=23)
        assert sweeps["unconfirmed sign-ups"](clock.now()) == 0
        aged(claimed, days=7, hours=1)
        assert sweeps["unconfirmed sign-ups"](clock.now()) == 1
        assert (User.objects.count(), EmailAddress.objects.count()) == (0, 0)
        assert sweeps["unconfirmed sign-ups"](clock.now()) == 0

    def test_its_code_opens_nothing_then(self, client, clock):
        sign_up(client)
        aged(User.objects.get(), days=8)
        forget_unconfirmed(now=clock.now())
        assert client.post(CONFIRM, {"code": latest_code(MINE)}).status_code in {200, 302}
        assert not is_in(client)

    def test_nor_in_an_app(self, client, clock):
        app = App(client)
        sign_up_by_api(app)
        aged(User.objects.get(), days=8)
        forget_unconfirmed(now=clock.now())
        assert app.call("post", "auth/email/verify", {"key": latest_code(MINE)}).status_code in {400, 401, 409}

    @pytest.mark.parametrize(
        "facts",
        [{"is_staff": True}, {"is_superuser": True}, {"is_active": False}, {"last_login": "2026-01-01T00:00:00Z"}],
        ids=lambda facts: next(iter(facts)),
    )
    def test_staff_closed_accounts_and_who_was_in_stay(self, claimed, clock, facts):
        User.objects.filter(pk=aged(claimed, days=30).pk).update(**facts)
        assert forget_unconfirmed(now=clock.now()) == 0

    def test_who_was_put_in_by_hand_stays(self, clock):
        aged(UserFactory(verified=False), days=30)
        assert forget_unconfirmed(now=clock.now()) == 0

    def test_who_has_rows_of_business_stays_and_keeps_the_address(self, client, claimed, clock):
        aged(claimed, days=30)
        Relation.objects.create(student=claimed, coach=CoachFactory(), since=clock.now())
        assert forget_unconfirmed(now=clock.now()) == 0
        sign_up(client)
        assert latest_mail(MINE).kind == "account_already_exists"
        assert User.objects.filter(pk=claimed.pk).exists()

    def test_the_confirmed_stay(self, clock):
        aged(StudentFactory(), days=30)
        assert forget_unconfirmed(now=clock.now()) == 0
