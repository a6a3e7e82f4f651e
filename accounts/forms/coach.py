"""The steps of the coach wizard that ask for words and figures; what is wrong is said by `accounts.faults`."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import faults
from accounts.documents import tidy, wanted_document
from accounts.forms.choices import with_blank
from accounts.forms.languages import LanguagesField
from accounts.forms.seen import SeenSections
from accounts.forms.skills import SkillsField
from accounts.models import CoachProfile
from accounts.places import countries
from accounts.policy import MAX_BIO, MAX_GOAL, MAX_HEADLINE
from core.forms import AmountField, cents_of
from core.money import to_decimal


class StepForm(forms.Form):
    """What one step asks; `written` is what the operation takes."""

    seen: str | None = None

    def __init__(self, data: Any = None, *, profile: CoachProfile, now: datetime) -> None:
        self.profile, self.now = profile, now
        super().__init__(data, initial=self.stored(profile))
        self.use_required_attribute = False

    def stored(self, profile: CoachProfile) -> dict[str, Any]:
        return {name: value for name, value in wanted_document(profile).items() if name in self.base_fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        written = {} if self.errors else tidy(self.written())
        for fault in faults.of_change(self.profile, written, now=self.now):
            self.add_error(fault.section if fault.section in self.fields else None, fault.sentence)
        return data

    def written(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class DocumentForm(SeenSections, StepForm):
    """Sections that wait for approval, each in a field of its own."""

    def say(self, sentence: str) -> None:
        self.add_error(None, sentence)


class GoalForm(DocumentForm):
    sections = ("goal",)
    goal = forms.CharField(
        label=_("Goal"), required=False, widget=forms.Textarea({"rows": 4, "maxlength": str(MAX_GOAL)})
    )


class SkillsForm(DocumentForm):
    sections = ("skills",)
    skills = SkillsField()

    def written(self) -> dict[str, Any]:
        return {"skills": [skill.slug for skill in self.cleaned_data["skills"]]}


class LanguagesForm(DocumentForm):
    sections = ("languages",)
    languages = LanguagesField(label=_("Languages you teach in"))


class HeadlineForm(DocumentForm):
    sections = ("headline", "bio")
    headline = forms.CharField(
        label=_("Headline"),
        help_text=_("What you teach, in one line."),
        widget=forms.TextInput({"maxlength": str(MAX_HEADLINE)}),
    )
    bio = forms.CharField(
        label=_("About you"),
        help_text=_("How you teach, for whom, and what a session with you is like."),
        widget=forms.Textarea({"rows": 8, "maxlength": str(MAX_BIO)}),
    )


class RatesForm(StepForm):
    """Country and figures; public at once."""

    country = forms.ChoiceField(label=_("Country"), choices=with_blank(countries))
    currency = forms.ChoiceField(
        label=_("Currency"), choices=lambda: [(code, code.upper()) for code in settings.CURRENCIES]
    )
    hourly_rate = AmountField(label=_("Hourly rate"))
    trial_rate = AmountField(
        label=_("Rate of a trial session"),
        required=False,
        help_text=_("One trial with each student. Leave it empty if you offer none."),
    )
    meeting_url = forms.CharField(
        label=_("Meeting link"),
        required=False,
        help_text=_("Your own room at a meeting service. Students see it only when they join."),
        widget=forms.URLInput({"maxlength": "200"}),
    )

    def stored(self, profile: CoachProfile) -> dict[str, Any]:
        figures = {"hourly_rate": profile.hourly_rate_cents, "trial_rate": profile.trial_rate_cents}
        amounts = {name: to_decimal(cents, profile.currency) for name, cents in figures.items() if cents}
        columns = {name: getattr(profile, name) for name in ("country", "currency", "meeting_url")}
        return columns | amounts

    def clean(self) -> dict[str, Any]:
        for name in ("hourly_rate", "trial_rate"):
            self.cleaned_data[f"{name}_cents"] = cents_of(self, name, self.cleaned_data.get("currency"))
        return super().clean()

    def written(self) -> dict[str, Any]:
        names = ("country", "currency", "meeting_url", "hourly_rate_cents", "trial_rate_cents")
        return {name: self.cleaned_data[name] for name in names}


class RejectionForm(forms.Form):
    """Why staff send back exactly what they saw."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The coach reads this, and can submit the profile again."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)
