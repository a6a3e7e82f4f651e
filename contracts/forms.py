from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from contracts.models import Contract, Review
from core import clock
from scheduling.models import WeeklyHours
from scheduling.recurrence import Wish, wish_between, zone_of_hours


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


class SeriesForm(forms.Form):
    """The same weekday and time each week, by the clock of one of the two people."""

    whose = forms.ChoiceField(label=_("By whose clock"), widget=forms.RadioSelect, choices=[])
    weekday = forms.TypedChoiceField(label=_("Weekday"), coerce=int, choices=WeeklyHours.Weekday.choices)
    clock = forms.TimeField(label=_("Time"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    from_day = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    weeks = forms.IntegerField(label=_("Weeks"), min_value=2, max_value=100)
    which = forms.TypedChoiceField(
        label=_("Where it happens twice"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        choices=[("0", _("the first time")), ("1", _("the second time"))],
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract
        zones = {Role.COACH: zone_of_hours(contract.coach).key, Role.STUDENT: contract.student.time_zone}
        people = {Role.COACH: contract.coach, Role.STUDENT: contract.student}
        choice: Any = self.fields["whose"]
        choice.choices = [(role, f"{people[role].first_name} · {zones[role]}") for role in zones]

    def clean_from_day(self) -> date:
        day: date = self.cleaned_data["from_day"]
        if not timedelta() <= day - clock.now().date() + timedelta(days=1) <= timedelta(days=366):
            raise forms.ValidationError(_("Please pick a day from today on, at most a year away."))
        return day

    def wish(self) -> Wish | None:
        """What is asked for, once all of it is filled in and can be read; refused or not."""
        if not self.is_bound:
            return None
        self.errors  # noqa: B018 - reads what was typed
        asked = {name: self.cleaned_data.get(name) for name in ASKED}
        if None in [asked[name] for name in ASKED if name != "which"]:
            return None
        return wish_between(self.contract.student, self.contract.coach, **asked)


ASKED = ["whose", "weekday", "clock", "from_day", "weeks", "which"]


class CancelForm(forms.Form):
    """The quote that somebody saw, and why they call it off, for whoever likes to say it."""

    quote = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("You need not say it. The other side reads it."),
    )
