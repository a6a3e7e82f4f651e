"""What coaches and students fill in about time."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.places import zones
from core import clock
from core.templatetags.skileez import in_minutes
from scheduling import policy
from scheduling.meeting import providers
from scheduling.models import Calendar, Problem, Session, WeeklyHours
from scheduling.operations import Window
from scheduling.operations.settling import open_seats


class TimeForm(forms.Form):
    """The chosen slot, as an instant with its offset from UTC."""

    start = forms.CharField(
        max_length=40, label=_("Time"), error_messages={"required": _("Please pick one of the times.")}
    )

    def clean_start(self) -> datetime:
        try:
            moment = parse_datetime(self.cleaned_data["start"].strip())
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError(_("Please pick one of the times."), code="invalid")
        return moment


class BookingTimeForm(TimeForm):
    """A slot of a coach, and what the student wants them to know."""

    note = forms.CharField(
        label=_("What is it about?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Your coach reads this before you meet."),
    )


class DeclineForm(forms.Form):
    """Why a coach says no."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Not required. The student reads it."),
    )


class MoveForm(TimeForm):
    """Another time, and why, for whoever likes to say it; and to which question of the other side it is the answer."""

    question = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("You need not say it. The other side reads it."),
    )


class ZoneForm(forms.Form):
    """The clock by which somebody wants to look at a week."""

    zone = forms.ChoiceField(label=_("Time zone"), choices=zones)


def zone_named(name: str, otherwise: str) -> ZoneInfo:
    """The zone somebody asked for, when there is one of that name."""
    form = ZoneForm({"zone": name})
    return ZoneInfo(form.cleaned_data["zone"] if form.is_valid() else otherwise)


