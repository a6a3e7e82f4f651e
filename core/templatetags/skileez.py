"""One filter each for money, moments and lengths, so that they read the same on every page."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime, format_time
from django import template
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import money as arithmetic

register = template.Library()


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


@register.filter
def money(cents: int | None, currency: str) -> str:
    """`{{ 48000|money:"usd" }}` → $480.00."""
    return "" if cents is None else arithmetic.as_text(int(cents), currency, _locale())


@register.filter
def when(instant: datetime | None) -> str:
    """`Fri 20 Nov 2026, 16:20 GMT` in the reader's zone."""
    if not instant:
        return ""
    local = timezone.localtime(instant)
    return f"{format_datetime(local, 'EEE d MMM y, HH:mm', locale=_locale())} {zone_of(local)}"


def zone_of(local: datetime) -> str:
    """The zone's short name, with the offset where it has none of letters."""
    name = local.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{name[:3]}" + (f":{name[3:]}" if name[3:] else "")


@register.filter
def day(instant: date | None) -> str:
    """`Fri 20 Nov 2026` in the reader's zone; takes dates too."""
    if not instant:
        return ""
    local = timezone.localtime(instant) if isinstance(instant, datetime) else instant
    return str(format_date(local, "EEE d MMM y", locale=_locale()))


@register.filter
def clock(instant: datetime | None) -> str:
    """`16:20` in the reader's zone."""
    return str(format_time(timezone.localtime(instant), "HH:mm", locale=_locale())) if instant else ""


@register.filter
def part(instant: datetime, pattern: str) -> str:
    """One part of a day for the date tile, such as `MMM`, `d` or `EEE`."""
    local = timezone.localtime(instant) if isinstance(instant, datetime) else instant
    return str(format_date(local, pattern, locale=_locale()))


@register.filter
def minutes(length: int | None) -> str:
    """`60 min`."""
    return "" if length is None else ngettext("%(n)d min", "%(n)d min", length) % {"n": length}


@register.filter
def percent(basis_points: int) -> str:
    """`15%` from hundredths of a percent."""
    return _("%(number)s%%") % {"number": f"{basis_points / 100:g}"}


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a mapping by a key that the template holds in a variable."""
    return mapping.get(key) if mapping else None
