"""What the components need to draw: initials, the geometry of bars, a week turned into rows."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from html import unescape
from typing import Any

from django import template
from django.utils import timezone

from core import clock
from core.templatetags.skileez import zone_of
from core.weeks import hour_name, weekday_name, weekdays

register = template.Library()

NIGHT_ENDS = 6
MANY_ROWS = 24  # of a week of times: half a day by half hours
CHART_WIDTH, CHART_HEIGHT, CHART_TOP, WIDEST_BAR, MOST_NAMES = 640, 150, 20, 52, 16


@register.simple_tag
def site_now() -> str:
    """The site's moment in ISO 8601, from which the browser counts on."""
    return clock.now().isoformat(timespec="milliseconds")


@register.filter
def initials(name: str) -> str:
    """`Lucía Fernández` → LF: the first letters of the first and the last word."""
    words = unescape(str(name)).split()  # an attribute of a component arrives escaped
    return "".join(word[0] for word in dict.fromkeys([*words[:1], *words[-1:]])).upper()


@register.filter
def last_digit(pk: Any) -> str:
    """The digit that chooses a colour, the same for a person on every page."""
    return str(sum(str(pk).encode()) % 10) if not str(pk).isdigit() else str(pk)[-1]


@register.filter
def iso(instant: datetime) -> str:
    """An instant for `datetime=` and for the browser."""
    return instant.isoformat()


@register.filter
def bars(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Where each bar of `[{label, value, text?}]` stands in the picture; the tallest one fills it."""
    tallest = max([row["value"] for row in rows], default=0) or 1
    step = CHART_WIDTH / max(len(rows), 1)
    thick = min(round(step * 0.7), WIDEST_BAR)
    named = -(-len(rows) // MOST_NAMES) or 1
    return {
        "rows": [
            {
                **row,
                "x": round(step * (n + 0.5)) - thick // 2,
                "middle": round(step * (n + 0.5)),
                "named": n % named == 0,
            }
            | {
                "height": (height := round(CHART_HEIGHT * row["value"] / tallest)),
                "y": CHART_TOP + CHART_HEIGHT - height,
            }
            | {"above": CHART_TOP + CHART_HEIGHT - height - 6}
            for n, row in enumerate(rows)
        ],
        "width": CHART_WIDTH,
        "height": CHART_TOP + CHART_HEIGHT + 24,
        "thick": thick,
        "base": CHART_TOP + CHART_HEIGHT,
        "words": CHART_TOP + CHART_HEIGHT + 18,
    }


@register.filter
def by_time(days: Iterable[tuple[date, Iterable[Any]]]) -> list[dict[str, Any]]:
    """`[(day, [slot])]` as rows by clock time, a cell for each day: (day, slot, its clock).

    An hour that happens twice makes two rows, and each of its cells says by which of the two clocks it is.
    """
    columns = list(days)
    cells: dict[tuple[str, int], dict[int, Any]] = {}
    for column, (day, slots) in enumerate(columns):
        for slot in slots:
            local = timezone.localtime(slot["start"] if isinstance(slot, dict) else slot.start)
            name = f"{local:%H:%M}"
            cells.setdefault((name, local.fold), {})[column] = (day, slot, f"{name} {_which(local)}".strip())
    return [
        {"clock": key[0], "cells": [row.get(n, (columns[n][0], None, "")) for n in range(len(columns))]}
        for key, row in sorted(cells.items())
    ]


def _which(local: datetime) -> str:
    """The name of the zone at a moment whose clock comes twice that day."""
    return zone_of(local) if local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset() else ""


@register.filter
def night_and_day(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows of `by_time` in two parts where they are many, so that the night can be folded away."""
    night = [row for row in rows if row["clock"] < f"{NIGHT_ENDS:02}:00"]
    is_long = len(rows) > MANY_ROWS
    folded = len(night) if is_long and len(night) < len(rows) else 0
    return {"night": rows[:folded], "day": rows[folded:], "is_long": is_long}


@register.filter
def slot_count(slots: Sequence[Any]) -> int:
    """How many of a day's times are free."""
    return sum(not (slot.get("taken") if isinstance(slot, dict) else slot.taken) for slot in slots)


@register.filter
def week_to_paint(hours: Iterable[Any] | None) -> dict[str, Any]:
    """The week in rows of an hour each, night and day apart; `hours` are those that are marked."""
    marked, order = {str(hour) for hour in hours or []}, weekdays()
    rows = [_row_to_paint(hour, order, marked) for hour in range(24)]
    night, day = rows[:NIGHT_ENDS], rows[NIGHT_ENDS:]
    is_night_marked = any(cell["marked"] for row in night for cell in row["cells"])
    days = [weekday_name(weekday) for weekday in order]
    return {"days": days, "night": night, "day": day, "is_night_marked": is_night_marked}


def _row_to_paint(hour: int, order: list[int], marked: set[str]) -> dict[str, Any]:
    span = f"{hour_name(hour)}–{hour_name(hour + 1)}"
    cells = [
        {"hour": weekday * 24 + hour, "name": f"{weekday_name(weekday)} {span}"}
        | {"marked": str(weekday * 24 + hour) in marked}
        for weekday in order
    ]
    return {"clock": hour_name(hour), "cells": cells}
