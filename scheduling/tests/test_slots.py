"""What is listed can be booked, and nothing else can."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tests.factories import CoachFactory, StudentFactory
from core.refused import Refused
from scheduling.models import Session, TimeClaim
from scheduling.operations import hold_time, schedule
from scheduling.slots import is_free, read_diary, refusal, slots
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db


def clocks(found, zone="UTC"):
    return [f"{moment.astimezone(ZoneInfo(zone)):%d %H:%M}" for moment in found]


def why(coach, at, *, student=None, minutes=60, now=NOW):
    refused = refusal(read_diary(coach, [student] if student else [], at, at, now), at, minutes, now)
    return refused and refused.code


def test_a_free_day_lists_every_step_at_which_a_session_fits():
    coach = CalendarFactory(step_minutes=60).coach
    assert clocks(slots(coach, None, 60, MONDAY, MONDAY + DAY, NOW)) == [f"11 {hour:02}:00" for hour in range(9, 17)]


def test_a_coach_without_a_calendar_has_no_slots():
    coach = CoachFactory()
    assert slots(coach, None, 60, MONDAY, MONDAY + DAY, NOW) == []
    assert why(coach, MONDAY + 9 * HOUR) == "outside_hours"


def test_listing_takes_one_statement():
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR)
    coach, student = session.coach, student_of(session)
    with CaptureQueriesContext(connection) as queries:
        slots(coach, student, 60, MONDAY, MONDAY + 30 * DAY, NOW)
    assert len(queries) == 1


def test_bookings_of_the_coach_and_of_the_student_take_slots_away():
    coach = CalendarFactory(step_minutes=60).coach
    SessionFactory(coach=coach, starts_at=MONDAY + 10 * HOUR)
    student = student_of(SessionFactory(coach=CalendarFactory().coach, starts_at=MONDAY + 13 * HOUR + 30 * MINUTE))
    assert clocks(slots(coach, None, 60, MONDAY, MONDAY + DAY, NOW)) == [
        f"11 {hour:02}:00" for hour in (9, 11, 12, 13, 14, 15, 16)
    ]
    assert clocks(slots(coach, student, 60, MONDAY, MONDAY + DAY, NOW)) == [
        f"11 {hour:02}:00" for hour in (9, 11, 12, 15, 16)
    ]


def test_a_spent_hold_takes_no_slot_away_and_a_fresh_one_does():
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR, state=Session.State.HELD, hold_expires_at=NOW + 15 * MINUTE)
    at = MONDAY + 10 * HOUR
    assert not is_free(session.coach, None, 60, at, NOW + 14 * MINUTE)
    assert is_free(session.coach, None, 60, at, NOW + 15 * MINUTE)


def test_a_session_that_is_over_or_cancelled_takes_no_slot_away():
    session = SessionFactory(starts_at=MONDAY + 10 * HOUR, state=Session.State.CANCELLED)
    assert is_free(session.coach, student_of(session), 60, MONDAY + 10 * HOUR, NOW)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW, "past"),
        (NOW - 3 * DAY, "past"),
        (NOW + 12 * HOUR - MINUTE, "notice"),
        (NOW + 60 * DAY, "horizon"),
        (MONDAY + 8 * HOUR, "outside_hours"),
        (MONDAY + 8 * HOUR + 30 * MINUTE, "outside_hours"),
        (MONDAY + 16 * HOUR + 30 * MINUTE, "outside_hours"),
        (MONDAY + 5 * DAY + 10 * HOUR, "outside_hours"),
        (MONDAY + 12 * HOUR + 10 * MINUTE, "not_listed"),
        (MONDAY + 12 * HOUR + timedelta(seconds=1), "not_listed"),
        (MONDAY + 12 * HOUR + timedelta(microseconds=1), "not_listed"),
        (MONDAY + 10 * HOUR, "booked"),
        (MONDAY + 9 * HOUR + 30 * MINUTE, "booked"),
        (MONDAY + 11 * HOUR, "buffer"),
        (MONDAY + 9 * HOUR, "buffer"),
        (MONDAY + 11 * HOUR + 30 * MINUTE, None),
    ],
)
def test_every_refusal_of_a_time_has_its_reason(at, code):
    coach = CalendarFactory(buffer_after_minutes=15).coach
    SessionFactory(coach=coach, starts_at=MONDAY + 10 * HOUR)
    assert why(coach, at) == code


def test_a_student_who_is_busy_is_told_so():
    session = SessionFactory(coach=CalendarFactory().coach, starts_at=MONDAY + 10 * HOUR)
    coach = CalendarFactory(buffer_after_minutes=60).coach
    student = student_of(session)
    assert why(coach, MONDAY + 10 * HOUR, student=student) == "booked"
    assert why(coach, MONDAY + 11 * HOUR, student=student) is None


def test_notice_ends_and_horizon_begins_to_the_second():
    coach = CalendarFactory(hours=[(weekday, time(0), time(0)) for weekday in range(7)], step_minutes=30).coach
    assert why(coach, NOW + 12 * HOUR) is None
    assert why(coach, NOW + 60 * DAY - 30 * MINUTE) is None
    assert why(coach, NOW + 60 * DAY) == "horizon"


SUNDAY_IN_MARCH = datetime(2027, 3, 28, tzinfo=UTC)


def test_hours_of_a_berlin_coach_keep_their_wall_clock_when_clocks_change():
    hours = [(weekday, time(9), time(11)) for weekday in (5, 6)]
    coach = CalendarFactory(time_zone="Europe/Berlin", step_minutes=60, hours=hours).coach
    found = slots(coach, None, 60, SUNDAY_IN_MARCH - DAY, SUNDAY_IN_MARCH + DAY, SUNDAY_IN_MARCH - 5 * DAY)
    assert clocks(found) == ["27 08:00", "27 09:00", "28 07:00", "28 08:00"]
    assert clocks(found, "Europe/Berlin") == ["27 09:00", "27 10:00", "28 09:00", "28 10:00"]


def test_a_viewer_whose_clocks_change_on_another_date_sees_the_hour_move():
    coach = CalendarFactory(time_zone="Europe/Berlin", step_minutes=60, hours=[(6, time(9), time(10))]).coach
    found = slots(coach, None, 60, SUNDAY_IN_MARCH - 21 * DAY, SUNDAY_IN_MARCH + DAY, SUNDAY_IN_MARCH - 30 * DAY)
    assert clocks(found, "America/New_York") == ["07 03:00", "14 04:00", "21 04:00", "28 03:00"]


def test_a_time_that_only_the_change_of_clocks_took_away_is_refused_as_such():
    coach = CalendarFactory(time_zone="Europe/Berlin", step_minutes=60, hours=[(6, time(1), time(4))]).coach
    before = SUNDAY_IN_MARCH - 5 * DAY
    found = slots(coach, None, 60, SUNDAY_IN_MARCH - DAY, SUNDAY_IN_MARCH + DAY, before)
    assert clocks(found, "Europe/Berlin") == ["28 01:00", "28 03:00"]
    assert why(coach, SUNDAY_IN_MARCH + 2 * HOUR, now=before) == "clock_change"
    assert why(coach, SUNDAY_IN_MARCH + 8 * HOUR, now=before) == "outside_hours"
    assert why(coach, SUNDAY_IN_MARCH - 7 * DAY + 3 * HOUR, now=before - 7 * DAY) == "outside_hours"


def test_in_the_hour_that_happens_twice_both_can_be_booked():
    day = datetime(2027, 10, 31, tzinfo=UTC)
    coach = CalendarFactory(time_zone="Europe/Berlin", step_minutes=60, hours=[(6, time(1), time(4))]).coach
    found = slots(coach, None, 60, day - DAY, day + DAY, day - 5 * DAY)
    assert clocks(found, "Europe/Berlin") == ["31 01:00", "31 02:00", "31 02:00", "31 03:00"]
    assert all(later - earlier == HOUR for earlier, later in pairwise(found))


@pytest.mark.parametrize(
    ("zone", "utc"), [("Asia/Kathmandu", "03:15"), ("Australia/Lord_Howe", "22:00"), ("America/New_York", "14:00")]
)
def test_weekly_hours_belong_to_the_coach_s_zone(zone, utc):
    coach = CalendarFactory(time_zone=zone, hours=[(1, time(9), time(10))]).coach
    [found] = slots(coach, None, 60, MONDAY, MONDAY + 3 * DAY, NOW)
    assert f"{found:%H:%M}" == utc
    assert f"{found.astimezone(ZoneInfo(zone)):%a %H:%M}" == "Tue 09:00"


def test_the_grid_does_not_depend_on_the_range_that_is_asked_for():
    everything = [(weekday, time(0), time(0)) for weekday in range(7)]
    coach = CalendarFactory(hours=everything, step_minutes=35).coach
    whole = slots(coach, None, 60, MONDAY, MONDAY + 7 * DAY, NOW)
    daily = [at for day in range(7) for at in slots(coach, None, 60, MONDAY + day * DAY, MONDAY + (day + 1) * DAY, NOW)]
    assert whole == daily
    assert len(whole) == 7 * 42


half_hours = st.integers(0, 47)
bookings = st.lists(st.tuples(half_hours, st.sampled_from([30, 60, 90])), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    starts=st.integers(0, 20),
    length=st.integers(1, 3),
    of_coach=bookings,
    of_student=bookings,
    minutes=st.sampled_from([30, 45, 60, 90]),
    step=st.sampled_from([15, 20, 30]),
    pauses=st.tuples(*[st.sampled_from([0, 15, 40])] * 2),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
)
def test_any_listed_slot_can_be_booked_and_no_other_moment(
    starts, length, of_coach, of_student, minutes, step, pauses, zone
):
    coach = CalendarFactory(
        time_zone=zone,
        step_minutes=step,
        buffer_before_minutes=pauses[0],
        buffer_after_minutes=pauses[1],
        hours=[(0, time(starts), time(starts + length)), (1, time(0), time(2))],
    ).coach
    session = SessionFactory(coach=coach, duration_minutes=minutes)
    student = student_of(session)
    for person, taken in ((coach, of_coach), (student, of_student)):
        _occupy(person, taken)
    listed = slots(coach, student, minutes, MONDAY - DAY, MONDAY + 2 * DAY, NOW)
    claims = {who: [(c.during.lower, c.during.upper) for c in who.time_claims.all()] for who in (coach, student)}
    for number in range(2 * 24 * 12):
        at = MONDAY + number * 5 * MINUTE
        if at in listed:
            ends, pause = at + minutes * MINUTE, max(pauses) * MINUTE
            wall = (at.astimezone(ZoneInfo(zone)), (ends - MINUTE).astimezone(ZoneInfo(zone)))
            assert all(_open(moment, starts, starts + length) for moment in wall)
            assert all(ends + pause <= lower or upper + pause <= at for lower, upper in claims[coach])
            assert all(ends <= lower or upper <= at for lower, upper in claims[student])
    for at in listed[:3]:
        assert hold_time(session, starts_at=at, by=student, now=NOW).starts_at == at
    unlisted = next(at for at in (MONDAY + n * 5 * MINUTE for n in range(600)) if at not in listed)
    with pytest.raises(Refused):
        schedule(session, starts_at=unlisted, by=student, now=NOW)


def _occupy(person, taken):
    """Sessions with somebody else at these half hours of Monday, as far as they do not clash."""
    for half_hour, minutes in taken:
        at = MONDAY + half_hour * 30 * MINUTE
        if not TimeClaim.objects.filter(user=person, during__overlap=(at, at + minutes * MINUTE)).exists():
            SessionFactory(coach=CoachFactory(), student=person, duration_minutes=minutes, starts_at=at)


def _open(moment, starts, ends):
    day = (moment.weekday(), moment.hour)
    return day in {(0, hour) for hour in range(starts, ends)} | {(1, 0), (1, 1)}


def test_a_stranger_s_bookings_take_nothing_away():
    coach = CalendarFactory().coach
    SessionFactory(starts_at=MONDAY + 10 * HOUR)
    assert is_free(coach, StudentFactory(), 60, MONDAY + 10 * HOUR, NOW)
