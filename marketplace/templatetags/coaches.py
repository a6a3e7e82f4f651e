"""Words about coaches: how soon they answer, where a link leads."""

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.places import LEVELS, language_name

register = template.Library()
HOUR, DAY = 60, 24 * 60


@register.filter
def answers_within(minutes: int | None) -> str:
    """`usually answers within 3 hours`; nothing where nobody knows yet."""
    if minutes is None:
        return ""
    if minutes <= HOUR:
        return _("usually answers within an hour")
    if minutes <= DAY:
        return ngettext(
            "usually answers within %(n)d hour", "usually answers within %(n)d hours", hours := -(-minutes // HOUR)
        ) % {"n": hours}
    days = -(-minutes // DAY)
    return ngettext("usually answers within %(n)d day", "usually answers within %(n)d days", days) % {"n": days}


@register.filter
def host(url: str) -> str:
    """`https://www.youtube.com/watch?v=1` → youtube.com"""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@register.filter
def years(entry: dict[str, Any]) -> str:
    """`2015–2020`, `since 2020`, `2015`: when somebody did this."""
    start, end = entry.get("from_year"), entry.get("to_year")
    if start and not end:
        return _("since %(year)s") % {"year": start}
    return str(start or end or "") if start == end or not start else f"{start}–{end}"


@register.filter
def spoken(languages: list[dict[str, str]]) -> list[dict[str, Any]]:
    """`[{code, level}]` with the names of both, in the reader's language."""
    levels = dict(LEVELS)
    return [{"name": language_name(each["code"]), "level": levels.get(each["level"], "")} for each in languages]
