"""A time of day as people type it: refused where clocks jump over it, asked where they show it twice."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.skileez import zone_of
from core.wall import instants


class MomentForm(forms.Form):
    """A day and a time by the clock of one zone, or of the zone each day has; `cleaned_data["moment"]` is in UTC."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    clock = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    which = forms.ChoiceField(label=gettext_lazy("Which of the two"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, zone: ZoneInfo | Callable[[date], ZoneInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.found = self._found()
        if len(self.found) == 2:
            self.fields["which"].choices = [(each.isoformat(), self._label(each)) for each in self.found]
        else:
            del self.fields["which"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("day") and "clock" in data:
            data["moment"] = self._chosen()
        return data

    def _chosen(self) -> datetime | None:
        if len(self.found) == 1:
            return self.found[0]
        if not self.found:
            self.add_error("clock", _("This time does not exist on that day: the clocks jump over it."))
            return None
        which = parse_datetime(self.data.get(self.add_prefix("which"), "") or "x")
        if which in self.found:
            return which
        self.add_error("clock", _("This time comes twice on that day, as clocks are put back. Please say which one."))
        return None

    def _found(self) -> tuple[datetime, ...]:
        """The instants that clocks show as what was typed, as far as it can be read."""
        try:
            typed = [self.fields[name].clean(self.data.get(self.add_prefix(name))) for name in ("day", "clock")]
        except forms.ValidationError:
            return ()
        day, clock = typed
        return instants(day, clock, self._zone_on(day)) if 1971 <= day.year <= 2400 else ()

    def _zone_on(self, day: date) -> ZoneInfo:
        return self.zone if isinstance(self.zone, ZoneInfo) else self.zone(day)

    def _label(self, at: datetime) -> str:
        local = at.astimezone(self._zone_on(at.date()))
        offset = f"{local:%z}"
        return f"{local:%H:%M} {zone_of(local)} (UTC{offset[:3]}:{offset[3:]})"
