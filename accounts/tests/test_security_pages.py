"""What all pages about sign-in have in common: our words, our look, and no page that does something by being read."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, StudentFactory
from accounts.tests.signing_in import SIGN_UP, confirm, latest_mail, sign_in
from core.models import OutgoingMail

pytestmark = pytest.mark.django_db
OUTSIDE = [
    "account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_inactive",
    "account_reset_password_from_key_done", "socialaccount_login_cancelled",
]  # fmt: skip
INSIDE = [
    "security", "account_email", "account_change_password", "account_logout", "mfa_index", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "usersessions_list", "socialaccount_connections", "account_reauthenticate", "mfa_reauthenticate",
]  # fmt: skip
# Words of allauth's own pages and mails, which speak in another voice.
FOREIGN = ["Please ", "logged in", "log in", "Log in", "login via", "third-party", "Third-Party", "reauthenticate to",
           "Two-Factor", "Security Key", "Are you sure", "Hello from", "Thank you for using", "successfully"]  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def student(client):
    """Somebody with everything on, who has just said who they are."""
    student = StudentFactory()
    sign_in(client, student)
    confirm(client, client.get("/accounts/2fa/totp/activate/"))
    TOTP.activate(student, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(student)
    return student


def words_of(response):
    """The page without its form for errors, which is Django's."""
    return response.content.decode().replace("Please look at this again:", "")


def assert_ours(response, status=200):
    assert response.status_code == status
    page = words_of(response)
    assert [words for words in FOREIGN if words in page] == []
    assert " style=" not in page
    assert "<c-" not in page
    assert 'class="site-header"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_page_before_sign_in_is_ours(client, name):
    assert_ours(client.get(reverse(name)))


@pytest.mark.parametrize("name", INSIDE)
def test_a_page_after_sign_in_is_ours(client, student, name):
    assert_ours(client.get(reverse(name)))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/accounts/password/reset/key/1-abc-def/", 200),
        ("/accounts/confirm-email/abc/", 404),
        ("/accounts/3rdparty/login/error/", 401),
    ],
)
def test_so_is_one_that_says_no(client, address, status):
    assert_ours(client.get(address), status)


@pytest.mark.parametrize("name", INSIDE)
def test_strangers_are_sent_to_sign_in(client, name):
    response = client.get(reverse(name))
    if name != "account_logout":
        assert response.url.startswith("/accounts/login/?next=")
    assert response.status_code == 302


def test_no_page_changes_anything_by_being_read(client, student):
    def state():
        models = (User, EmailAddress, Authenticator, UserSession, OutgoingMail)
        return [sorted(model.objects.values_list("pk", flat=True)) for model in models]

    client.get(reverse("usersessions_list"))
    before = state()
    for name in INSIDE:
        client.get(reverse(name), {"action_remove": "", "email": student.email, "session": "all"})
    assert state() == before
    assert client.get("/profile/").status_code == 200


def test_the_overview_says_what_is_on(client, student):
    page = client.get("/accounts/security/").content.decode()
    for words in (student.email, "Confirmed", "Set", "On", "10 left", "1 device"):
        assert words in page
    bare = StudentFactory()
    EmailAddress.objects.filter(user=bare).update(verified=False)
    bare.set_unusable_password()
    bare.save()
    client.force_login(bare)
    page = client.get("/accounts/security/").content.decode()
    for words in ("Not confirmed", "Set password", "Off", "Set up a second factor", "Add a passkey"):
        assert words in page


def test_it_is_linked_from_the_profile_and_the_menu(client, student):
    assert client.get("/profile/").content.decode().count('href="/accounts/security/"') == 2


def test_no_mail_speaks_in_another_voice(client, student):
    client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")
    new = "harbour-violet-77"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    client.post("/accounts/logout/")
    for email in (SIGN_UP["email"], student.email):
        client.post("/accounts/signup/", SIGN_UP | {"email": email})
        client.cookies.clear()
    for email in (student.email, "nobody@example.com"):
        client.post("/accounts/password/reset/", {"email": email})
    mails = OutgoingMail.objects.all()
    assert {mail.kind for mail in mails} == {
        "totp_deactivated", "password_changed", "email_confirmation_signup", "account_already_exists",
        "password_reset_key", "unknown_account",
    }  # fmt: skip
    for mail in mails:
        text = mail.subject + mail.text
        assert [words for words in FOREIGN if words in text] == []
        assert "None" not in text
        assert 0 < len(mail.subject) < 60


def test_the_name_that_a_stranger_gave_is_not_in_the_mail_to_an_unconfirmed_address(client):
    client.post("/accounts/signup/", SIGN_UP | {"name": "Buy at evil.example"})
    mail = latest_mail(SIGN_UP["email"])
    assert "evil.example" not in mail.subject + mail.text + mail.html
