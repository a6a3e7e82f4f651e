"""Wall-clock times of named zones, and the instants they stand for. The one place where one becomes the other."""

import importlib
import zoneinfo
from contextlib import suppress
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings


@lru_cache(maxsize=2**12)
def instants(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants at which clocks of the zone show this, in UTC: one; none in a gap; two where it happens twice."""
    wall = datetime.combine(day, clock)
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(each for each in both if each.astimezone(zone).replace(tzinfo=None, fold=0) == wall))


def to_utc(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time: in a gap the gap's end, where it happens twice the first of the two."""
    found = instants(day, clock, zone)
    if found:
        return found[0]
    wall = datetime.combine(day, clock)
    before, after = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    return _end_of_gap(before, after, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second, between an instant before it and one after it, at which the zone's clocks have jumped."""
    jumped = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == jumped:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def data_version() -> str:
    """The version of the time-zone data by which this process reads clocks, such as `2026b`; later ones sort later."""
    return settings.TIME_ZONE_DATA or _version_in_use(tuple(zoneinfo.TZPATH))


@lru_cache(maxsize=4)
def _version_in_use(places: tuple[str, ...]) -> str:
    """Of the first place that has zones, as `zoneinfo` looks for them; the installed package where none has."""
    for place in map(Path, places):
        if (place / "Europe" / "London").exists():
            return _version_at(place)
    return str(getattr(importlib.import_module("tzdata"), "IANA_VERSION", ""))


def _version_at(place: Path) -> str:
    """What the data says of itself; where it says nothing, the day of its youngest file, which sorts before any name."""
    for name in ("tzdata.zi", "+VERSION", "version"):
        with suppress(OSError, UnicodeDecodeError, IndexError), (place / name).open(encoding="ascii") as lines:
            words = lines.readline().split()
            return words[-1][:20]
    youngest = max((each.stat().st_mtime for each in place.glob("*/*") if each.is_file()), default=0.0)
    return f"{datetime.fromtimestamp(youngest, UTC):%Y.%m.%d}"
