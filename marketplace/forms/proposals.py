from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms import AmountField, cents_of
from core.money import to_cents, to_decimal
from marketplace.models import NOT_CHOSEN, DeclineReason, LearningRequest, PaymentModel, Proposal
from marketplace.policy import (
    MAX_ANSWER,
    MAX_MESSAGE,
    MAX_REASON,
    MIN_LETTER,
    Instalment,
    expected_total,
    payment_schedule,
)
from payments.policy import fee_basis_points, plan_portions

FIGURES = Proposal.FIGURES


class TermsForm(forms.Form):
    """The figures of a proposal, in the coach's currency."""

    payment_model = forms.ChoiceField(label=_("Paid"), choices=PaymentModel.choices, initial=PaymentModel.PER_SESSION)
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

    def terms(self) -> list[forms.BoundField]:
        return [self[name] for name in TermsForm.base_fields]

    @property
    def minutes(self) -> int:
        """How long a session would be, as far as that is known."""
        return (self.cleaned_data.get("session_minutes") if self.is_bound and self.is_valid() else None) or 60

    @property
    def total_cents(self) -> int | None:
        """What all sessions come to, as typed or as proposed; None while a figure is missing or wrong."""
        figures = self.cleaned_data if self.is_valid() or self.is_bound else self._proposed()
        model, rate, count, minutes = (figures.get(name) for name in FIGURES)
        return expected_total(model, rate, count, minutes) if model and rate and count and minutes else None

    @property
    def instalments(self) -> list[Instalment]:
        """When how much is paid, with the figures typed so far."""
        return payment_schedule(total, self._count()) if (total := self.total_cents) else []

    @property
    def fee_basis_points(self) -> int:
        """Our share, as a contract made today would say."""
        return fee_basis_points("contract", clock.now())

    @property
    def fee_cents(self) -> int:
        """What we would keep of the total: the fees of its sessions."""
        total = self.total_cents or 0
        if not total or total < (count := self._count()):
            return 0  # too little for that many sessions: no contract is made of it
        return sum(fee for _gross, fee in plan_portions(total, count, self.fee_basis_points))

    @property
    def net_cents(self) -> int:
        """What the coach would receive of it."""
        return (self.total_cents or 0) - self.fee_cents

    def _count(self) -> int:
        return int((self.cleaned_data if self.is_bound else self._proposed())["session_count"])

    def _proposed(self) -> dict[str, Any]:
        figures = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        return figures | {"rate_cents": to_cents(figures["rate"], self.currency) if figures["rate"] else None}

    def figures(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIGURES}


class CounterForm(TermsForm):
    """Other figures for a proposal, with a word about them; it begins with those that are offered now."""

    message = forms.CharField(
        label=_("Message"), max_length=MAX_MESSAGE, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def to_send(self) -> dict[str, Any]:
        """What the operation takes."""
        return self.figures() | {"message": self.cleaned_data["message"]}


class ProposalForm(TermsForm):
    """A whole proposal, with a field for each screening question of the request."""

    cover_letter = forms.CharField(
        label=_("Cover letter"),
        min_length=MIN_LETTER,
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

    def answers(self) -> list[forms.BoundField]:
        return [self[f"answer_{question.pk}"] for question in self.questions]

    def to_send(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        answers = {question.pk: data[f"answer_{question.pk}"] for question in self.questions}
        words = {name: data[name] for name in ("cover_letter", "approach_summary")}
        return self.figures() | words | {"answers": answers}


class DeclineForm(forms.Form):
    """Why a student does not want a proposal; both may stay empty."""

    because = forms.ChoiceField(
        label=_("Why?"),
        choices=[
            ("", _("I would rather not say")),
            *(each for each in DeclineReason.choices if each[0] not in NOT_CHOSEN),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label=_("In your words"),
        max_length=MAX_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The coach reads this."),
    )


def terms_of(proposal: Proposal) -> dict[str, Any]:
    """What a form for other figures begins with."""
    return proposal.figures | {"rate": to_decimal(proposal.rate_cents, proposal.currency)}
