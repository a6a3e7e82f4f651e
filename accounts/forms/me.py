from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import with_blank
from accounts.models import Role, User
from accounts.operations import become
from accounts.places import zones


class SignupExtra(forms.Form):
    """What sign-up asks besides e-mail and password."""

    name = forms.CharField(label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    role = forms.ChoiceField(
        label=_("I want to"),
        choices=[(Role.STUDENT, _("learn")), (Role.COACH, _("teach"))],
        initial=Role.STUDENT,
        widget=forms.RadioSelect,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=with_blank(zones))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["time_zone"].widget.attrs["data-zone-guess"] = True

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the account exists."""
        user.name, user.time_zone = self.cleaned_data["name"], self.cleaned_data["time_zone"]
        user.save(update_fields=["name", "time_zone"])
        fresh = become(user, role=self.cleaned_data["role"])
        user.role, user.is_student, user.is_coach = fresh.role, fresh.is_student, fresh.is_coach


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["name", "time_zone", "language"]

    def save(self) -> User:  # type: ignore[override]
        self.instance.save(update_fields=self.Meta.fields)
        return self.instance
