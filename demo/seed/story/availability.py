"""Coaches say in detail when they have time: holidays, extra hours, a travel, a limit a day, no consultations."""

from datetime import date, time, timedelta
from typing import Any

from accounts.models import User
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from scheduling.models import Calendar, DateException
from scheduling.operations import Window, add_exception, add_travel, set_availability

Kind = DateException.Kind


def days_differ(stage: Stage, cast: Cast) -> Scene:
    """Rafael had a holiday, goes on another, and teaches on an evening besides; Mei blocks her lunch and travels."""
    yield stage.ago(60, 9)
    past = stage.now().date() + timedelta(days=10)
    add_exception(kind=Kind.BLOCKED, **_days(past, 3), note="Family", by=cast["rafael"], now=stage.now())
    yield stage.ago(1, 18)
    today = stage.now().date()
    add_exception(kind=Kind.BLOCKED, **_days(today, 16, 9), note="Holidays", by=cast["rafael"], now=stage.now())
    evening = {"starts": time(19), "ends": time(21)}
    add_exception(kind=Kind.EXTRA, **_days(today, 20), **evening, by=cast["rafael"], now=stage.now())
    lunch = {"starts": time(12), "ends": time(14)}
    add_exception(kind=Kind.BLOCKED, **_days(today, 9, 2), **lunch, by=cast["mei"], now=stage.now())
    add_travel(**_days(today, 23, 6), time_zone="America/New_York", by=cast["mei"], now=stage.now())


def limits_are_set(stage: Stage, cast: Cast) -> Scene:
    """Ines teaches four hours a day at most; Samuel gives no free consultations."""
    yield stage.ago(1, 19)
    _change(cast["ines"], stage, most_a_day=4, buffer_after_minutes=30)
    _change(cast["samuel"], stage, takes_consultations=False, notice_hours=24)


def _days(today: date, ahead: int, more: int = 0) -> dict[str, date]:
    first = today + timedelta(days=ahead)
    return {"first_day": first, "last_day": first + timedelta(days=more)}


def _change(coach: User, stage: Stage, **numbers: Any) -> None:
    """The week stays as it is."""
    calendar = Calendar.objects.get(coach=coach)
    hours = [Window(each.weekday, each.starts, each.ends) for each in calendar.weekly_hours.all()]
    set_availability(hours=hours, by=coach, now=stage.now(), time_zone=calendar.time_zone, **numbers)


SCENES = [days_differ, limits_are_set]
