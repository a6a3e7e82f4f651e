"""Forms for terms: other ones before the coach agrees, and those of a further contract."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract
from contracts.policy import MAX_REASON, MAX_WORDS
from core.money import to_decimal
from marketplace.forms import TermsForm


class WantedTermsForm(TermsForm):
    """Figures, when to begin, and what is to be reached; it begins with what the contract says."""

    start_date = forms.DateField(
        label=_("Start"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    learning_outcomes = forms.CharField(
        label=_("Learning outcomes"),
        max_length=MAX_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line."),
    )

    def to_send(self) -> dict[str, Any]:
        """What the operations take."""
        more = [name for name in self.fields if name not in TermsForm.base_fields]
        return self.figures() | {name: self.cleaned_data[name] for name in more}


class ChangesForm(WantedTermsForm):
    """Other terms that a coach asks for, with a word about them."""

    words = forms.CharField(
        label=_("Why"), max_length=MAX_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExtensionForm(WantedTermsForm):
    """The terms of more sessions."""

    note = forms.CharField(
        label=_("Message"), max_length=MAX_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """Why somebody does not want this; may stay empty."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=MAX_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The other side reads this."),
    )


class StaffReasonForm(forms.Form):
    """Why staff end a contract; both parties read it."""

    reason = forms.CharField(label=_("Reason"), max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 3}))


def wanted_of(contract: Contract, *, today: date) -> dict[str, Any]:
    """What a form for other terms begins with; a start that has passed is not wanted any more."""
    start = contract.start_date if contract.start_date and contract.start_date >= today else None
    rate = to_decimal(contract.rate_cents, contract.currency)
    return contract.terms | {"rate": rate, "start_date": start}
