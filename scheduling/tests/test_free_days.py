"""What is written down about free time follows exceptions, travels, busy times and limits."""

from datetime import date, time

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from core.registry import invariants
from scheduling.models import BusyTime, DateException, FreeTime, GoogleCalendar, TravelZone
from scheduling.operations import (
    add_exception,
    add_travel,
    mark_due_for,
    refresh_due,
    refresh_many,
    remove_exception,
    remove_travel,
)
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory
from scheduling.tests.test_free_time import TEN, TRUTH, first_days, fresh, fresh_state

pytestmark = pytest.mark.django_db


def test_exceptions_travel_busy_times_and_full_days_are_cut_out_too():
    coach = CalendarFactory(most_a_day=1, hours=[(weekday, time(9), time(12)) for weekday in range(5)]).coach
    day = {"calendar": coach.calendar, "first_day": date(2027, 1, 11), "last_day": date(2027, 1, 11)}
    DateException.objects.create(**day, starts=time(9), ends=time(10))
    DateException.objects.create(**day, kind="extra", starts=time(18), ends=time(20))
    BusyTime.objects.create(user=coach, during=DateTimeTZRange(TEN, TEN + 30 * MINUTE))
    SessionFactory(coach=coach, starts_at=TEN + DAY)
    there = {"first_day": date(2027, 1, 13), "last_day": date(2027, 1, 13), "time_zone": "Asia/Tokyo"}
    TravelZone.objects.create(calendar=coach.calendar, **there)
    assert first_days(fresh(coach), 4) == [
        ("11 10:30", "11 12:00"),
        ("11 18:00", "11 20:00"),
        ("13 00:00", "13 03:00"),
        ("14 09:00", "14 12:00"),
    ]


def test_a_calendar_that_is_not_relied_upon_offers_nothing_and_the_row_is_due_when_that_begins():
    coach = CalendarFactory().coach
    own = GoogleCalendar.objects.create(user=coach, due_at=NOW, verified_until=NOW + HOUR)
    row = fresh(coach)
    assert (bool(row.stretches), row.due_at) == (True, NOW + HOUR)
    row = fresh(coach, NOW + HOUR)
    assert (row.stretches, row.next_free_at, row.cells) == ([], None, [])
    own.verified_until = NOW + 3 * HOUR
    own.save()
    mark_due_for([coach.pk], now=NOW + HOUR)
    assert refresh_due(now=NOW + HOUR) == 1
    assert FreeTime.objects.get(pk=coach.pk).next_free_at == MONDAY + 9 * HOUR


def test_by_request_the_notice_leaves_time_to_answer():
    assert fresh(CalendarFactory(notice_hours=2, confirms="request").coach).notice_hours == 3


def test_exceptions_and_travels_make_the_row_due():
    coach = CalendarFactory().coach
    for number, (add, remove, more) in enumerate(
        [
            (add_exception, remove_exception, {"kind": "blocked"}),
            (add_travel, remove_travel, {"time_zone": "Asia/Tokyo"}),
        ]
    ):
        refresh_many([coach.pk], now=NOW - HOUR)
        day = date(2027, 1, 11 + number)
        made = add(first_day=day, last_day=day, **more, by=coach, now=NOW)
        assert fresh_state(coach) == (None, NOW)
        refresh_many([coach.pk], now=NOW)
        remove(made, by=coach, now=NOW)
        remove(made, by=coach, now=NOW)
        assert fresh_state(coach) == (None, NOW)


def test_the_truth_is_broken_by_a_row_that_offers_what_is_busy_elsewhere():
    coach = CalendarFactory().coach
    fresh(coach)
    BusyTime.objects.create(user=coach, during=DateTimeTZRange(TEN, TEN + HOUR))
    assert [row["coach_id"] for row in invariants[TRUTH]()] == [coach.pk]
    mark_due_for([coach.pk], now=NOW)
    assert list(invariants[TRUTH]()) == []
