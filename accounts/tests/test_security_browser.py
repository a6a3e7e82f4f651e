"""Passkeys, with the virtual authenticator of Chromium, and all pages about sign-in as a person clicks through them."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from accounts.tests.factories import PASSWORD, StudentFactory
from accounts.tests.signing_in import app_code, latest_code, latest_mail
from tests.journey import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# What a client on a phone does with the same passkey, by the API alone.
BY_API = """async () => {
  const door = "/_allauth/app/v1/auth/webauthn/login";
  const begun = await (await fetch(door)).json();
  const asked = PublicKeyCredential.parseRequestOptionsFromJSON(begun.data.request_options.publicKey);
  const credential = await navigator.credentials.get({ publicKey: asked });
  const headers = { "Content-Type": "application/json", "X-Session-Token": begun.meta.session_token };
  const body = JSON.stringify({ credential: credential.toJSON() });
  const answer = await fetch(door, { method: "POST", headers, body });
  return [answer.status, await answer.json()];
}"""


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


seen: set[str] = set()  # kinds of pages that were held against the rules: once in this module is enough


class Owner(Person):
    """Somebody whose device has a place for passkeys."""

    def __init__(self, page: Any) -> None:
        super().__init__(page, checks_pages=True)
        self.seen = seen
        self.device = page.context.new_cdp_session(page)
        self.device.send("WebAuthn.enable")
        self.key = self.device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def look(self) -> None:
        if "/accounts/" in self.page.url:
            super().look()
        self.page.wait_for_load_state()

    def say_who(self) -> None:
        """The password once more, where it is asked for."""
        self.page.wait_for_url("**/accounts/reauthenticate/**")
        self.look()
        self.fill(password=PASSWORD)
        self.press("Go on")

    def wait(self, address: str) -> None:
        self.page.wait_for_url(f"**{address}")
        self.look()

    def sign_out(self) -> None:
        self.open("/accounts/logout/")
        self.press("Sign out")


@pytest.fixture
def owner(page):
    person = Owner(page)
    yield person
    assert person.barriers == [], "\n".join(person.barriers)


def test_a_passkey_is_added_used_renamed_and_removed(owner):
    student = StudentFactory()
    owner.sign_in(student.email, PASSWORD)
    owner.open("/profile/")
    owner.follow("See what is on")
    owner.follow("Add a passkey")
    owner.follow("Add a passkey")
    owner.say_who()
    owner.fill(name="My laptop")
    owner.page.get_by_role("button", name="Add", exact=True).click()
    owner.wait("/accounts/2fa/recovery-codes/")
    mail = latest_mail(student.email)
    assert (mail.kind, mail.subject, mail.recipient) == ("webauthn_added", "A passkey is added", student)

    owner.sign_out()
    owner.open("/accounts/login/")
    owner.page.get_by_role("button", name="Sign in with a passkey").click()
    owner.wait("/dashboard/")
    status, answer = owner.page.evaluate(BY_API)
    assert (status, answer["data"]["user"]["email"]) == (200, student.email)
    assert answer["meta"]["access_token"]

    # As a second factor after the password it serves as well.
    owner.sign_out()
    owner.open("/accounts/login/")
    owner.fill(login=student.email, password=PASSWORD)
    owner.press("Sign in")
    owner.sees("Second step")
    owner.page.get_by_role("button", name="Use a passkey").click()
    owner.wait("/dashboard/")

    owner.open("/accounts/2fa/webauthn/")
    owner.sees("My laptop", "Signs in alone", "last used")
    owner.follow("Rename")
    owner.say_who()
    owner.fill(name="Grey laptop")
    owner.press("Save")
    owner.sees("Grey laptop")

    # Refused by the device, it says so, and another way is open.
    owner.device.send("WebAuthn.setUserVerified", {"authenticatorId": owner.key, "isUserVerified": False})
    owner.sign_out()
    owner.open("/accounts/login/")
    owner.page.get_by_role("button", name="Sign in with a passkey").click()
    owner.page.get_by_text("The passkey could not be used.").wait_for()
    owner.device.send("WebAuthn.setUserVerified", {"authenticatorId": owner.key, "isUserVerified": True})
    owner.page.get_by_role("button", name="Sign in with a passkey").click()
    owner.wait("/dashboard/")

    owner.open("/accounts/2fa/webauthn/")
    owner.follow("Remove")
    owner.page.wait_for_url("**/accounts/reauthenticate/**")
    owner.follow("Use a passkey")
    owner.page.get_by_role("button", name="Use a passkey").click()
    owner.page.wait_for_url("**/remove/**")
    owner.look()
    owner.press("Remove")
    owner.sees("You have none yet.")
    assert latest_mail(student.email).kind == "webauthn_removed"
    assert not Authenticator.objects.exists()
    owner.sign_out()
    owner.open("/accounts/login/")
    owner.page.get_by_role("button", name="Sign in with a passkey").click()
    owner.page.wait_for_load_state()
    assert not owner.page.url.endswith("/dashboard/")


def test_every_page_about_sign_in_is_ours_and_open_to_all(owner):
    student = StudentFactory()
    owner.sign_in(student.email, PASSWORD)
    owner.open("/accounts/2fa/")
    owner.follow("Set up")
    owner.say_who()
    assert owner.page.locator("img.qr").evaluate("(picture) => picture.naturalWidth") > 0
    owner.fill(code="000000")
    owner.press("Turn on")
    owner.sees("This code is not right.")
    owner.fill(code=app_code(owner.page.locator("main code").inner_text()))
    owner.press("Turn on")
    owner.sees("Recovery codes", "The authenticator app is on.")
    for address in (
        "/accounts/security/", "/accounts/password/change/", "/accounts/sessions/", "/accounts/2fa/",
        "/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/webauthn/",
        "/accounts/logout/",
    ):  # fmt: skip
        owner.open(address)
    owner.open("/accounts/email/")
    owner.fill(email="new@example.com")
    owner.press("Change address")
    owner.sees("Confirm your e-mail address")
    owner.open("/accounts/email/")
    owner.sees("new@example.com waits for its code")
    owner.follow("Enter the code")
    owner.fill(code=latest_code("new@example.com"))
    owner.press("Confirm")
    owner.sees("You sign in with new@example.com", "new@example.com is confirmed.")
    owner.open("/accounts/sessions/")
    owner.press("Sign out everywhere")
    owner.sees("You are signed out everywhere.")

    owner.open("/accounts/signup/")
    owner.open("/accounts/password/reset/")
    owner.fill(email="new@example.com")
    owner.press("Send the link")
    owner.sees("a link to a new password is on its way")
    link = latest_mail("new@example.com").text.split("/accounts/password/reset/key/")[1].split()[0]
    owner.open("/accounts/password/reset/key/" + link)
    owner.fill(password1="harbour-violet-77", password2="harbour-violet-77")
    owner.press("Set password")
    owner.sees("Your password is changed")
    owner.open("/accounts/password/reset/key/" + link)
    owner.sees("This link is not valid any more")
    owner.open("/accounts/login/")
    for _time in range(6):
        owner.page.goto("/accounts/login/")
        owner.fill(login="nobody@example.com", password="wrong")
        owner.press("Sign in")
    owner.sees("Too many attempts")
