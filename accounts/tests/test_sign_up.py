"""The way in: sign-up with a code by mail, sign-in, a lost password, tokens for clients."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from accounts.models import StudentProfile, User
from accounts.tests.factories import PASSWORD, CoachFactory, StudentFactory, UserFactory
from core.models import OutgoingMail

pytestmark = pytest.mark.django_db

SIGN_UP = {
    "email": "aoife@example.com",
    "password1": PASSWORD,
    "name": "Aoife Byrne",
    "role": "student",
    "time_zone": "Europe/Dublin",
}
CODE = re.compile(r"^[A-Z0-9]{3,}-?[A-Z0-9]{3,}$", re.MULTILINE)


@pytest.fixture(autouse=True)
def fresh_limits():
    """Limits on attempts count in the shared cache."""
    cache.clear()


def latest_code():
    return CODE.search(OutgoingMail.objects.latest("pk").text).group()


class TestPages:
    def test_what_a_password_needs_is_one_sentence(self, client):
        page = client.get("/accounts/signup/").content.decode()
        sentence = "At least 8 characters, not only digits, and nothing easy to guess such as your name."
        assert page.count(sentence) == 1
        assert "<li>Your password" not in page

    def test_sign_up_asks_for_a_zone_that_the_browser_may_propose(self, client):
        page = client.get("/accounts/signup/").content.decode()
        assert 'name="time_zone"' in page
        assert "data-zone-guess" in page

    def test_a_wrong_form_keeps_the_chosen_zone(self, client):
        page = client.post("/accounts/signup/", SIGN_UP | {"email": "x"}).content.decode()
        assert "data-zone-guess" not in page
        assert '<option value="Europe/Dublin" selected>' in page

    def test_a_student_signs_up_verifies_the_address_and_goes_on(self, client):
        assert client.post("/accounts/signup/", SIGN_UP).url == "/accounts/confirm-email/"
        person = User.objects.get(email="aoife@example.com")
        assert (person.name, person.time_zone, person.role) == ("Aoife Byrne", "Europe/Dublin", "student")
        assert (person.is_student, person.is_coach) == (True, False)
        assert StudentProfile.objects.filter(user=person).exists()
        response = client.post("/accounts/confirm-email/", {"code": latest_code()})
        assert response.url == "/onboarding/"
        assert EmailAddress.objects.get(user=person).verified
        assert client.get("/profile/").status_code == 200

    def test_a_coach_signs_up(self, client):
        client.post("/accounts/signup/", SIGN_UP | {"role": "coach"})
        person = User.objects.get(email="aoife@example.com")
        assert (person.is_student, person.is_coach, person.is_using_coach_role) == (False, True, True)

    @pytest.mark.parametrize(
        ("field", "value"), [("time_zone", "Mars/Olympus"), ("time_zone", ""), ("role", "staff"), ("name", "")]
    )
    def test_nobody_signs_up_with_nonsense(self, client, field, value):
        response = client.post("/accounts/signup/", SIGN_UP | {field: value})
        assert list(response.context["form"].errors) == [field]
        assert not User.objects.exists()

    def test_a_wrong_code_opens_nothing(self, client):
        client.post("/accounts/signup/", SIGN_UP)
        assert client.post("/accounts/confirm-email/", {"code": "AAAAAA"}).status_code == 200
        assert client.get("/profile/").status_code == 302

    def test_sign_up_with_a_known_address_does_not_tell_so(self, client):
        known = StudentFactory()
        assert client.post("/accounts/signup/", SIGN_UP | {"email": known.email}).url == "/accounts/confirm-email/"
        assert User.objects.count() == 1
        assert OutgoingMail.objects.get().kind == "account_already_exists"

    def test_one_signs_in_by_address_in_any_case(self, client):
        student = StudentFactory()
        response = client.post("/accounts/login/", {"login": student.email.upper(), "password": PASSWORD})
        assert response.url == "/dashboard/"

    def test_staff_who_neither_learn_nor_teach_land_in_the_admin(self, client):
        staff = UserFactory(is_staff=True)
        response = client.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
        assert response.url == "/admin/"
        assert client.get(response.url).status_code == 200

    @pytest.mark.parametrize("factory", [StudentFactory, CoachFactory])
    def test_staff_with_a_role_land_on_its_dashboard(self, client, factory):
        staff = factory(is_staff=True)
        response = client.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
        assert response.url == "/dashboard/"

    def test_staff_who_were_on_their_way_go_on_there(self, client):
        staff = UserFactory(is_staff=True)
        response = client.post("/accounts/login/?next=/support/", {"login": staff.email, "password": PASSWORD})
        assert response.url == "/support/"

    def test_the_sixth_wrong_password_is_one_too_many(self, client):
        student = StudentFactory()
        for _time in range(5):
            client.post("/accounts/login/", {"login": student.email, "password": "wrong"})
        response = client.post("/accounts/login/", {"login": student.email, "password": PASSWORD})
        assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
        assert "Too many attempts" in response.content.decode()

    def test_a_lost_password_is_replaced_by_the_link_in_the_mail(self, client):
        student = StudentFactory()
        client.post("/accounts/password/reset/", {"email": student.email})
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to, mail.recipient) == ("password_reset_key", student.email, student)
        link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", mail.text).group(1)
        form = client.get(link, follow=True).redirect_chain[-1][0]
        client.post(form, {"password1": "harbour-violet-77", "password2": "harbour-violet-77"})
        assert client.login(email=student.email, password="harbour-violet-77")


class TestMails:
    def test_each_mail_has_a_text_and_an_html_twin_and_is_the_recipients(self, client):
        client.post("/accounts/signup/", SIGN_UP)
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to) == ("email_confirmation_signup", "aoife@example.com")
        assert mail.recipient.name == "Aoife Byrne"
        assert latest_code() in mail.html
        assert mail.html.lstrip().startswith("<!doctype html>")
        assert "None" not in mail.text

    def test_notices_about_the_account_go_to_its_owner(self, client):
        student = StudentFactory()
        client.force_login(student)
        data = {"oldpassword": PASSWORD, "password1": "harbour-violet-77", "password2": "harbour-violet-77"}
        client.post("/accounts/password/change/", data)
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to, mail.recipient) == ("password_changed", student.email, student)
        assert "<html" in mail.html

    def test_an_unknown_address_gets_a_mail_that_belongs_to_nobody(self, client):
        client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to, mail.recipient) == ("unknown_account", "nobody@example.com", None)
        assert "nobody@example.com" in mail.text


class TestTokens:
    APP = "/_allauth/app/v1"

    def post(self, client, path, data, token=""):
        headers = {"X-Session-Token": token} if token else {}
        return client.post(self.APP + path, data, content_type="application/json", headers=headers)

    def me(self, client, token):
        return client.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"})

    def signed_up(self, client):
        data = {("password" if name == "password1" else name): value for name, value in SIGN_UP.items()}
        begun = self.post(client, "/auth/signup", data)
        assert begun.status_code == 401
        session = begun.json()["meta"]["session_token"]
        done = self.post(client, "/auth/email/verify", {"key": latest_code()}, session)
        assert done.status_code == 200
        return {"session_token": session} | done.json()["meta"]

    def test_from_sign_up_to_oneself(self, client):
        meta = self.signed_up(client)
        response = self.me(client, meta["access_token"])
        assert response.status_code == 200
        assert response.json() == {
            "id": User.objects.get().pk,
            "email": "aoife@example.com",
            "name": "Aoife Byrne",
            "role": "student",
            "roles": ["student"],
            "time_zone": "Europe/Dublin",
            "language": "en",
            "photo": None,
            "student": {"about": "", "country": "", "languages": [], "born_on": None},
            "coach_state": None,
        }

    def test_without_a_token_or_with_a_tampered_one_nobody_is_anybody(self, client):
        token = self.signed_up(client)["access_token"]
        head, body, signature = token.split(".")
        for wrong in (
            "",
            "x",
            f"{head}.{body}.{signature[:-3]}AAA",
            f"{head}.{body[:-2]}.{signature}",
            f"{head}.{body}.",
        ):
            response = self.me(client, wrong)
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
            assert set(response.json()) == {"code", "detail"}

    def test_after_sign_out_the_token_is_dead(self, client):
        meta = self.signed_up(client)
        assert self.me(client, meta["access_token"]).status_code == 200
        gone = client.delete(self.APP + "/auth/session", headers={"X-Session-Token": meta["session_token"]})
        assert gone.status_code == 401
        assert self.me(client, meta["access_token"]).status_code == 401

    def test_one_signs_in_with_a_password(self, client):
        coach = CoachFactory()
        done = self.post(client, "/auth/login", {"email": coach.email, "password": PASSWORD})
        assert self.me(client, done.json()["meta"]["access_token"]).json()["coach_state"] == "approved"

    def test_a_refresh_token_gives_a_new_access_token_once(self, client):
        refresh = self.signed_up(client)["refresh_token"]
        again = self.post(client, "/tokens/refresh", {"refresh_token": refresh})
        assert self.me(client, again.json()["data"]["access_token"]).status_code == 200
        assert self.post(client, "/tokens/refresh", {"refresh_token": refresh}).status_code == 400

    def test_a_closed_account_has_no_way_in(self, client):
        token = self.signed_up(client)["access_token"]
        User.objects.update(is_active=False)
        assert self.me(client, token).status_code == 401
