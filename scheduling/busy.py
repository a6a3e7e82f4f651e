"""What events of somebody's own calendar say of their time, as pure functions: when it is taken, and nothing else."""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.wall import to_utc

Span = tuple[datetime, datetime]
OF_OURS = re.compile(r"session-\d+@.+")
NOT_BUSY = {"workingLocation", "birthday"}


def busy_spans(events: Iterable[dict[str, Any]], zone: str, *, apart_from: Collection[str], host: str) -> list[Span]:
    """The stretches taken, those that touch as one; our own sessions, whoever put them there, are not among them.

    A whole day is one of the calendar's zone. Odd events raise: what is not understood must not count as free.
    """
    clock = _zone(zone)
    ours = {event["id"] for event in events if event["id"] in apart_from or _is_of_ours(event, host)}
    spans = [_span(event, clock) for event in events if event["id"] not in ours and _takes_time(event)]
    return _joined(sorted(span for span in spans if span[0] < span[1]))


def _takes_time(event: dict[str, Any]) -> bool:
    if event.get("status") == "cancelled" or event.get("transparency") == "transparent":
        return False
    if event.get("eventType") in NOT_BUSY:
        return False
    return not any(each.get("self") and each.get("responseStatus") == "declined" for each in event.get("attendees", []))


def _is_of_ours(event: dict[str, Any], host: str) -> bool:
    """A mail program may have put it there from the file in our mail."""
    uid = str(event.get("iCalUID", ""))
    return bool(OF_OURS.fullmatch(uid)) and uid.endswith(f"@{host}")


def _span(event: dict[str, Any], zone: ZoneInfo) -> Span:
    return _edge(event["start"], zone), _edge(event["end"], zone)


def _edge(edge: dict[str, str], zone: ZoneInfo) -> datetime:
    if "date" in edge:
        return to_utc(date.fromisoformat(edge["date"]), time(0), zone)
    moment = datetime.fromisoformat(edge["dateTime"])
    if moment.tzinfo is None:
        own = ZoneInfo(edge["timeZone"]) if "timeZone" in edge else zone
        return to_utc(moment.date(), moment.time(), own)
    return moment.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no such zone: {name}") from error


def _joined(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
