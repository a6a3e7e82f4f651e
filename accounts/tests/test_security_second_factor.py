"""An authenticator app and its recovery codes: set up, used, renewed, removed; each change asks who one is."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, validate_totp_code
from django.core.cache import cache

from accounts.tests.factories import PASSWORD, StudentFactory, UserFactory
from accounts.tests.signing_in import App, app_code, confirm, latest_mail, sign_in
from core.models import OutgoingMail

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    """Does at the end of the block what waits for the transaction."""
    return django_capture_on_commit_callbacks


def protect(person):
    """Give an authenticator app and recovery codes; returns the codes."""
    TOTP.activate(person, SECRET)
    return RecoveryCodes.activate(person).get_unused_codes()


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def student(client):
    student = StudentFactory()
    sign_in(client, student)
    return student


class TestPages:
    def test_an_app_is_set_up_with_its_codes_and_asked_for_at_the_next_sign_in(self, client, student, after_commit):
        form = client.get(confirm(client, client.get("/accounts/2fa/totp/activate/")).url)
        assert b'src="data:image/svg+xml;base64,' in form.content
        secret = form.context["form"].secret
        assert secret in form.content.decode()
        wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
        assert wrong.context["form"].errors == {"code": ["This code is not right."]}
        with after_commit(execute=True):
            shown = client.post("/accounts/2fa/totp/activate/", {"code": app_code(secret)}, follow=True)
        assert shown.redirect_chain == [("/accounts/2fa/recovery-codes/", 302)]
        codes = Authenticator.objects.get(user=student, type="recovery_codes").wrap().get_unused_codes()
        assert len(codes) == 10
        assert all(code in shown.content.decode() for code in codes)
        mail = latest_mail(student.email)
        assert (mail.kind, mail.recipient, mail.subject) == ("totp_activated", student, "The authenticator app is on")

        client.post("/accounts/logout/")
        assert sign_in(client, student).url == STEP
        assert not is_in(client)
        cache.clear()  # the code has set up the app, and a code works once
        assert client.post(STEP, {"code": app_code(secret)}).url == "/dashboard/"
        assert is_in(client)

    def test_the_code_that_set_up_the_app_opens_nothing(self, client, student, after_commit):
        form = client.get(confirm(client, client.get("/accounts/2fa/totp/activate/")).url)
        code = app_code(form.context["form"].secret)
        with after_commit(execute=True):
            assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
        client.post("/accounts/logout/")
        sign_in(client, student)
        assert client.post(STEP, {"code": f" {code}"}).context["form"].errors == {"code": ["This code is not right."]}
        assert not is_in(client)

    def test_a_code_of_the_app_works_once(self, client, student):
        protect(student)
        client.post("/accounts/logout/")
        sign_in(client, student)
        code = app_code(SECRET)
        assert client.post(STEP, {"code": code}).status_code == 302
        client.post("/accounts/logout/")
        sign_in(client, student)
        assert client.post(STEP, {"code": code}).status_code == 200
        assert not is_in(client)

    def test_a_code_is_spent_for_as_long_as_it_is_taken(self, client, student, settings):
        """One of a clock that is ahead is taken through three periods; here they are two seconds long."""
        settings.MFA_TOTP_PERIOD = 2
        protect(student)
        client.post("/accounts/logout/")
        sign_in(client, student)
        code = format_hotp_value(hotp_value(SECRET, int(time.time()) // 2 + 1))
        assert client.post(STEP, {"code": code}).status_code == 302
        client.post("/accounts/logout/")
        sign_in(client, student)
        time.sleep(2.1)
        assert validate_totp_code(SECRET, code)
        assert client.post(STEP, {"code": code}).status_code == 200
        assert not is_in(client)

    def test_a_recovery_code_works_once(self, client, student):
        code = protect(student)[0]
        client.post("/accounts/logout/")
        sign_in(client, student)
        assert client.post(STEP, {"code": code}).url == "/dashboard/"
        client.post("/accounts/logout/")
        sign_in(client, student)
        assert client.post(STEP, {"code": code}).status_code == 200
        assert not is_in(client)

    def test_new_codes_end_the_old_ones(self, client, student, after_commit):
        old = protect(student)
        url = "/accounts/2fa/recovery-codes/generate/"
        confirm(client, client.get(url))
        with after_commit(execute=True):
            assert client.post(url).url == "/accounts/2fa/recovery-codes/"
        new = Authenticator.objects.get(user=student, type="recovery_codes").wrap().get_unused_codes()
        assert (len(new), set(new) & set(old)) == (10, set())
        assert latest_mail(student.email).kind == "recovery_codes_generated"
        download = client.get("/accounts/2fa/recovery-codes/download/")
        assert download.content.decode().split() == new
        assert download.headers["Content-Disposition"].startswith("attachment")

    def test_looking_at_the_codes_writes_nothing(self, client, student, after_commit):
        url = "/accounts/2fa/recovery-codes/"
        protect(student)
        confirm(client, client.get(url + "generate/"))
        with after_commit(execute=True):
            client.post(url + "generate/")
        made = Authenticator.objects.get(user=student, type="recovery_codes").data
        assert client.get(url).status_code == 200
        assert client.get(url + "download/").status_code == 200
        assert Authenticator.objects.get(user=student, type="recovery_codes").data == made

    def test_without_the_app_the_password_is_enough_again(self, client, student):
        protect(student)
        url = "/accounts/2fa/totp/deactivate/"
        confirm(client, client.get(url))
        assert client.post(url).url == "/accounts/2fa/"
        assert not Authenticator.objects.filter(user=student).exists()
        assert latest_mail(student.email).kind == "totp_deactivated"
        client.post("/accounts/logout/")
        assert sign_in(client, student).url == "/dashboard/"

    @pytest.mark.parametrize(
        "path",
        [
            "totp/activate/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/",
            "recovery-codes/download/", "webauthn/add/",
        ],
    )  # fmt: skip
    def test_every_change_asks_who_one_is_first(self, client, student, path):
        if path != "totp/activate/":
            protect(student)
        only_read = path in {"recovery-codes/", "recovery-codes/download/"}
        for send in (client.get,) if only_read else (client.get, client.post):
            response = send("/accounts/2fa/" + path)
            assert response.status_code == 302
            assert response.url.split("?")[0] in {"/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/"}
        assert not Authenticator.objects.filter(user=student, type="webauthn").exists()

    def test_a_code_says_who_one_is_as_well(self, client, student):
        protect(student)
        response = client.post(
            "/accounts/2fa/reauthenticate/?next=/accounts/2fa/totp/deactivate/", {"code": app_code(SECRET)}
        )
        assert response.url == "/accounts/2fa/totp/deactivate/"
        assert client.get(response.url).status_code == 200

    def test_no_second_factor_before_the_address_is_confirmed(self, client):
        student = StudentFactory()
        client.force_login(student)
        student.emailaddress_set.update(verified=False)
        page = client.get("/accounts/2fa/totp/activate/", follow=True)
        assert "Confirm your e-mail address first." in page.content.decode()

    def test_a_lost_password_does_not_take_the_second_factor_away(self, client, student):
        protect(student)
        client.post("/accounts/logout/")
        client.post("/accounts/password/reset/", {"email": student.email})
        path = latest_mail(student.email).text.split("/accounts/password/reset/key/")[1].split()[0]
        form = client.get("/accounts/password/reset/key/" + path).url
        client.post(form, {"password1": "harbour-violet-77", "password2": "harbour-violet-77"})
        assert sign_in(client, student, "harbour-violet-77").url == STEP
        assert not is_in(client)


class TestApi:
    def test_an_app_is_set_up_used_and_removed(self, client, after_commit):
        student, app = StudentFactory(), App(client)
        app.sign_in(student.email)
        begun = app.call("get", "account/authenticators/totp")
        assert begun.status_code == 404
        secret = begun.json()["meta"]["secret"]
        assert app.call("post", "account/authenticators/totp", {"code": app_code(secret)}).status_code == 401
        app.call("post", "auth/reauthenticate", {"password": PASSWORD})
        assert app.call("post", "account/authenticators/totp", {"code": "000000"}).status_code == 400
        with after_commit(execute=True):
            assert app.call("post", "account/authenticators/totp", {"code": app_code(secret)}).status_code == 200
        assert app.call("post", "auth/2fa/reauthenticate", {"code": app_code(secret)}).status_code == 400
        codes = app.call("get", "account/authenticators/recovery-codes").json()["data"]["unused_codes"]
        assert len(codes) == 10

        other = App(client)
        pending = other.sign_in(student.email)
        assert (pending.status_code, other.access) == (401, "")
        step = next(flow for flow in pending.json()["data"]["flows"] if flow.get("is_pending"))
        assert (step["id"], set(step["types"])) == ("mfa_authenticate", {"totp", "recovery_codes"})
        assert other.call("post", "auth/2fa/authenticate", {"code": codes[0]}).status_code == 200
        assert other.me().json()["email"] == student.email

        other.call("post", "auth/2fa/reauthenticate", {"code": codes[1]})
        with after_commit(execute=True):
            fresh = other.call("post", "account/authenticators/recovery-codes", {})
        assert not set(fresh.json()["data"]["unused_codes"]) & set(codes)
        assert other.call("delete", "account/authenticators/totp").status_code == 200
        assert not Authenticator.objects.exists()
        kinds = list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds == ["totp_activated", "recovery_codes_generated", "totp_deactivated"]

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("post", "recovery-codes"),
            ("get", "recovery-codes"),
            ("delete", "totp"),
            ("get", "webauthn"),
        ],
    )
    def test_every_change_asks_who_one_is_first(self, client, method, path):
        student, app = StudentFactory(), App(client)
        app.sign_in(student.email)
        protect(student)
        response = app.call(method, "account/authenticators/" + path, {} if method == "post" else None)
        assert (response.status_code, Authenticator.objects.count()) == (401, 2)


class TestAdminDoor:
    @pytest.fixture
    def staff(self):
        staff = UserFactory(is_staff=True, is_superuser=True)
        protect(staff)
        return staff

    def test_staff_come_in_with_both(self, client, staff):
        door = client.get("/admin/", follow=True).redirect_chain[-1][0]
        assert door.startswith("/accounts/login/?next=")
        client.post(door, {"login": staff.email, "password": PASSWORD})
        assert client.get("/admin/").status_code == 302
        answer = client.post(STEP, {"code": app_code(SECRET)})
        assert answer.url == "/admin/"
        assert client.get("/admin/").status_code == 200

    def test_the_admin_has_no_door_of_its_own(self, client, staff):
        client.post("/admin/login/", {"username": staff.email, "password": PASSWORD})
        assert not is_in(client)
        assert client.get("/admin/").status_code == 302

    def test_others_stay_outside(self, client, student):
        assert client.get("/admin/login/").status_code == 403

    def test_staff_find_sessions_and_factors_but_read_no_secret(self, client, staff):
        sign_in(client, staff)
        client.post(STEP, {"code": app_code(SECRET)})
        for path in ("usersessions/usersession", "mfa/authenticator", "account/emailaddress"):
            page = client.get(f"/admin/{path}/", {"q": staff.email[:6]})
            assert (page.status_code, staff.email in page.content.decode()) == (200, True)
        row = Authenticator.objects.get(user=staff, type="totp")
        assert SECRET not in client.get(f"/admin/mfa/authenticator/{row.pk}/change/").content.decode()
