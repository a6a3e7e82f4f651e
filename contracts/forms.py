from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from contracts.models import Contract, GroupOffer, Review
from core import clock
from core.forms import AmountField, cents_of
from core.money import to_decimal
from core.templatetags.skileez import in_hours
from core.wall import instants
from scheduling.models import WeeklyHours
from scheduling.policy import group_hours
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


class LengthForm(forms.Form):
    """Which single session somebody wants, and how long it is; what is not offered becomes what is."""

    kind = forms.ChoiceField(choices=[("trial", _("Trial")), ("direct", _("Session"))], required=False)
    minutes = forms.TypedChoiceField(coerce=int, required=False)

    LENGTHS = {"trial": (15, 30, 45, 60), "direct": (15, 30, 45, 60, 90, 120, 150, 180)}
    USUAL = {"trial": 30, "direct": 60}

    def __init__(self, data: Any, *, offers_trial: bool) -> None:
        super().__init__(data)
        asked = str(self.data.get("kind", ""))
        self.kind = "trial" if asked == "trial" and offers_trial else "direct"
        self.offers_trial = offers_trial
        self.fields["minutes"].choices = [(each, each) for each in self.LENGTHS[self.kind]]

    @property
    def chosen(self) -> dict[str, Any]:
        """The kind and the minutes, by the names of the operation."""
        minutes = self.cleaned_data.get("minutes") if self.is_bound and self.is_valid() else None
        return {"kind": self.kind, "duration_minutes": minutes or self.USUAL[self.kind]}


class MarkWordsForm(forms.Form):
    """Why it was not the coach's fault."""

    text = forms.CharField(label=_("What happened?"), max_length=2000, widget=forms.Textarea({"rows": 6}))


class GroupForm(forms.Form):
    """What a coach announces: what, when by their own clock, how many, for how much."""

    title = forms.CharField(label=_("Title"), min_length=5, max_length=120)
    description = forms.CharField(label=_("What it is about"), max_length=5000, widget=forms.Textarea({"rows": 5}))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    clock = forms.TimeField(label=_("Time"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    which = forms.TypedChoiceField(
        label=_("This time happens twice that day"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        choices=[("0", _("the first time")), ("1", _("the second time"))],
    )
    duration_minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=240, initial=60)
    seats = forms.IntegerField(label=_("Seats"), min_value=2, max_value=100, initial=8)
    least = forms.IntegerField(
        label=_("At least so many students"),
        min_value=0,
        max_value=100,
        initial=0,
    )
    price = AmountField(label=_("Price of a seat"))

    def __init__(self, *args: Any, currency: str, zone: str, offer: GroupOffer | None = None, **kwargs: Any) -> None:
        if offer:
            kwargs["initial"] = _of_offer(offer)
        super().__init__(*args, **kwargs)
        self.currency, self.zone = currency, ZoneInfo(zone)
        self.fields["price"].label = _("Price of a seat, %(currency)s") % {"currency": currency.upper()}
        self.fields["least"].help_text = _of_least()
        self.fields["clock"].help_text = _("By your clock: %(zone)s.") % {"zone": zone}
        for name in WHEN if offer else [] if self.is_bound else ["which"]:
            del self.fields[name]
        self.starts_at: datetime | None = None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["price_cents"] = cents_of(self, "price", self.currency)
        if data.get("day") and data.get("clock"):
            self._read_moment(data)
        if self.starts_at:
            self.fields.pop("which", None)  # asked only where a time happens twice
        return data

    def terms(self) -> dict[str, Any]:
        """As the operations take them."""
        kept = {name: value for name, value in self.cleaned_data.items() if name not in {*WHEN, "price"}}
        if self.starts_at:
            kept |= {"starts_at": self.starts_at, "duration_minutes": self.cleaned_data["duration_minutes"]}
        return kept

    def _read_moment(self, data: dict[str, Any]) -> None:
        found = instants(data["day"], data["clock"], self.zone)
        if not found:
            self.add_error("clock", _("Clocks go forward that day: there is no such time."))
        elif len(found) > 1 and data.get("which") is None:
            self.add_error("which", _("Clocks go back that day: please say which of the two times is meant."))
        else:
            self.starts_at = found[data.get("which") or 0] if len(found) > 1 else found[0]


WHEN = ["day", "clock", "which", "duration_minutes"]


def _of_least() -> str:
    asked, decided = group_hours(clock.now())
    sentence = gettext(
        "Below that you are asked %(asked)s before, and %(decided)s before it is called off. 0: in any case."
    )
    return sentence % {"asked": in_hours(asked), "decided": in_hours(decided)}


def _of_offer(offer: GroupOffer) -> dict[str, Any]:
    session = offer.session
    return {
        "title": session.title,
        "description": offer.description,
        "seats": session.seats,
        "least": session.least,
        "price": to_decimal(offer.price_cents, offer.currency),
    }


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
