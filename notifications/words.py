"""Parts of sentences that are written when they are read: in the reader's language and time zone."""

from django.utils.functional import lazy
from django.utils.text import format_lazy

from core.templatetags.skileez import money, when

amount = lazy(money, str)
moment = lazy(when, str)
say = format_lazy
