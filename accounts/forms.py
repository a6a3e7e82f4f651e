from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, StudentProfile, User


class SignupExtra(forms.Form):
    """What sign-up asks besides e-mail and password."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    role = forms.ChoiceField(
        label=_("I want to"), choices=[(Role.STUDENT, _("learn")), (Role.COACH, _("teach"))], widget=forms.RadioSelect
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in settings.TIME_ZONES],
        initial="Europe/London",
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.role = self.cleaned_data["role"]
        user.time_zone = self.cleaned_data["time_zone"]
        user.is_student = user.role == Role.STUDENT
        user.is_coach = user.role == Role.COACH
        user.save()
        if user.is_student:
            StudentProfile.objects.get_or_create(user=user)
