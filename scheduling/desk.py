"""All that a coach fills in on the page of their availability, and the diary that would come of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.places import zones
from scheduling import policy, spans
from scheduling.diary import Diary
from scheduling.forms import CalendarForm, WindowFormSet, as_formset, changed_rows, hours_formset, windows_of
from scheduling.models import Calendar, DateException, Session
from scheduling.moments import MomentForm
from scheduling.operations import Window

NUMBERS = ["step_minutes", "horizon_days", "most_a_day", "confirms"]


class DaysForm(forms.Form):
    """From which day to which; one day when the last is left out."""

    first_day = forms.DateField(label=_("From day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last_day = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), help_text=""
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["last_day"] = data.get("last_day") or data.get("first_day")
        return data


class ExceptionForm(DaysForm):
    kind = forms.ChoiceField(label=_("These days"), choices=DateException.Kind.choices)
    starts = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    ends = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    note = forms.CharField(label=_("Note for yourself"), required=False, max_length=120)
    field_order = ["kind", "first_day", "last_day", "starts", "ends", "note"]


class TravelForm(DaysForm):
    time_zone = forms.ChoiceField(label=_("Time zone there"), choices=zones)


class WhyForm(MomentForm):
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=240, initial=60)
    is_consultation = forms.BooleanField(label=_("For a free consultation"), required=False)


class AskedForm(MomentForm):
    """Staff ask about a coach and, where it matters, a student, by the clock of the coach's calendar."""

    student = forms.EmailField(label=_("Student's e-mail address"), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=240, initial=60)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("any session")), *Session.Kind.choices[:2]], required=False
    )
    field_order = ["student", "day", "clock", "which", "minutes", "kind"]

    def __init__(self, *args: Any, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, zone=ZoneInfo(calendar.time_zone), **kwargs)

    def clean_student(self) -> User | None:
        address = self.cleaned_data["student"]
        found = User.objects.filter(email__iexact=address).first() if address else None
        if address and found is None:
            raise forms.ValidationError(gettext("Nobody has this address."))
        return found


class Desk:
    """The forms of the page, filled from what is saved, or from what was typed without judging it yet."""

    def __init__(self, user: User, calendar: Calendar | None, typed: QueryDict | None = None) -> None:
        self.calendar = calendar or Calendar(coach=user, time_zone=user.time_zone)
        self.typed = typed
        self.more = {"has_own_calendar": hasattr(user, "google_calendar")}
        if typed is None:
            self.form, self.hours = CalendarForm(instance=self.calendar, **self.more), hours_formset(calendar)
        else:
            self.form = CalendarForm(initial=_as_typed(typed), **self.more)
            self.hours = as_formset(changed_rows(typed, add=typed.get("add", ""), remove=typed.get("remove", "")))
        self.exception, self.travel = self._unjudged(ExceptionForm, "exception"), self._unjudged(TravelForm, "travel")
        self.why = self._unjudged(WhyForm, "why", zone=self.zone_on)

    def judge(self, name: str) -> Any:
        """One of the small forms, bound to what was typed."""
        kind, more = {
            "exception": (ExceptionForm, {}),
            "travel": (TravelForm, {}),
            "why": (WhyForm, {"zone": self.zone_on}),
        }[name]
        form = kind(self.typed, prefix=name, **more)
        setattr(self, name, form)
        return form

    def clear(self, name: str) -> None:
        """What was typed there is done."""
        setattr(self, name, {"exception": ExceptionForm, "travel": TravelForm}[name](prefix=name))

    def is_valid(self) -> bool:
        """Judge the week and the numbers."""
        self.form = CalendarForm(self.typed, **self.more)
        self.hours = WindowFormSet(self.typed, prefix="hours")
        return all([self.form.is_valid(), self.hours.is_valid()])

    @property
    def has_days_to_add(self) -> bool:
        """Whether an exception or a travel is typed that has a button of its own."""
        typed = self.typed or {}
        return bool(typed.get("exception-first_day") or typed.get("travel-first_day"))

    def zone_on(self, day: date) -> ZoneInfo:
        """The zone of a day as it is saved."""
        travels = self.calendar.travel_zones.filter(first_day__lte=day, last_day__gte=day) if self.calendar.pk else []
        return ZoneInfo(next((each.time_zone for each in travels), self.calendar.time_zone))

    def applied_to(self, diary: Diary, now: datetime) -> Diary:
        """What the diary would be, were all this saved as it is typed; as it is where that can't be read."""
        if not self.calendar.pk:
            diary = replace(diary, zone=ZoneInfo(self.calendar.time_zone))
        if self.typed is None:
            return diary
        form, hours = CalendarForm(self.typed, **self.more), WindowFormSet(self.typed, prefix="hours")
        if form.is_valid():
            diary = _with_numbers(diary, form.cleaned_data, now)
        if hours.is_valid():
            diary = replace(diary, hours=[_minutes(window) for window in windows_of(hours)])
        return self._with_travel(self._with_exception(diary))

    def _with_exception(self, diary: Diary) -> Diary:
        form = ExceptionForm(self.typed, prefix="exception")
        if not form.is_valid():
            return diary
        data = form.cleaned_data
        row = [*_days(data), *_clocks(data["starts"], data["ends"])]
        if data["kind"] == DateException.Kind.BLOCKED:
            return replace(diary, blocked=[*diary.blocked, row])
        return replace(diary, extra=[*diary.extra, row]) if data["starts"] else diary

    def _with_travel(self, diary: Diary) -> Diary:
        form = TravelForm(self.typed, prefix="travel")
        if not form.is_valid():
            return diary
        travel = (*_days(form.cleaned_data), ZoneInfo(form.cleaned_data["time_zone"]))
        return replace(diary, travels=[travel, *diary.travels])

    def _unjudged(self, kind: Callable[..., Any], name: str, **more: Any) -> Any:
        initial = {"time_zone": self.calendar.time_zone}
        if self.typed is not None:
            initial = {key.removeprefix(f"{name}-"): value for key, value in self.typed.items() if key.startswith(name)}
        return kind(prefix=name, initial=initial, **more)


def _as_typed(typed: QueryDict) -> dict[str, Any]:
    return typed.dict() | {"takes_consultations": "takes_consultations" in typed}


def _with_numbers(diary: Diary, data: dict[str, Any], now: datetime) -> Diary:
    return replace(
        diary,
        zone=ZoneInfo(data["time_zone"]),
        before_minutes=data["buffer_before_minutes"],
        after_minutes=data["buffer_after_minutes"],
        notice_hours=policy.notice_of(
            data["notice_hours"], now, is_by_request=data["confirms"] == Calendar.Confirms.REQUEST
        ),
        taught=diary.taught or diary.busy,
        **{name: data[name] for name in NUMBERS},
    )


def _minutes(window: Window) -> list[int]:
    return [window.weekday, *_clocks(window.starts, window.ends)]


def _clocks(starts: time | None, ends: time | None) -> list[int]:
    return [each.hour * 60 + each.minute if each else 0 for each in (starts, ends)]


def _days(data: dict[str, Any]) -> tuple[int, int]:
    return spans.day_number(data["first_day"]), spans.day_number(data["last_day"])


def today(calendar: Calendar, now: datetime) -> date:
    return now.astimezone(ZoneInfo(calendar.time_zone)).date()
