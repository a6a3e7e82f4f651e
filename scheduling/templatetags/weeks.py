"""How the hours of a week look: in words, and as the picture of a match."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from core.weeks import hour_name, weekday_name, weekdays
from scheduling.matching import BOTH, COACH, STUDENT, Match
from scheduling.weekly import windows_of_hours

register = template.Library()

WORDS = {
    "": {BOTH: _("Both free"), STUDENT: _("Student's times"), COACH: _("Coach is free")},
    STUDENT: {BOTH: _("Both free"), STUDENT: _("Your times"), COACH: _("Coach is free")},
    COACH: {BOTH: _("Both free"), STUDENT: _("Student's times"), COACH: _("You are free")},
}


@register.filter
def hours_in_words(hours: Iterable[int]) -> str:
    """`Tue 18:00–21:00, Sat 10:00–12:00`, in the order of the reader's week."""
    windows = windows_of_hours(hours)
    windows.sort(key=lambda window: (weekdays().index(window["weekday"]), window["starts"]))
    return ", ".join(f"{weekday_name(each['weekday'])} {each['starts']}–{each['ends']}" for each in windows)


@register.filter
def picture(match: Match, role: str = "") -> dict[str, Any]:
    """A match as rows of hours, from the first to the last that somebody has, with its legend and its words."""
    order, marked = weekdays(), [hour % 24 for hour, word in enumerate(match.grid) if word != "none"]
    first, last = min(marked, default=0), max(marked, default=-1)
    names = WORDS.get(role, WORDS[""])
    return {
        "days": [weekday_name(weekday) for weekday in order],
        "rows": [
            {"clock": hour_name(hour), "cells": [match.grid[weekday * 24 + hour] for weekday in order]}
            for hour in range(first, last + 1)
        ],
        "legend": [
            {"word": word, "name": name, "hours": [n for n, each in enumerate(match.grid) if each == word]}
            for word, name in names.items()
        ],
    }
