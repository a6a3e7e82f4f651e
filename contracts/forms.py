from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, Review


class SendContractForm(forms.ModelForm):
    """What a student adds to the terms before the coach gets them."""

    class Meta:
        model = Contract
        fields = ["learning_outcomes", "start_date", "note"]
        widgets = {
            "learning_outcomes": forms.Textarea(attrs={"rows": 4}),
            "note": forms.Textarea(attrs={"rows": 2}),
            "start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "learning_outcomes": _("One goal a line: what do you want to be able to do afterwards?"),
            "start_date": _("When would you like to begin?"),
            "note": _("Anything your coach should know if plans change."),
        }


class ReviewForm(forms.ModelForm):
    """Stars, words, and whether others may read them."""

    stars = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=[
            (5, _("5 – excellent")),
            (4, _("4 – good")),
            (3, _("3 – okay")),
            (2, _("2 – poor")),
            (1, _("1 – bad")),
        ],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Review
        fields = ["stars", "text", "is_public"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        labels = {"text": _("Your words"), "is_public": _("Show this review on the coach's profile")}
