from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import with_blank
from accounts.models import CoachProfile
from accounts.places import countries
from core.forms import AmountField, cents_of
from core.money import to_decimal


class CoachProfileForm(forms.ModelForm):
    """A complete offer, as it must be to be submitted."""

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

    field_order = ["headline", "bio", "skills", "country", "currency", "hourly_rate", "trial_rate"]

    class Meta:
        model = CoachProfile
        fields = ["headline", "bio", "country", "currency", "skills", "meeting_url"]
        widgets = {"bio": forms.Textarea(attrs={"rows": 6}), "skills": forms.CheckboxSelectMultiple}
        help_texts = {
            "headline": _("What you teach, in one line."),
            "meeting_url": _("Your own room at a meeting service. Students see it only when they join."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for name in ("hourly_rate", "trial_rate"):
            if cents := getattr(self.instance, f"{name}_cents"):
                self.initial[name] = to_decimal(cents, self.instance.currency)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("hourly_rate", "trial_rate"):
            if data.get(name) == 0:
                self.add_error(name, _("Give an amount above zero."))
        self.instance.hourly_rate_cents = cents_of(self, "hourly_rate", data.get("currency")) or 0
        self.instance.trial_rate_cents = cents_of(self, "trial_rate", data.get("currency"))
        return data

    def save(self) -> CoachProfile:  # type: ignore[override]
        columns = [name for name in self.Meta.fields if name != "skills"]
        self.instance.save(update_fields=[*columns, "hourly_rate_cents", "trial_rate_cents"])
        self._save_m2m()
        return self.instance


class CoachDraftForm(CoachProfileForm):
    """The same, unfinished: whatever is filled in must be right, the rest may wait."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = name == "currency"


def coach_form(profile: CoachProfile, data: Any = None) -> CoachProfileForm:
    """The form that fits: a draft may be saved unfinished, what others see or are to see may not."""
    unfinished = (not profile.is_public) and data is not None and "submit" not in data
    return (CoachDraftForm if unfinished else CoachProfileForm)(data, instance=profile)


class RejectionForm(forms.Form):
    """Why staff send a coach profile back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The coach reads this, and can submit the profile again."),
    )
