from django import template

from accounts.places import country_name, language_name

register = template.Library()


@register.filter
def country(code: str) -> str:
    """`{{ "IE"|country }}` → Ireland, in the reader's language."""
    return country_name(code)


@register.filter
def language(code: str) -> str:
    """`{{ "es"|language }}` → Spanish, in the reader's language."""
    return language_name(code)


@register.filter
def languages(spoken: list[dict[str, str]]) -> str:
    """`{{ coach.languages|languages }}` → Spanish, English."""
    return ", ".join(language_name(each["code"]) for each in spoken)
