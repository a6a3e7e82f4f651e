"""Countries and time zones to choose from, in the reader's language."""

from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

Choices = list[tuple[str, str]]
NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def countries() -> Choices:
    """ISO 3166 codes with their names, by name."""
    return _countries(get_language() or "en")


def country_name(code: str) -> str:
    return dict(countries()).get(code, "")


def zones() -> Choices:
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in settings.TIME_ZONES)]


@lru_cache(maxsize=16)
def _countries(language: str) -> Choices:
    names = Locale.parse(language.replace("-", "_")).territories
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES]
    return sorted(((code, names[code]) for code in codes), key=lambda row: row[1])
