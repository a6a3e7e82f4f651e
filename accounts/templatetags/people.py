from django import template

from accounts.places import country_name

register = template.Library()


@register.filter
def country(code: str) -> str:
    """`{{ "IE"|country }}` → Ireland, in the reader's language."""
    return country_name(code)
