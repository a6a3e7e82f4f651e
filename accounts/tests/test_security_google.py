"""Sign-in with Google: only where its keys are set, and never into an account that somebody else has."""

import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.google import views as google_views
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache

from accounts.models import User
from accounts.tests.factories import StudentFactory
from accounts.tests.google import CLIENT, challenge_of, running_google
from accounts.tests.signing_in import SIGN_UP, App, confirm, latest_mail, sign_in
from core.models import OutgoingMail
from tests.production import ENVIRONMENT

pytestmark = pytest.mark.django_db
BUTTON, LOGIN, CALLBACK = "Continue with Google", "/accounts/google/login/", "/accounts/google/login/callback/"
REST = {"name": "Aoife Byrne", "role": "coach", "time_zone": "Europe/Dublin"}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture(scope="module")
def standin():
    with running_google() as google:
        yield google


@pytest.fixture
def google(standin, settings, monkeypatch):
    """Google, with keys set and its two addresses on this machine."""
    common = settings.SOCIALACCOUNT_PROVIDERS["google"]
    settings.SOCIALACCOUNT_PROVIDERS = {"google": common | {"APPS": [{"client_id": CLIENT, "secret": "s"}]}}
    monkeypatch.setattr(google_views.GoogleOAuth2Adapter, "access_token_url", standin.url + "/token")
    monkeypatch.setattr(google_views, "CERTS_URL", standin.url + "/certs")
    standin.asked.clear()
    return standin


def go(client, process="login"):
    """Press the button; what Google is asked."""
    response = client.post(f"{LOGIN}?process={process}")
    assert response.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(response.url).query).items()}


def come_back(client, process="login"):
    return client.get(CALLBACK, {"code": "c", "state": go(client, process)["state"]})


def is_in(client):
    return "_auth_user_id" in client.session


class TestWithoutKeys:
    def test_nothing_is_offered(self, client):
        for path in ("/accounts/login/", "/accounts/signup/"):
            assert BUTTON not in client.get(path).content.decode()
        assert App(client).call("get", "config").json()["data"]["socialaccount"]["providers"] == []
        client.force_login(StudentFactory())
        assert "Google" not in client.get("/accounts/security/").content.decode()

    @pytest.mark.parametrize("path", [LOGIN, CALLBACK, "/accounts/google/login/token/"])
    def test_its_addresses_are_not_there(self, client, path):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404

    def test_a_client_of_the_api_is_refused(self, client):
        token = {"client_id": CLIENT, "id_token": "x"}
        response = App(client).call(
            "post", "auth/provider/token", {"provider": "google", "process": "login", "token": token}
        )
        assert response.status_code == 400


class TestTheWayThere:
    def test_the_button_posts(self, client, google):
        page = client.get("/accounts/login/").content.decode()
        assert BUTTON in page
        assert 'action="/accounts/google/login/?process=login"' in page
        assert client.get(LOGIN).status_code == 200  # asks only

    def test_google_is_asked_with_a_state_and_a_challenge(self, client, google):
        response = client.post(LOGIN)
        address = urlsplit(response.url)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        assert (address.scheme, address.netloc, address.path) == ("https", "accounts.google.com", "/o/oauth2/v2/auth")
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        assert asked["redirect_uri"] == "http://testserver" + CALLBACK
        assert set(asked["scope"].split()) == {"profile", "email"}
        assert (len(asked["state"]) >= 16, len(asked["code_challenge"])) == (True, 43)

    def test_the_challenge_is_answered_when_the_code_is_redeemed(self, client, google):
        google.is_asked_for("aoife@example.com")
        asked = go(client)
        client.get(CALLBACK, {"code": "c", "state": asked["state"]})
        redeemed = google.asked[-1]
        assert (redeemed["code"], challenge_of(redeemed["code_verifier"])) == ("c", asked["code_challenge"])

    def test_an_address_that_somebody_only_claimed_is_free(self, client, google):
        client.post("/accounts/signup/", SIGN_UP | {"name": "Mallory", "password1": "harbour-violet-77"})
        client.cookies.clear()
        google.is_asked_for(SIGN_UP["email"])
        form = come_back(client).url
        answers = {name: SIGN_UP[name] for name in ("email", "name", "role", "time_zone")}
        assert client.post(form, answers).status_code == 302
        assert is_in(client)
        assert (User.objects.get().name, User.objects.get().has_usable_password()) == ("Aoife Byrne", False)

    @pytest.mark.parametrize("state", ["", "made-up", None])
    def test_an_answer_to_no_question_is_refused(self, client, google, state):
        google.is_asked_for("aoife@example.com")
        go(client)
        response = client.get(CALLBACK, {"code": "c"} | ({} if state is None else {"state": state}))
        assert "Google did not let us in" in response.content.decode()
        assert (google.asked, is_in(client)) == ([], False)

    def test_the_state_of_somebody_else_is_refused(self, client, google, django_user_model):
        google.is_asked_for("aoife@example.com")
        state = go(type(client)())["state"]
        assert "Google did not let us in" in client.get(CALLBACK, {"code": "c", "state": state}).content.decode()
        assert google.asked == []

    def test_whoever_stops_at_google_reads_so(self, client, google):
        state = go(client)["state"]
        page = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)
        assert "You have stopped at Google" in page.content.decode()

    @pytest.mark.parametrize("keys", [True, False])
    def test_the_content_policy_lets_the_form_go_there_only_with_keys(self, keys):
        pair = {"GOOGLE_CLIENT_ID": "i", "GOOGLE_CLIENT_SECRET": "s"} if keys else {}
        code = "from skileez.settings import *; print(CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
        said = subprocess.run(
            [sys.executable, "-c", code],
            env={"PATH": os.environ["PATH"], **ENVIRONMENT, **pair},
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert ("https://accounts.google.com" in said.stdout) is keys


class TestSignUp:
    def test_a_new_person_says_the_rest_and_is_in(self, client, google):
        google.is_asked_for("aoife@example.com")
        form = client.get(come_back(client).url)
        assert (form.context["form"]["name"].value(), form.context["form"]["email"].value()) == (
            "Aoife Byrne",
            "aoife@example.com",
        )
        assert not User.objects.exists()
        response = client.post("/accounts/3rdparty/signup/", REST | {"email": "aoife@example.com"})
        assert response.url == "/onboarding/"
        person = User.objects.get()
        assert (person.email, person.role, person.has_usable_password()) == ("aoife@example.com", "coach", False)
        assert EmailAddress.objects.get().verified
        assert is_in(client)

    def test_another_address_than_googles_has_to_be_confirmed(self, client, google):
        google.is_asked_for("aoife@example.com")
        come_back(client)
        response = client.post("/accounts/3rdparty/signup/", REST | {"email": "other@example.com"})
        assert response.url == "/accounts/confirm-email/"
        assert (is_in(client), latest_mail("other@example.com").kind) == (False, "email_confirmation_signup")
        assert [(row.email, row.verified) for row in EmailAddress.objects.all()] == [("other@example.com", False)]

    def test_an_address_that_google_has_not_verified_either(self, client, google):
        google.is_asked_for("aoife@example.com", verified=False)
        come_back(client)
        response = client.post("/accounts/3rdparty/signup/", REST | {"email": "aoife@example.com"})
        assert (response.url, is_in(client)) == ("/accounts/confirm-email/", False)

    def test_an_account_with_this_address_is_not_taken_over(self, client, google):
        known = StudentFactory(email="known@example.com")
        google.is_asked_for("known@example.com", name="Not Known")
        come_back(client)
        response = client.post("/accounts/3rdparty/signup/", REST | {"email": "known@example.com"})
        assert response.url == "/accounts/confirm-email/"
        assert (is_in(client), SocialAccount.objects.count(), User.objects.count()) == (False, 0, 1)
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to, mail.recipient) == ("account_already_exists", "known@example.com", known)


