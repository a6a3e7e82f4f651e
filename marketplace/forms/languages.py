"""Choosing languages by their names: those chosen on top, all others folded away."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.places import languages
from core.words import fold


class LanguagePicker(forms.CheckboxSelectMultiple):
    """All languages by name; with scripts a box that filters them."""

    template_name = "marketplace/widgets/languages.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        chosen = set(value or [])
        options = [
            {"code": code, "name": name, "words": fold(f"{name} {code}"), "chosen": code in chosen}
            for code, name in languages()
        ]
        options.sort(key=lambda option: not option["chosen"])
        names = [option["name"] for option in options if option["chosen"]]
        context["widget"] |= {"options": options, "chosen": names}
        return context


class LanguageCodesField(forms.Field):
    """Languages of the list, as their codes."""

    widget = LanguagePicker

    def to_python(self, value: list[str] | None) -> list[str]:
        known = dict(languages())
        if any(code not in known for code in value or []):
            raise ValidationError(_("Choose languages of the list."), code="unknown")
        return sorted(set(value or []))