class CalendarForm(forms.ModelForm):
    """The clock of a coach's weekly hours, the distances they keep, and how they want to be booked.

    What this site or this coach has no use for is not asked.
    """

    time_zone = forms.ChoiceField(label=_("Time zone of your hours"), choices=zones)
    confirms = forms.ChoiceField(
        label=_("Bookings"),
        choices=Calendar.Confirms.choices,
        widget=forms.RadioSelect,
        initial=Calendar.Confirms.INSTANT,
    )
    unverified = forms.ChoiceField(
        label=_("While your own calendar can't be read"),
        choices=Calendar.Unverified.choices,
        widget=forms.RadioSelect,
        initial=Calendar.Unverified.WITHHOLD,
    )
    meeting = forms.ChoiceField(label=_("Where you meet"), choices=providers)

    class Meta:
        model = Calendar
        fields = [
            "time_zone",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "step_minutes",
            "notice_hours",
            "consultation_notice_hours",
            "horizon_days",
            "most_a_day",
            "confirms",
            "takes_consultations",
            "meeting",
            "unverified",
        ]
        labels = {
            "step_minutes": _("Starts every, minutes"),
            "buffer_before_minutes": _("Pause before, minutes"),
            "buffer_after_minutes": _("Pause after, minutes"),
            "notice_hours": _("Notice you need, hours"),
            "consultation_notice_hours": _("Notice for a consultation, hours"),
            "horizon_days": _("Bookable ahead, days"),
            "most_a_day": _("Most sessions a day"),
        }
        help_texts = {"most_a_day": ""}

    def __init__(self, *args: Any, has_own_calendar: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        length = in_minutes(policy.consultation_minutes(clock.now()))
        self.fields["takes_consultations"].label = _("I give free consultations of %(minutes)s") % {"minutes": length}
        if not has_own_calendar:
            del self.fields["unverified"]
        if len(providers()) == 1:
            del self.fields["meeting"]


class WindowForm(forms.Form):
    """One stretch of a weekday; both ends empty means none."""

    weekday = forms.TypedChoiceField(
        coerce=int, choices=WeeklyHours.Weekday.choices, widget=forms.HiddenInput, label=_("Weekday")
    )
    starts = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    ends = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "starts" in data and "ends" in data and (data["starts"] is None) != (data["ends"] is None):
            raise forms.ValidationError(_("Fill in both ends of these hours, or neither."))
        return data

    def window(self) -> Window | None:
        data = self.cleaned_data
        return Window(data["weekday"], data["starts"], data["ends"]) if data["starts"] is not None else None


WindowFormSet = forms.formset_factory(WindowForm, extra=0, max_num=60, validate_max=True, absolute_max=60)
Row = dict[str, Any]


def hours_formset(calendar: Calendar | None) -> Any:
    """The saved week as rows, with an empty row where a weekday has none."""
    saved = calendar.weekly_hours.all() if calendar else []
    return as_formset({"weekday": each.weekday, "starts": each.starts, "ends": each.ends} for each in saved)


def as_formset(rows: Iterable[Row]) -> Any:
    """Rows to fill in, in the order of the week, at least one for each weekday."""
    rows = list(rows)
    empty = {str(day) for day in WeeklyHours.Weekday.values} - {str(row["weekday"]) for row in rows}
    rows += [{"weekday": day} for day in sorted(empty)]
    return WindowFormSet(initial=sorted(rows, key=lambda row: str(row["weekday"])), prefix="hours")


def changed_rows(data: Any, *, add: str, remove: str) -> list[Row]:
    """What was typed so far, with a row more on one weekday or a row less."""
    total = (
        min(int(data.get("hours-TOTAL_FORMS") or 0), 60)
        if re.fullmatch("[0-9]{1,3}", str(data.get("hours-TOTAL_FORMS")))
        else 0
    )
    rows = [
        {name: data.get(f"hours-{number}-{name}", "") for name in ("weekday", "starts", "ends")}
        for number in range(total)
        if str(number) != remove
    ]
    wanted = [row for row in rows if row["weekday"] in DAYS]
    return [*wanted, {"weekday": add}] if add in DAYS and len(wanted) < 60 else wanted


DAYS = {str(day) for day in WeeklyHours.Weekday.values}


def by_weekday(formset: Any) -> list[dict[str, Any]]:
    """The rows of a formset under the weekday they belong to."""
    days = [{"number": day, "name": name, "rows": []} for day, name in WeeklyHours.Weekday.choices]
    for form in formset:
        value = str(form["weekday"].value())
        if value in DAYS:
            days[int(value)]["rows"].append(form)
    return days


def windows_of(formset: Any) -> list[Window]:
    return [window for form in formset if (window := form.window())]


class NotesForm(forms.Form):
    """What a person writes down about a session: the coach for all, everybody for themselves."""

    summary = forms.CharField(
        label=_("Summary"),
        help_text=_("What you did and what comes next. All who take part can read it."),
        widget=forms.Textarea({"rows": 6}),
        max_length=5000,
        required=False,
    )
    note = forms.CharField(
        label=_("Private notes"),
        help_text=_("Only you can read these."),
        widget=forms.Textarea({"rows": 6}),
        max_length=5000,
        required=False,
    )

    def __init__(self, *args: Any, may_sum_up: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_sum_up:
            del self.fields["summary"]


class MeetingForm(forms.Form):
    """Where one session meets."""

    meeting_url = forms.CharField(
        label=_("Meeting link"),
        help_text=_("For this session alone. Empty: where all of your sessions meet."),
        max_length=200,
        required=False,
        widget=forms.URLInput({"placeholder": "https://"}),
    )


OUTCOMES = [choice for choice in Session.Outcome.choices if choice[0] != Session.Outcome.UNCLEAR]


class OutcomeForm(forms.Form):
    """What staff found an unclear session to have come to; of a group, for one of its open seats or for all of them."""

    student = forms.ModelChoiceField(
        User.objects.none(), label=_("Seat"), empty_label=_("all that are open"), required=False
    )
    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = open_seats(session)
        if len(seats) < 2:
            del self.fields["student"]
            return
        field: Any = self.fields["student"]
        field.queryset = User.objects.filter(pk__in=[seat.user_id for seat in seats]).order_by("name", "pk")
        field.label_from_instance = lambda person: f"{person.name} · {person.email}"


class SaysForm(forms.Form):
    """What a participant says an unclear session came to."""

    outcome = forms.ChoiceField(
        label=_("What did it come to?"),
        choices=[
            (Session.Outcome.COMPLETED, _("It took place")),
            (Session.Outcome.STUDENT_ABSENT, _("The student was not there")),
            (Session.Outcome.COACH_ABSENT, _("The coach was not there")),
            (Session.Outcome.BOTH_ABSENT, _("Nobody was there")),
        ],
        widget=forms.RadioSelect,
    )


class ProblemForm(forms.Form):
    """What went wrong with a session."""

    kind = forms.ChoiceField(label=_("What went wrong?"), choices=Problem.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What happened?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("The other side and our team read this."),
    )
