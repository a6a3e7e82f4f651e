"""What lists that can be narrowed down share: amounts in any currency, the filters in use as chips."""

from collections.abc import Collection, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.money import digits
from core.pages import CURSORS
from core.words import asks_only_without

MOST = Decimal(10**6)
YES, NO = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


class Checkbox(forms.CheckboxInput):
    """Hands on the very word of an address, so that its field can say which one it does not understand."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, check_test=lambda value: str(value).strip().lower() in YES)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return data.get(name)

    def format_value(self, value: Any) -> None:
        """What the box sends is always the same."""


class YesNoField(forms.NullBooleanField):
    """Yes, no, or nothing said."""

    widget = Checkbox

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]
        word = str("" if value is None else value).strip().lower()
        if word not in YES | NO | {""}:
            raise ValidationError(_("Say true or false."), code="neither_yes_nor_no")
        return word in YES if word else None


class YesNoFilter(django_filters.BooleanFilter):  # type: ignore[misc]
    """`true` or `false`, or a checkbox's `on`; any other word is an error and not silently another list."""

    field_class = YesNoField


def asks_for_something(text: str) -> None:
    """Checks what somebody searches for."""
    if asks_only_without(text):
        raise ValidationError(_("Give at least one word to look for, besides those to leave out."), code="only_without")


def at_least(column: str, amount: Decimal) -> Q:
    """Rows whose cents are worth this amount as people write it, or more, each in its own currency."""
    return _worth(f"{column}__gte", amount, ROUND_CEILING)


def at_most(column: str, amount: Decimal) -> Q:
    """Rows whose cents are worth this amount as people write it, or less, each in its own currency."""
    return _worth(f"{column}__lte", amount, ROUND_FLOOR)


def applied(found: Any, request: HttpRequest, apart_from: Collection[str] = ()) -> list[dict[str, str]]:
    """`{label, remove}` for each value of the address that a filter set works with; `remove` is the one without it."""
    found.form.is_valid()
    return [
        {"label": label, "remove": without(request, {name: value})}
        for name, cleaned in found.form.cleaned_data.items()
        if name in request.GET and name not in apart_from
        for value, label in _values(found.form.fields[name], cleaned)
    ]


def without(request: HttpRequest, filters: Mapping[str, str | None]) -> str:
    """The address without one value of these filters, or without all of them for None."""
    query = request.GET.copy()
    for name, value in filters.items():
        query.setlist(name, [kept for kept in query.getlist(name) if value is not None and kept != value])
    for cursor in CURSORS:
        query.pop(cursor, None)
    return "?" + query.urlencode()


def _worth(lookup: str, amount: Decimal, rounding: str) -> Q:
    wanted = Q(pk__in=[])
    for currency in settings.CURRENCIES:
        cents = int(min(amount, MOST).scaleb(digits(currency)).to_integral_value(rounding))
        wanted |= Q(currency=currency, **{lookup: cents})
    return wanted


def _values(field: Any, cleaned: Any) -> list[tuple[str | None, str]]:
    if cleaned in (None, "") or (hasattr(cleaned, "exists") and not cleaned):
        return []
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [(str(getattr(row, field.to_field_name or "pk")), str(row)) for row in cleaned]
    if isinstance(field, forms.MultipleChoiceField):
        names: dict[Any, Any] = dict(list(field.choices))  # type: ignore[arg-type]
        return [(value, str(names[value])) for value in cleaned]
    if isinstance(field, forms.ChoiceField):
        words: dict[Any, Any] = dict(list(field.choices))  # type: ignore[arg-type]
        return [(None, f"{field.label}: {words.get(cleaned, cleaned)}")]
    if isinstance(field, forms.BooleanField):
        return [(None, str(field.label))] if cleaned else []
    return [(None, f"{field.label}: {cleaned}")]
