"""How well two calendars fit: exact figures, exact hours, whatever the clocks do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import StudentFactory
from scheduling.matching import Wish, match_of, matches_of
from scheduling.models import Session
from scheduling.slots import next_free_times, slots
from scheduling.templatetags.weeks import hours_in_words, picture
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db


def wish(coach, hours, *, student=None, zone="UTC", minutes=60):
    return Wish(coach.pk, (student or StudentFactory()).pk, hours, zone, minutes)


def shown(match, word):
    return [hour for hour, each in enumerate(match.grid) if each == word]


def test_the_share_of_preferred_starts_at_which_both_are_free():
    coach = CalendarFactory(hours=[(1, time(9), time(12))]).coach  # Tuesdays
    match = match_of(wish(coach, [24 + 10, 24 + 11, 24 + 12, 24 + 13]), now=NOW)
    # Each Tuesday the student could begin at 10:00, 10:30 … 13:00; with the coach at 10:00, 10:30, 11:00.
    assert match.percent == 43
    assert match.hours_both == [34, 35]
    assert (shown(match, "both"), shown(match, "student"), shown(match, "coach")) == ([34, 35], [36, 37], [33])
    assert (match.weeks, match.zone, len(match.grid)) == (4, "UTC", 168)


@pytest.mark.parametrize(("hours", "percent"), [([34, 35], 100), ([50], 0), ([], None)])
def test_all_nothing_and_no_wish_are_told_apart(hours, percent):
    coach = CalendarFactory(hours=[(1, time(9), time(12))]).coach
    assert match_of(wish(coach, hours), now=NOW).percent == percent


def test_all_but_one_is_not_all():
    coach = CalendarFactory(hours=[(weekday, time(0), time(0)) for weekday in range(7)]).coach
    SessionFactory(coach=coach, duration_minutes=30, starts_at=MONDAY + 10 * HOUR)
    assert match_of(wish(coach, list(range(168)), minutes=15), now=NOW).percent == 99


def test_a_session_longer_than_what_both_have_does_not_fit():
    coach = CalendarFactory(hours=[(1, time(9), time(11))]).coach
    match = match_of(wish(coach, [34, 35], minutes=90), now=NOW)
    assert (match.percent, match.hours_both, shown(match, "student")) == (0, [], [34, 35])


def test_sessions_of_either_side_count_the_coach_s_with_their_pauses():
    coach = CalendarFactory(hours=[(0, time(10), time(12))], buffer_after_minutes=30).coach
    student = StudentFactory()
    assert match_of(wish(coach, [10, 11], student=student), now=NOW).percent == 100
    SessionFactory(student=student, coach=CalendarFactory().coach, starts_at=MONDAY + 10 * HOUR)
    # Of three starts on four Mondays the student is busy at two: 10:00 and 10:30 of the first.
    assert match_of(wish(coach, [10, 11], student=student), now=NOW).percent == 83
    SessionFactory(coach=coach, starts_at=MONDAY + 7 * DAY + 9 * HOUR)
    # The coach's session ends at 10:00, and with the pause the second Monday begins at 10:30.
    assert match_of(wish(coach, [10, 11], student=student), now=NOW).percent == 75


def test_a_spent_hold_of_either_side_takes_nothing():
    coach, student = CalendarFactory(hours=[(0, time(10), time(11))]).coach, StudentFactory()
    for who in ({"coach": coach}, {"student": student}):
        hold = {"state": Session.State.HELD, "hold_expires_at": NOW}
        SessionFactory(starts_at=MONDAY + 10 * HOUR, **hold, **who)
    assert match_of(wish(coach, [10], student=student), now=NOW).percent == 100


def test_what_lies_within_the_notice_or_beyond_the_horizon_does_not_count():
    coach = CalendarFactory(hours=[(0, time(10), time(11))], notice_hours=48, horizon_days=8).coach
    SessionFactory(coach=coach, starts_at=MONDAY + 10 * HOUR)
    assert match_of(wish(coach, [10]), now=NOW).percent == 0, "one Monday within reach, and it is taken"
    assert match_of(wish(coach, [10]), now=NOW + 2 * DAY).percent == 100, "it is too near, and the next is within reach"


def test_weeks_are_compared_as_real_time_before_and_after_a_change_of_clocks():
    now = datetime(2027, 3, 15, tzinfo=UTC)  # New York has changed its clocks, Berlin will on the 28th
    coach = CalendarFactory(time_zone="Europe/Berlin", hours=[(2, time(18), time(19))]).coach
    match = match_of(wish(coach, [48 + 13], zone="America/New_York"), now=now)
    # 18:00 in Berlin is 13:00 in New York on 17 and 24 March, and 12:00 on 31 March and 7 April.
    assert match.percent == 50
    assert (match.hours_both, shown(match, "coach")) == ([61], [60])


def test_each_viewer_sees_it_by_their_own_clock():
    coach = CalendarFactory(time_zone="Asia/Kathmandu", hours=[(1, time(18), time(20))]).coach
    asked = wish(coach, [24 + 12, 24 + 13])
    assert match_of(asked, now=NOW).hours_both == [36, 37]
    seen = match_of(asked, now=NOW, viewer_zone="Asia/Kathmandu")
    assert (seen.percent, seen.zone) == (67, "Asia/Kathmandu")
    assert seen.hours_both == [24 + 18, 24 + 19], "from 18:00 to 19:45"


def test_a_coach_without_a_calendar_fits_nowhere():
    match = match_of(wish(StudentFactory(is_coach=True), [10]), now=NOW)
    assert (match.percent, match.hours_both, shown(match, "student")) == (0, [], [10])


def test_many_take_one_statement_and_come_to_the_same():
    sessions = [SessionFactory(starts_at=MONDAY + (9 + number) * HOUR) for number in range(4)]
    wishes = [wish(each.coach, list(range(8, 14)), student=student_of(each)) for each in sessions]
    crossed = [Wish(wishes[0].coach_id, wishes[3].student_id, [9, 12], "UTC", 30)]
    with CaptureQueriesContext(connection) as queries:
        found = matches_of([*wishes, *crossed], now=NOW)
    assert len(queries) == 1
    assert found == [match_of(each, now=NOW) for each in [*wishes, *crossed]]
    assert matches_of([], now=NOW) == []


def test_a_match_agrees_with_the_slots_that_can_be_booked():
    coach = CalendarFactory(time_zone="Europe/Berlin", buffer_before_minutes=20, step_minutes=30).coach
    session = SessionFactory(coach=coach, starts_at=MONDAY + 11 * HOUR)
    student = student_of(session)
    hours = [weekday * 24 + hour for weekday in range(7) for hour in (7, 8, 11, 12, 15, 16)]
    zone = ZoneInfo("Europe/London")
    bookable = set(slots(coach, student, 60, NOW, NOW + timedelta(weeks=4), NOW))
    starts = [NOW + number * 30 * MINUTE for number in range(24, 28 * 48)]
    liked = [at for at in starts if {hour_of(at, zone), hour_of(at + 59 * MINUTE, zone)} <= set(hours)]
    expected = round(100 * sum(at in bookable for at in liked) / len(liked))
    assert match_of(wish(coach, hours, student=student, zone="Europe/London"), now=NOW).percent == expected
    assert 0 < expected < 100


def hour_of(at, zone):
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour


class TestNextFreeTimes:
    def test_the_first_moments_this_student_can_book(self):
        session = SessionFactory(starts_at=MONDAY + 9 * HOUR)
        coach, student = session.coach, student_of(session)
        SessionFactory(student=student, starts_at=MONDAY + 10 * HOUR, coach=CalendarFactory().coach)
        with CaptureQueriesContext(connection) as queries:
            found = next_free_times(coach, student, 60, NOW, count=2)
        assert len(queries) == 1
        assert found == [MONDAY + 11 * HOUR, MONDAY + 11 * HOUR + 30 * MINUTE]
        assert next_free_times(coach, None, 60, NOW, count=1) == [MONDAY + 10 * HOUR]

    def test_days_share_them_by_the_viewer_s_clock(self):
        coach = CalendarFactory(hours=[(0, time(22), time(0)), (2, time(9), time(10))]).coach
        assert next_free_times(coach, None, 60, NOW, count=3, per_day=1) == [
            MONDAY + 22 * HOUR, MONDAY + 2 * DAY + 9 * HOUR, MONDAY + 7 * DAY + 22 * HOUR,
        ]  # fmt: skip
        berlin = next_free_times(coach, None, 30, NOW, count=2, per_day=1, zone=ZoneInfo("Europe/Berlin"))
        assert berlin == [MONDAY + 22 * HOUR, MONDAY + 23 * HOUR], "23:00 of Monday and midnight of Tuesday"

    def test_a_coach_who_is_full_or_has_no_hours_has_none(self):
        assert next_free_times(CalendarFactory(hours=[]).coach, None, 60, NOW) == []
        assert next_free_times(StudentFactory(), None, 60, NOW) == []


class TestThePicture:
    def test_hours_are_words_in_the_order_of_the_week(self):
        assert hours_in_words([130, 131, 42, 43, 44]) == "Tue 18:00–21:00, Sat 10:00–12:00"

    def test_rows_begin_and_end_with_what_there_is(self):
        coach = CalendarFactory(hours=[(1, time(9), time(12))]).coach
        drawn = picture(match_of(wish(coach, [34, 37]), now=NOW), "student")
        assert [row["clock"] for row in drawn["rows"]] == ["09:00", "10:00", "11:00", "12:00", "13:00"]
        assert drawn["rows"][1]["cells"] == ["none", "both", "none", "none", "none", "none", "none"]
        assert [(str(each["name"]), each["hours"]) for each in drawn["legend"]] == [
            ("Both free", [34]), ("Your times", [37]), ("Coach is free", [33, 35]),
        ]  # fmt: skip
