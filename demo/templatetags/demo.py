from datetime import datetime

from django import template

from core import clock

register = template.Library()


@register.simple_tag
def demo_now() -> datetime:
    """The demo's moment."""
    return clock.now()
