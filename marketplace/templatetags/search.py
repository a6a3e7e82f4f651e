from datetime import datetime, timedelta

from babel.dates import format_datetime, format_time
from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

WEEK = timedelta(days=6)


@register.filter
def soon(moment: datetime, now: datetime) -> str:
    """`today 18:30`, `tomorrow 09:00`, `Tue 18:00` or, after six days, `3 Dec` in the reader's zone."""
    local, locale = timezone.localtime(moment), (get_language() or "en").replace("-", "_")
    days = (local.date() - timezone.localtime(now).date()).days
    clock = format_time(local, "HH:mm", locale=locale)
    if days <= 1:
        return (_("tomorrow %(time)s") if days else _("today %(time)s")) % {"time": clock}
    return str(format_datetime(local, "EEE HH:mm" if moment - now < WEEK else "d MMM", locale=locale))
