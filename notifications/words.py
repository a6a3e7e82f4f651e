"""Parts of sentences that are written when they are read: in the reader's language and time zone."""

from django.utils.functional import lazy
from django.utils.text import format_lazy

from core.templatetags.skileez import in_days, in_hours, money, when

amount = lazy(money, str)
moment = lazy(when, str)
hours, days = lazy(in_hours, str), lazy(in_days, str)
say = format_lazy