class TestConnected:
    @pytest.fixture
    def student(self, client, google):
        student = StudentFactory()
        sign_in(client, student)
        google.is_asked_for("private@example.net")
        return student

    def connect(self, client):
        """Press the button, come back from Google, say the password once more."""
        return confirm(client, come_back(client, "connect"))

    def test_an_account_is_connected_and_signs_in(self, client, google, student):
        self.connect(client)
        assert SocialAccount.objects.get().user == student
        assert latest_mail(student.email).kind == "account_connected"
        assert "Connected" in client.get("/accounts/security/").content.decode()
        client.post("/accounts/logout/")
        assert come_back(client).url == "/dashboard/"
        assert is_in(client)
        assert User.objects.get().email == student.email

    def test_the_second_factor_is_asked_for_all_the_same(self, client, google, student):
        self.connect(client)
        TOTP.activate(student, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        client.post("/accounts/logout/")
        assert come_back(client).url == "/accounts/2fa/authenticate/"
        assert not is_in(client)

    def test_it_is_disconnected(self, client, google, student):
        self.connect(client)
        client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
        assert not SocialAccount.objects.exists()
        assert latest_mail(student.email).kind == "account_disconnected"

    def test_the_only_way_in_stays(self, client, google, student):
        self.connect(client)
        student.set_unusable_password()
        student.save()
        client.force_login(student)
        page = client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk}, follow=True)
        assert "Set a password first" in page.content.decode()
        assert SocialAccount.objects.exists()

    def test_what_belongs_to_another_account_stays_there(self, client, google, student):
        other = StudentFactory()
        self.connect(client)
        client.post("/accounts/logout/")
        sign_in(client, other)
        self.connect(client)
        assert SocialAccount.objects.get().user == student


class TestApi:
    def give(self, app, google, **token):
        token = {"client_id": CLIENT, "id_token": google.token()} | token
        return app.call("post", "auth/provider/token", {"provider": "google", "process": "login", "token": token})

    def test_a_new_person_signs_up_with_a_token_of_google(self, client, google):
        google.is_asked_for("aoife@example.com")
        app = App(client)
        pending = self.give(app, google)
        assert pending.status_code == 401
        assert {"id": "provider_signup", "is_pending": True}.items() <= next(
            flow for flow in pending.json()["data"]["flows"] if flow["id"] == "provider_signup"
        ).items()
        done = app.call("post", "auth/provider/signup", REST | {"email": "aoife@example.com"})
        assert done.status_code == 200
        assert app.me().json()["role"] == "coach"
        again = App(client)
        assert self.give(again, google).status_code == 200
        assert again.me().json()["email"] == "aoife@example.com"

    def test_a_token_that_google_has_not_signed_is_refused(self, client, google):
        google.is_asked_for("aoife@example.com")
        forged = google.token(rsa.generate_private_key(public_exponent=65537, key_size=2048))
        assert self.give(App(client), google, id_token=forged).status_code == 400

    def test_an_account_with_this_address_is_not_taken_over(self, client, google):
        StudentFactory(email="known@example.com")
        google.is_asked_for("known@example.com")
        app = App(client)
        self.give(app, google)
        assert app.call("post", "auth/provider/signup", REST | {"email": "known@example.com"}).status_code == 401
        assert (app.access, SocialAccount.objects.count()) == ("", 0)
