"""Words about requests: their languages, their week, their zone."""

from itertools import groupby

from django import template

from accounts.places import language_name
from core.weeks import weekday_name
from scheduling.weekly import windows_of_hours

register = template.Library()


@register.filter
def names_of_languages(codes: list[str]) -> str:
    """`{{ wanted.languages|names_of_languages }}` → English, Spanish."""
    return ", ".join(language_name(code) for code in codes)


@register.filter
def week_in_words(hours: list[int]) -> list[tuple[str, str]]:
    """Each weekday with its times: `("Mon", "18:00–20:00, 21:00–22:00")`."""
    days = groupby(windows_of_hours(hours), key=lambda window: window["weekday"])
    return [(weekday_name(day), ", ".join(f"{each['starts']}–{each['ends']}" for each in some)) for day, some in days]


@register.filter
def zone_name(zone: str) -> str:
    """`America/New_York` → America/New York."""
    return zone.replace("_", " ")
