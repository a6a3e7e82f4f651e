"""Languages with how well one speaks them, as a few rows of two lists to choose from."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.choices import with_blank
from accounts.places import LEVELS, language_name, languages
from accounts.policy import MOST_LANGUAGES, first_double

Row = dict[str, str]


class LanguagesWidget(forms.MultiWidget):
    """Six rows; those not needed yet are folded away. Its value is a list of `{"code", "level"}`, half-filled too."""

    template_name = "accounts/_languages.html"

    def __init__(self, attrs: Any = None) -> None:
        selects = {}
        for row in range(MOST_LANGUAGES):
            selects[f"{row}_code"] = forms.Select({"aria-label": gettext_lazy("Language")})
            selects[f"{row}_level"] = forms.Select({"aria-label": gettext_lazy("How well")})
        super().__init__(selects, attrs)

    def decompress(self, value: list[Row] | None) -> list[str]:
        rows = [*(value or []), *[{}] * MOST_LANGUAGES][:MOST_LANGUAGES]
        return [row.get(name, "") for row in rows for name in ("code", "level")]

    def get_context(self, name: str, value: list[Row] | None, attrs: Any) -> dict[str, Any]:
        choices = with_blank(languages)(), with_blank(lambda: LEVELS)()
        for number, widget in enumerate(self.widgets):
            widget.choices = choices[number % 2]
        context = super().get_context(name, self.decompress(value), attrs)
        selects = context["widget"]["subwidgets"]
        rows = list(zip(selects[::2], selects[1::2], strict=True))
        shown = max(len(value or []) + 1, 2)
        context["widget"] |= {"rows": rows[:shown], "more": rows[shown:]}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        flat = super().value_from_datadict(data, files, name)
        rows = [{"code": code or "", "level": level or ""} for code, level in zip(flat[::2], flat[1::2], strict=True)]
        return [row for row in rows if row["code"] or row["level"]]

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class LanguagesField(forms.Field):
    """Up to six languages, each once, as `[{"code": "es", "level": "b2"}]`."""

    widget = LanguagesWidget

    def to_python(self, value: list[Row] | None) -> list[Row]:
        rows = value or []
        for row in rows:
            _check(row)
        if double := first_double(row["code"] for row in rows):
            sentence = _("You chose %(language)s twice.") % {"language": language_name(double)}
            raise ValidationError(sentence, code="language_twice")
        return rows


def _check(row: Row) -> None:
    if not row["code"]:
        raise ValidationError(_("Choose the language, too."), code="language_missing")
    if row["code"] not in dict(languages()):
        raise ValidationError(_("Choose a language of the list."), code="language_unknown")
    if row["level"] not in dict(LEVELS):
        sentence = _("Say how well you speak %(language)s.") % {"language": language_name(row["code"])}
        raise ValidationError(sentence, code="level_missing")
