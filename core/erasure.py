"""Words that are put in the place of somebody who leaves, wherever they stand."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Left
from django.utils.html import escape

Words = Mapping[str, str]


def replace_words(rows: QuerySet[Any], columns: list[str], words: Words) -> None:
    """Put other words in the place of these in columns of text, as plain text and as HTML; never inside a word."""
    for word, instead in _forms(words).items():
        pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
        for column in columns:
            field = rows.model._meta.get_field(column)
            fresh = Func(
                F(column),
                Value(pattern),
                Value(instead),
                Value("g"),
                function="regexp_replace",
                output_field=TextField(),
            )
            found = rows.filter(**{f"{column}__contains": word})
            found.update(**{column: Left(fresh, field.max_length or 0) if isinstance(field, CharField) else fresh})


def replaced(value: Any, words: Words) -> Any:
    """The same JSON with other words in it."""
    if isinstance(value, dict):
        return {key: replaced(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, words) for each in value]
    if not isinstance(value, str):
        return value
    for word, instead in _forms(words).items():
        value = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", instead.replace("\\", r"\\"), value)
    return value


def addresses_in(words: Words) -> dict[str, str]:
    """Those that can mean one person only, wherever they stand; somebody's name may be a word like any other."""
    return {word: instead for word, instead in words.items() if "@" in word}


def mentioning(column: str, words: Words) -> Q:
    """Rows in whose text one of these words stands."""
    wanted = Q(pk__in=[])
    for word in _forms(words):
        wanted |= Q(**{f"{column}__contains": word})
    return wanted


def _forms(words: Words) -> dict[str, str]:
    """Each word as it was written, with single spaces, and escaped; the longest first."""
    forms: dict[str, str] = {}
    for word, instead in words.items():
        for form in (word, " ".join(word.split())):
            forms |= {form: instead, str(escape(form)): instead} if form else {}
    return dict(sorted(forms.items(), key=lambda pair: -len(pair[0])))
