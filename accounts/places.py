"""Countries, languages and time zones to choose from, in the reader's language."""

from functools import lru_cache
from typing import Any

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SPOKEN = [
    "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa",
    "fi", "fil", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "km", "kn",
    "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb", "ne", "nl", "pa", "pl", "ps", "pt",
    "ro", "ru", "sd", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "tg", "th", "tk", "tr", "uk", "ur",
    "uz", "vi", "yue", "zh", "zu",
]  # fmt: skip
Choices = list[tuple[str, str]]
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def countries() -> Choices:
    """ISO 3166 codes with their names, by name."""
    return _countries(get_language() or "en")


def country_name(code: str) -> str:
    return dict(countries()).get(code, "")


def zones() -> Choices:
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in settings.TIME_ZONES)]


def languages() -> Choices:
    """ISO 639 codes of the languages people teach and learn in, with their names, by name."""
    return _languages(get_language() or "en")


def language_name(code: str) -> str:
    return dict(languages()).get(code, code)


LEVELS: list[tuple[str, Any]] = [
    ("a1", _("A1, beginner")),
    ("a2", _("A2, elementary")),
    ("b1", _("B1, intermediate")),
    ("b2", _("B2, upper intermediate")),
    ("c1", _("C1, advanced")),
    ("c2", _("C2, nearly native")),
    ("native", _("native")),
]


@lru_cache(maxsize=16)
def _languages(language: str) -> Choices:
    names = Locale.parse(language.replace("-", "_")).languages
    return sorted(((code, names[code].capitalize()) for code in SPOKEN if code in names), key=lambda row: row[1])


@lru_cache(maxsize=16)
def _countries(language: str) -> Choices:
    names = Locale.parse(language.replace("-", "_")).territories
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES]
    return sorted(((code, names[code]) for code in codes), key=lambda row: row[1])
