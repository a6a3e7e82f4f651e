"""What students ask for and coaches offer."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.places import zones
from core.forms import AmountField, cents_of
from core.money import to_cents, to_decimal
from marketplace.models import LearningRequest, PaymentModel
from marketplace.policy import MAX_ANSWER, MAX_QUESTION, MAX_QUESTIONS, expected_total


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


class TermsForm(forms.Form):
    """The figures of a proposal, in the coach's currency."""

    payment_model = forms.ChoiceField(
        label=_("You are paid"), choices=PaymentModel.choices, initial=PaymentModel.PER_SESSION
    )
    rate = AmountField(label=_("Rate"))
    session_count = forms.IntegerField(label=_("Number of sessions"), min_value=1, max_value=100, initial=4)
    session_minutes = forms.IntegerField(label=_("Minutes per session"), min_value=15, max_value=240, initial=60)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["rate"].label = _("Rate in %(currency)s") % {"currency": currency.upper()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["rate_cents"] = cents_of(self, "rate", self.currency)
        if data["rate_cents"] == 0:
            self.add_error("rate", _("Give an amount above zero."))
        return data

    @property
    def total_cents(self) -> int | None:
        """What all sessions come to, as typed or as proposed; None while a figure is missing or wrong."""
        figures = self.cleaned_data if self.is_valid() or self.is_bound else self._proposed()
        model, rate, count, minutes = (figures.get(name) for name in FIGURES)
        return expected_total(model, rate, count, minutes) if model and rate and count and minutes else None

    def _proposed(self) -> dict[str, Any]:
        figures = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        return figures | {"rate_cents": to_cents(figures["rate"], self.currency) if figures["rate"] else None}


FIGURES = ("payment_model", "rate_cents", "session_count", "session_minutes")


class ProposalForm(TermsForm):
    """A whole proposal, with a field for each screening question of the request."""

    cover_letter = forms.CharField(
        label=_("Cover letter"),
        min_length=100,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Why you, and how you would begin. At least 100 characters."),
    )
    approach_summary = forms.CharField(
        label=_("Your approach"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, request: LearningRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(request.screening_questions.all())
        for question in self.questions:
            self.fields[f"answer_{question.pk}"] = forms.CharField(
                label=question.text, max_length=MAX_ANSWER, widget=forms.Textarea(attrs={"rows": 3})
            )

    def words(self) -> list[forms.BoundField]:
        return [self["cover_letter"], self["approach_summary"]]

    def terms(self) -> list[forms.BoundField]:
        return [self[name] for name in TermsForm.base_fields]

    def answers(self) -> list[forms.BoundField]:
        return [self[f"answer_{question.pk}"] for question in self.questions]

    def to_send(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        answers = {question.pk: data[f"answer_{question.pk}"] for question in self.questions}
        return {name: data[name] for name in (*FIGURES, "cover_letter", "approach_summary")} | {"answers": answers}
