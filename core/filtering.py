"""The filters in use, as chips that take them away again."""

from typing import Any

from django import forms
from django.http import HttpRequest


def applied(found: Any, request: HttpRequest) -> list[dict[str, str]]:
    """`{label, remove}` for each value that a filter set works with; `remove` is the address without it."""
    found.form.is_valid()
    return [
        {"label": label, "remove": _without(request, name, value)}
        for name, cleaned in found.form.cleaned_data.items()
        for value, label in _values(found.form.fields[name], cleaned)
    ]


def _values(field: Any, cleaned: Any) -> list[tuple[str | None, str]]:
    if cleaned in (None, "") or (hasattr(cleaned, "exists") and not cleaned):
        return []
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [(str(getattr(row, field.to_field_name or "pk")), str(row)) for row in cleaned]
    if isinstance(field, forms.ChoiceField):
        return [(None, f"{field.label}: {dict(field.choices).get(cleaned, cleaned)}")]
    if isinstance(field, forms.BooleanField):
        return [(None, str(field.label))] if cleaned else []
    return [(None, f"{field.label}: {cleaned}")]


def _without(request: HttpRequest, name: str, value: str | None) -> str:
    query = request.GET.copy()
    left = [kept for kept in query.getlist(name) if value is not None and kept != value]
    query.setlist(name, left)
    for cursor in ("before", "after", "cursor"):
        query.pop(cursor, None)
    return "?" + query.urlencode()
