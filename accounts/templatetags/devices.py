from django import template

from accounts.sessions import device_of

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """`{{ session.user_agent|device }}` → Firefox on Linux."""
    return device_of(user_agent)
