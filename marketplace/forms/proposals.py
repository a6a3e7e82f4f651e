from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AmountField, cents_of
from core.money import to_cents
from marketplace.models import LearningRequest, PaymentModel
from marketplace.policy import MAX_ANSWER, expected_total


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
