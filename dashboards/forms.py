from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SupportForm(forms.Form):
    """What somebody wants to say to staff; whoever is signed in need not say who they are."""

    email = forms.EmailField(label=_("Your e-mail address"))
    about = forms.CharField(
        label=_("What is it about?"),
        max_length=80,
        help_text=_("A contract number helps, such as SKZ-2026-000042."),
    )
    message = forms.CharField(label=_("Your message"), min_length=10, max_length=5000, widget=forms.Textarea)

    def __init__(self, *args: Any, person: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person:
            del self.fields["email"]


class EraseForm(forms.Form):
    """Typed by hand, so that nobody leaves by a slip."""

    email = forms.EmailField(label=_("Type your e-mail address to confirm"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email.lower() != self.person.email.lower():
            raise forms.ValidationError(_("This is not the address of your account."), code="another_address")
        return email
