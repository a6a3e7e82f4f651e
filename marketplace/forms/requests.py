"""What a student wants to learn, whole or as a draft."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.skills import SkillsField
from accounts.models import StudentProfile, User
from accounts.places import zones
from core.forms import AmountField, WeekHoursField, cents_of
from core.money import to_decimal
from marketplace import faults
from marketplace.forms.languages import LanguageCodesField
from marketplace.models import LearningRequest
from marketplace.policy import DESCRIPTION, MAX_QUESTION, MAX_QUESTIONS, MAX_SKILLS, MAX_TIMEFRAME, SESSIONS, TITLE

WRITTEN = ["title", "description", "level", "languages", "sessions_needed", "currency", "timeframe"]
WRITTEN += ["time_zone", "preferred_hours"]
KEEPS_ITS_OWN = {"level", "currency", "time_zone", "sessions_needed"}  # what a draft has anyway, where nothing is sent


def currencies() -> list[tuple[str, str]]:
    return [(code, code.upper()) for code in settings.CURRENCIES]


def levels() -> list[tuple[str, str]]:
    return [(value, label.capitalize()) for value, label in LearningRequest.Level.choices]


class RequestForm(forms.Form):
    """A learning request with up to five screening questions; sent by its button `draft` it may be incomplete."""

    title = forms.CharField(
        label=_("Title"), max_length=TITLE[-1], help_text=_("In one line: what do you want to learn?")
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=DESCRIPTION[-1],
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Where you stand, where you want to get to, and how you like to learn. At least 50 characters."),
    )
    skills = SkillsField(label=_("Skills"), most=MAX_SKILLS)
    level = forms.ChoiceField(label=_("Your level"), choices=levels, required=False)
    languages = LanguageCodesField(
        label=_("Languages you can learn in"), required=False, help_text=_("None chosen means any.")
    )
    sessions_needed = forms.IntegerField(
        label=_("Sessions needed"), min_value=SESSIONS[0], max_value=SESSIONS[-1], initial=4
    )
    budget = AmountField(label=_("Most you would spend for everything"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    timeframe = forms.CharField(
        label=_("Timeframe"),
        max_length=MAX_TIMEFRAME,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("within three months")}),
    )
    preferred_hours = WeekHoursField(
        label=_("Preferred times"),
        required=False,
        help_text=_("Mark when you would like to learn, by your own clock. Coaches see how well it fits their hours."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, help_text=_("The clock of the times above."))

    def __init__(self, data: Any = None, *, student: User, wanted: LearningRequest | None = None) -> None:
        super().__init__(data, initial=_kept(wanted) if wanted else _usual(student))
        self.is_draft = "draft" in (data or {}) and (wanted is None or wanted.is_draft)
        for number, name in enumerate(self.question_names, 1):
            label = _("Question %(number)d") % {"number": number}
            self.fields[name] = forms.CharField(label=label, max_length=MAX_QUESTION, required=False)
        if self.is_draft:
            for field in self.fields.values():
                field.required = False

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "budget" in data and data.get("currency"):
            data["budget_cents"] = cents_of(self, "budget", data["currency"])
        data["questions"] = [text for text in (data.get(name, "") for name in self.question_names) if text]
        data = {name: value for name, value in data.items() if value or name not in KEEPS_ITS_OWN}
        written = {name: value for name, value in data.items() if name not in self.errors}
        for fault in (faults.of_draft if self.is_draft else faults.of_request)(written):
            field = self._field_of(fault)
            if field not in self.errors:
                self.add_error(field, fault.sentence)
        return data

    def _field_of(self, fault: faults.Fault) -> str:
        """Questions have a field each: the one that stands there again, else the first."""
        if fault.field != "questions":
            return fault.field
        again = faults.repeated([self.cleaned_data.get(name, "") for name in self.question_names])
        return self.question_names[again or 0]

    @property
    def question_names(self) -> list[str]:
        return [f"question_{number}" for number in range(1, MAX_QUESTIONS + 1)]

    def told(self) -> list[forms.BoundField]:
        return [self[name] for name in ("title", "description", "skills")]

    def measured(self) -> list[forms.BoundField]:
        return [self[name] for name in ("level", "sessions_needed", "timeframe")]

    def priced(self) -> list[forms.BoundField]:
        return [self["budget"], self["currency"]]

    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.question_names]

    def to_post(self) -> dict[str, Any]:
        """What the operations take."""
        data = self.cleaned_data
        written = {name: data[name] for name in (*WRITTEN, "skills", "questions") if name in data}
        return written | {"budget_cents": data.get("budget_cents")}


def _usual(student: User) -> dict[str, Any]:
    profile = StudentProfile.objects.filter(user=student).first()
    spoken = [each["code"] for each in profile.languages] if profile else []
    return {"time_zone": student.time_zone, "languages": spoken}


def _kept(wanted: LearningRequest) -> dict[str, Any]:
    kept: dict[str, Any] = {name: getattr(wanted, name) for name in WRITTEN}
    kept["skills"] = list(wanted.skills.all())
    if wanted.budget_cents:
        kept["budget"] = to_decimal(wanted.budget_cents, wanted.currency)
    asked = wanted.screening_questions.all()
    return kept | {f"question_{number}": question.text for number, question in enumerate(asked, 1)}
