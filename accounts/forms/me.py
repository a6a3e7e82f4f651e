from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import with_blank
from accounts.models import Role, User, validate_name
from accounts.operations import become, describe_person, is_confirmed
from accounts.places import zones


class SignupExtra(forms.Form):
    """What sign-up asks besides e-mail and password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
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

    def clean(self) -> dict[str, Any]:
        """An address that others only claimed is free: who signs up last is sent the code."""
        data = super().clean() or self.cleaned_data
        if getattr(self, "account_already_exists", False):
            self.account_already_exists = is_confirmed(data["email"])
        return data

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the account exists."""
        user.name, user.time_zone = self.cleaned_data["name"], self.cleaned_data["time_zone"]
        user.save(update_fields=["name", "time_zone"])
        fresh = become(user, role=self.cleaned_data["role"])
        user.role, user.is_student, user.is_coach = fresh.role, fresh.is_student, fresh.is_coach


class ZoneForm(forms.ModelForm):
    """The one thing that every time on every page depends on."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)

    class Meta:
        model = User
        fields = ["time_zone"]

    def save(self) -> User:  # type: ignore[override]
        return describe_person(self.instance, by=self.instance, **self.cleaned_data)


class ProfileForm(ZoneForm):
    language = forms.ChoiceField(label=_("Language of the site"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["name", "time_zone", "language"]


class PhotoForm(forms.Form):
    """A file to be looked at by `portrait_of`, which alone says whether it is a picture."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. We keep the middle of it as a square, and nothing else."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        allow_empty_file=True,
    )
