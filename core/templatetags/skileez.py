"""One filter each for money, moments and lengths, so that they read the same on every page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime, format_time
from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import clock as the_clock
from core import money as arithmetic
from core.numbers import number

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
def in_minutes(length: int) -> str:
    """`15 minutes`, in a sentence; whole hours as such."""
    if length and length % 60 == 0:
        return in_hours(length // 60)
    return ngettext("%(n)d minute", "%(n)d minutes", length) % {"n": length}


@register.filter
def in_hours(length: int) -> str:
    """`24 hours`, in a sentence."""
    return ngettext("%(n)d hour", "%(n)d hours", length) % {"n": length}


@register.filter
def in_days(length: int) -> str:
    """`14 days`, in a sentence."""
    return ngettext("%(n)d day", "%(n)d days", length) % {"n": length}


@register.simple_tag
def rule(key: str, terms: Mapping[str, Any] | None = None) -> Any:
    """A number of the rules for a sentence: as these terms keep it, else the one in force now."""
    return number(key, the_clock.now()) if terms is None else terms.get(key, settings.POLICY[key])


@register.filter
def percent(basis_points: int) -> str:
    """`15%` from hundredths of a percent."""
    return _("%(number)s%%") % {"number": f"{basis_points / 100:g}"}


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a mapping by a key that the template holds in a variable."""
    return mapping.get(key) if mapping else None
