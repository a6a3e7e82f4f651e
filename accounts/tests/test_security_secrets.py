"""Secrets of second factors: encrypted in the database, readable by each key, renewed when the key changes."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from accounts.operations import renew_secrets
from accounts.secrets import decrypt, encrypt
from accounts.tests.factories import StudentFactory
from accounts.tests.signing_in import app_code, confirm, sign_in

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SEED = "0a1b" * 20
STEP = "/accounts/2fa/authenticate/"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def student():
    return StudentFactory()


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, data FROM mfa_authenticator")
        return {kind: json.loads(data) if isinstance(data, str) else data for kind, data in cursor.fetchall()}


def comes_in(client, person, code):
    client.cookies.clear()
    assert sign_in(client, person).url == STEP
    client.post(STEP, {"code": code})
    return "_auth_user_id" in client.session


def test_what_lies_in_the_database_makes_no_code(client, student):
    sign_in(client, student)
    form = client.get(confirm(client, client.get("/accounts/2fa/totp/activate/")).url)
    secret = form.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": app_code(secret)})
    rows = stored()
    assert secret not in str(rows)
    assert [rows["totp"]["secret"][:5], rows["recovery_codes"]["seed"][:5]] == ["gAAAA", "gAAAA"]
    assert decrypt(rows["totp"]["secret"]) == secret
    cache.clear()
    assert comes_in(client, student, app_code(secret))


def test_the_same_secret_is_never_stored_alike():
    assert encrypt(SECRET) != encrypt(SECRET)


def test_what_was_stored_before_there_were_keys_still_opens(client, student):
    Authenticator.objects.create(user=student, type="totp", data={"secret": SECRET})
    codes = Authenticator.objects.create(user=student, type="recovery_codes", data={"seed": SEED, "used_mask": 0})
    assert comes_in(client, student, app_code(SECRET))
    assert comes_in(client, student, codes.wrap().generate_codes()[0])


def test_a_second_key_takes_over_and_the_first_may_go(client, student, settings, capsys):
    settings.MFA_KEYS = [OLD]
    TOTP.activate(student, SECRET)
    RecoveryCodes.activate(student)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    settings.MFA_KEYS = [NEW, OLD]
    assert comes_in(client, student, codes[0])
    call_command("renew_mfa_secrets")
    assert capsys.readouterr().out == "2 second factors were encrypted anew.\n"
    assert renew_secrets() == 0
    settings.MFA_KEYS = [NEW]
    assert comes_in(client, student, app_code(SECRET))
    assert comes_in(client, student, codes[1])
    assert not comes_in(client, student, codes[0])


def test_plain_secrets_are_encrypted_when_all_are_renewed(client, student):
    Authenticator.objects.create(user=student, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(user=student, type="webauthn", data={"name": "Key"})
    assert renew_secrets() == 1
    assert SECRET not in str(stored())
    assert stored()["webauthn"] == {"name": "Key"}
    assert comes_in(client, student, app_code(SECRET))
