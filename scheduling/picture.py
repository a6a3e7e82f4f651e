"""A coach's week as a picture: the hours, what opens and blocks them, and what is taken, by the clock of each day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from scheduling import policy, spans
from scheduling.diary import Diary, Stretch, instant
from scheduling.week import Week

TALL, TOP, WIDE, LEFT = 280, 34, 44, 30  # in units of the picture: the hours, the names of days, a day, the clock
KINDS = {
    "open": _("Your hours"),
    "extra": _("Extra hours"),
    "blocked": _("Blocked"),
    "full": _("Day is full"),
    "outside": _("Busy in your own calendar"),
    "booked": _("Agreed or held"),
}


@dataclass(frozen=True)
class Piece:
    """A stretch of one day; minutes are those of its clock."""

    kind: str
    start: datetime
    end: datetime
    first: int
    last: int

    @property
    def name(self) -> Any:
        return KINDS[self.kind]


@dataclass(frozen=True)
class Day:
    day: date
    zone: ZoneInfo
    is_away: bool
    pieces: list[Piece]
    hours: list[tuple[datetime, datetime]]  # what is open after all, whatever is taken
    free: int  # how often an hour can begin
    is_over: bool


@dataclass(frozen=True)
class Picture:
    """Seven days, and from which minute to which they are drawn."""

    days: list[Day]
    first: int
    last: int

    @property
    def clocks(self) -> list[dict[str, Any]]:
        every = 60 * max(1, -(-(self.last - self.first) // 60 // 8))
        return [{"name": f"{each // 60:02}", "y": self.y(each)} for each in range(self.first, self.last, every)]

    @property
    def columns(self) -> list[dict[str, Any]]:
        return [
            {
                "day": day,
                "x": LEFT + number * WIDE,
                "middle": LEFT + number * WIDE + WIDE / 2,
                "boxes": self._boxes(day),
            }
            for number, day in enumerate(self.days)
        ]

    @property
    def legend(self) -> list[tuple[str, Any]]:
        drawn = {piece.kind for day in self.days for piece in day.pieces}
        return [(kind, name) for kind, name in KINDS.items() if kind in drawn]

    @property
    def height(self) -> int:
        return TOP + TALL

    def y(self, minute: int) -> float:
        return round(TOP + TALL * (minute - self.first) / (self.last - self.first), 1)

    def _boxes(self, day: Day) -> list[dict[str, Any]]:
        found = []
        for piece in day.pieces:
            first, last = max(piece.first, self.first), min(piece.last, self.last)
            if first < last:
                found.append({"kind": piece.kind, "y": self.y(first), "height": round(self.y(last) - self.y(first), 1)})
        return found


def picture_of(diary: Diary, week: Week, now: datetime) -> Picture:
    """The week as the diary says, notice and horizon counted from now."""
    layers = _layers(diary, week)
    edges = spans.midnights(diary.zone, week.monday, week.sunday, travels=diary.travels)
    starts = diary.free(week.start - policy.DAY, week.end + policy.DAY, 60, now)
    days = [
        _day(diary, day, (edges[number], edges[number + 1]), layers, starts, now)
        for number, day in enumerate(week.days)
    ]
    return Picture(days, *_reach(days))


def _layers(diary: Diary, week: Week) -> dict[str, list[Stretch]]:
    span, days = (week.start, week.end), (week.monday - policy.DAY, week.sunday + policy.DAY)
    weekly = spans.joined(spans.windows(diary.hours, diary.zone, *days, travels=diary.travels))
    closed, windows = diary.closed(*span), diary.windows(*span)
    return {
        "open": weekly,
        "extra": spans.joined(spans.windows([], diary.zone, *days, extra=diary.extra, travels=diary.travels)),
        "blocked": closed,
        "full": diary.full_days(*span),
        "outside": spans.joined(sorted(diary.outside)),
        "booked": sorted(diary.busy),
        "left": spans.free_stretches(windows, [], elsewhere=closed, earliest=windows[0][0]) if windows else [],
    }


def _day(
    diary: Diary, day: date, edges: Stretch, layers: dict[str, list[Stretch]], starts: list[int], now: datetime
) -> Day:
    zone = spans.zone_on(spans.day_number(day), diary.zone, diary.travels)
    within = {kind: list(_within(layer, edges)) for kind, layer in layers.items()}
    left = within.pop("left")
    return Day(
        day,
        zone,
        zone != diary.zone,
        [_piece(kind, stretch, zone) for kind, layer in within.items() for stretch in layer],
        [(instant(start), instant(end)) for start, end in left],
        sum(edges[0] <= start < edges[1] for start in starts),
        edges[1] <= now.timestamp(),
    )


def _within(layer: Iterable[Stretch], edges: Stretch) -> Iterable[Stretch]:
    for start, end in layer:
        if start < edges[1] and edges[0] < end:
            yield max(start, edges[0]), min(end, edges[1])


def _piece(kind: str, stretch: Stretch, zone: ZoneInfo) -> Piece:
    start, end = map(instant, stretch)
    local = start.astimezone(zone)
    first = local.hour * 60 + local.minute
    return Piece(kind, start, end, first, min(first + int((end - start) / timedelta(minutes=1)), 1440))


def _reach(days: list[Day]) -> tuple[int, int]:
    """The hours that are drawn: those of the day's work, whole hours, with an hour around them and eight at least."""
    drawn = [each for day in days for each in day.pieces if each.kind in {"open", "extra", "booked"}]
    first = min((each.first for each in drawn), default=480) // 60 * 60 - 60
    last = -(-max((each.last for each in drawn), default=1080) // 60) * 60 + 60
    first = max(min(first, last - 480), 0)
    return first, min(max(last, first + 480), 1440)
