from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.places import zones
from core.forms import AmountField, cents_of
from core.money import to_decimal
from marketplace.models import LearningRequest
from marketplace.policy import MAX_QUESTION, MAX_QUESTIONS


def currencies() -> list[tuple[str, str]]:
    return [(code, code.upper()) for code in settings.CURRENCIES]


class RequestForm(forms.ModelForm):
    """A learning request with up to five screening questions."""

    budget = AmountField(
        label=_("Budget for everything"), required=False, help_text=_("What you would like to spend at most.")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)

    field_order = ["title", "description", "skills", "level", "sessions_needed", "budget", "currency", "timeframe"]

    class Meta:
        model = LearningRequest
        fields = ["title", "description", "skills", "level", "sessions_needed", "currency", "timeframe"]
        fields += ["time_zone"]
        widgets = {"description": forms.Textarea(attrs={"rows": 6}), "skills": forms.CheckboxSelectMultiple}
        help_texts = {
            "title": _("In one line: what do you want to learn?"),
            "description": _("Where you stand, where you want to get to, and how you like to learn."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.budget_cents:
            self.initial["budget"] = to_decimal(self.instance.budget_cents, self.instance.currency)
        asked = [question.text for question in self.instance.screening_questions.all()] if self.instance.pk else []
        for number in range(1, MAX_QUESTIONS + 1):
            self.fields[f"question_{number}"] = forms.CharField(
                label=_("Question %(number)d") % {"number": number}, max_length=MAX_QUESTION, required=False
            )
            self.initial[f"question_{number}"] = asked[number - 1] if number <= len(asked) else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("budget") == 0:
            self.add_error("budget", _("Give an amount above zero."))
        data["budget_cents"] = cents_of(self, "budget", data.get("currency"))
        data["questions"] = [text for text in (data.get(name, "") for name in self.question_names) if text]
        return data

    @property
    def question_names(self) -> list[str]:
        return [f"question_{number}" for number in range(1, MAX_QUESTIONS + 1)]

    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.question_names]

    def told(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.question_names]

    def _post_clean(self) -> None:
        """The operation writes the row: what was typed is checked on a copy."""
        kept, self.instance = self.instance, LearningRequest()
        super()._post_clean()
        self.instance = kept

    def to_post(self) -> dict[str, Any]:
        """What the operations take."""
        names = ["title", "description", "level", "sessions_needed", "currency", "timeframe"]
        names += ["time_zone", "budget_cents", "skills", "questions"]
        return {name: self.cleaned_data[name] for name in names}
