"""Asking a coach for a proposal, saying no to it, and saying why."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.models import LearningRequest
from marketplace.policy import MAX_INVITATION, MAX_REASON


class InvitationForm(forms.Form):
    """To which of the student's open requests, and a few words."""

    request = forms.ModelChoiceField(label=_("Your request"), queryset=LearningRequest.objects.none(), empty_label=None)
    message = forms.CharField(
        label=_("Your message"),
        max_length=MAX_INVITATION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Why this coach? A sentence is enough."),
    )

    def __init__(self, *args: Any, requests: QuerySet[LearningRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"].queryset = requests  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why not, if one likes."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The student reads it."),
    )


class ClosingForm(forms.Form):
    """Why staff close a request."""

    reason = forms.CharField(label=_("Reason"), max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 3}))
