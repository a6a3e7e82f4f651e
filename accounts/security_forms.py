"""allauth's forms in our words."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as socialaccount
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.operations import make_way

EMAIL = _("E-mail")
STRONG = _("At least 8 characters, not only digits, and nothing easy to guess such as your name.")
NEW, AGAIN = _("New password"), _("New password again")


class InOurWords(forms.Form):
    """Says what a field is above it, and not a second time inside."""

    labels: dict[str, str | Promise] = {}
    helps: dict[str, str | Promise] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label
        for name, words in self.helps.items():
            self.fields[name].help_text = words
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(InOurWords, account.LoginForm):
    labels = {"login": EMAIL}
    helps = {"password": ""}  # the page has its own way to a new one


class SignupForm(InOurWords, account.SignupForm):
    labels = {"email": EMAIL}
    helps = {"password1": STRONG}


class GoogleSignupForm(InOurWords, socialaccount.SignupForm):
    labels = {"email": EMAIL}


class AddressCodeForm(InOurWords, account.ConfirmEmailVerificationCodeForm):
    def clean_code(self) -> str:
        """The right code shows whose the address is, so nobody who only claimed it stands in the way."""
        if self.user is None:
            raise get_adapter().validation_error("incorrect_code")
        if compare_user_code(actual=self.cleaned_data["code"], expected=self.expected_code):
            make_way(self.email, to=self.user)
        return str(super().clean_code())


class NewAddressForm(InOurWords, account.AddEmailForm):
    labels = {"email": _("New address")}


class ConfirmPasswordForm(InOurWords, account.ReauthenticateForm):
    labels = {"password": _("Your password")}
    helps = {"password": ""}


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    labels = {"oldpassword": _("Current password"), "password1": NEW, "password2": AGAIN}
    helps = {"oldpassword": "", "password1": STRONG}


class SetPasswordForm(InOurWords, account.SetPasswordForm):
    labels = {"password1": NEW, "password2": AGAIN}
    helps = {"password1": STRONG}


class LostPasswordForm(InOurWords, account.ResetPasswordForm):
    labels = {"email": EMAIL}


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    labels = {"password1": NEW, "password2": AGAIN}
    helps = {"password1": STRONG}


class AppForm(InOurWords, totp.ActivateTOTPForm):
    labels = {"code": _("Code of the app")}


class CodeForm(InOurWords, mfa.AuthenticateForm):
    pass


class ConfirmCodeForm(InOurWords, mfa.ReauthenticateForm):
    pass


class PasskeyForm(InOurWords, webauthn.AddWebAuthnForm):
    """A passkey that signs in alone, unless the person wants it as a second factor only."""

    labels = {"name": _("Name"), "passwordless": _("Sign in with it alone, without the password")}
    helps = {"passwordless": _("The device asks for your finger, your face or a PIN instead.")}
    name = forms.CharField(required=False, max_length=100)
    passwordless = forms.BooleanField(required=False, initial=True)


class PasskeyNameForm(InOurWords, webauthn.EditWebAuthnForm):
    labels = {"name": _("Name")}
    name = forms.CharField(max_length=100)
