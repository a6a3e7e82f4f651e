"""Fields for what people fill in: amounts of money, hours of the week."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import digits, to_cents
from core.weeks import HOURS

MOST = Decimal("999999.99")


class AmountField(forms.DecimalField):
    """An amount as people write it, such as 49.90; `cents_of` turns it into smallest units."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": Decimal(0), "max_value": MOST, **kwargs})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"step": "any", "inputmode": "decimal", "min": "0"}


class WeekHoursWidget(forms.CheckboxSelectMultiple):
    """A week to paint on: seven days of 24 checkboxes."""

    template_name = "core/_week_hours.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        marked = [str(each) for each in value or []]
        return {"widget": {"name": name, "value": marked, "attrs": self.build_attrs(self.attrs, attrs)}}


class WeekHoursField(forms.TypedMultipleChoiceField):
    """Hours of a local week, sorted: weekday from Monday = 0, times 24, plus the hour."""

    widget = WeekHoursWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, choices=[(hour, hour) for hour in range(HOURS)], **kwargs)

    def clean(self, value: Any) -> list[int]:
        return sorted(set(super().clean(value)))


def cents_of(form: forms.BaseForm, name: str, currency: str | None) -> int | None:
    """A cleaned amount of the form in smallest units; what is finer than the currency becomes an error of its field."""
    amount = form.cleaned_data.get(name)
    if amount is None or not currency:
        return None
    try:
        return to_cents(amount, currency)
    except ValueError:
        form.add_error(name, _too_fine(currency))
        return None


def _too_fine(currency: str) -> str:
    number = digits(currency)
    if not number:
        return _("%(currency)s is written without decimals.") % {"currency": currency.upper()}
    sentence = ngettext(
        "%(currency)s has at most %(number)d decimal.", "%(currency)s has at most %(number)d decimals.", number
    )
    return sentence % {"currency": currency.upper(), "number": number}
