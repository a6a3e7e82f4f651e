"""The week as people read it: which day comes first, what its days and hours are called."""

from babel import Locale
from django.utils.translation import get_language

HOURS = 168  # of a week: weekday from Monday = 0, times 24, plus the hour


def weekdays() -> list[int]:
    """The days from Monday = 0, in the order in which the reader's calendars show them."""
    first = _locale().first_week_day
    return [(first + number) % 7 for number in range(7)]


def weekday_name(weekday: int, width: str = "abbreviated") -> str:
    """`Tue`, or with the width `wide` `Tuesday`."""
    return str(_locale().days["stand-alone" if width == "wide" else "format"][width][weekday])


def hour_name(hour: int) -> str:
    """`18:00`; the end of a day is `24:00`."""
    return f"{hour:02}:00"


def _locale() -> Locale:
    return Locale.parse(get_language() or "en", sep="-")
