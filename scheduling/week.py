"""A week of times as a page shows it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.wall import to_utc
from scheduling.slots import Diary

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Slot:
    start: datetime
    taken: bool


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday, by the clock of one zone."""

    monday: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(7)]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def start(self) -> datetime:
        return to_utc(self.monday, time(0), self.zone)

    @property
    def end(self) -> datetime:
        return to_utc(self.monday + WEEK, time(0), self.zone)

    @property
    def previous(self) -> "Week":
        return Week(self.monday - WEEK, self.zone)

    @property
    def next(self) -> "Week":
        return Week(self.monday + WEEK, self.zone)

    def slots(self, diary: Diary, duration_minutes: int, now: datetime) -> list[tuple[date, list[Slot]]]:
        """Each day with its times, the taken ones among them."""
        span = (self.start, self.end, duration_minutes, now)
        free = set(diary.free(*span))
        by_day: dict[date, list[Slot]] = {day: [] for day in self.days}
        for second in diary.offered(*span):
            start = datetime.fromtimestamp(second, UTC)
            by_day[start.astimezone(self.zone).date()].append(Slot(start, taken=second not in free))
        return list(by_day.items())


def week_of(moment: datetime, zone: ZoneInfo) -> Week:
    """The week in which a moment lies, by the clock of a zone."""
    day = moment.astimezone(zone).date()
    return Week(day - timedelta(days=day.weekday()), zone)


def week_named(name: str, zone: ZoneInfo) -> Week | None:
    """The week of a day such as `2026-11-23`; none when it is no day within reach."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    if not 1971 <= day.year <= 2400:
        return None
    return Week(day - timedelta(days=day.weekday()), zone)
