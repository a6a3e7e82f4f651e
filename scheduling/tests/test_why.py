"""Each reason why a time can't be booked: its code, what students read, and the whole truth."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory
from core.refused import Refused
from scheduling.models import BusyTime, Calendar, DateException, GoogleCalendar, Session, TravelZone
from scheduling.operations import schedule
from scheduling.slots import is_free, read_diary, slots, why
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture
def coach():
    return CalendarFactory(buffer_after_minutes=15).coach


def told(coach, at, *, student=None, minutes=60, now=NOW, kind=""):
    """Code, sentence and full of a reason; the oldest promise of all: booked is what is not refused."""
    found = why(coach, student, at, minutes, now, kind)
    assert (found is None) == is_free(coach, student, minutes, at, now, kind=kind)
    return found and (found.code, found.sentence, found.full)


def test_a_listed_time_has_no_reason(coach):
    assert told(coach, TEN) is None


def test_past(coach):
    sentence = "This time has passed. Please pick a later one."
    assert told(coach, NOW) == ("past", sentence, sentence)


def test_notice(coach):
    assert told(coach, NOW + 2 * HOUR) == (
        "notice",
        "The coach needs 12 hours of notice. Please pick a later time.",
        "With 12 hours of notice, the first time as of now is Sat 9 Jan 2027, 00:00 UTC.",
    )


def test_notice_where_the_coach_could_not_answer_in_time():
    coach = CalendarFactory(confirms="request", notice_hours=2).coach
    assert told(coach, NOW + 3 * HOUR) is None
    assert told(coach, NOW + 3 * HOUR - 30 * MINUTE) == (
        "notice",
        "The coach needs 3 hours of notice. Please pick a later time.",
        "With 3 hours of notice, the first time as of now is Fri 8 Jan 2027, 15:00 UTC. "
        "The notice leaves the coach time to say yes or no.",
    )


def test_horizon(coach):
    assert told(coach, NOW + 70 * DAY) == (
        "horizon",
        "The coach can be booked 60 days ahead at most.",
        "Bookable 60 days ahead, which is until Tue 9 Mar 2027, 12:00 UTC as of now.",
    )


def test_outside_hours(coach):
    sentence = "This is outside the coach's hours. Please pick a listed time."
    hours = "The hours on Mon 11 Jan 2027 are 09:00–17:00, by the clock of UTC."
    assert told(coach, MONDAY + 8 * HOUR) == ("outside_hours", sentence, hours)
    none = "On Sun 10 Jan 2027 there are no hours, by the clock of UTC."
    assert told(coach, MONDAY - 14 * HOUR) == ("outside_hours", sentence, none)


def test_outside_hours_of_who_has_none():
    told_so = "The coach has not said yet when they can be booked."
    assert told(CalendarFactory(hours=[]).coach, TEN) == (
        "outside_hours",
        told_so,
        "No weekly hours and no extra hours are filled in.",
    )
    assert told(CoachFactory(), TEN)[:2] == ("outside_hours", told_so)


def test_outside_hours_by_an_exception_whose_note_nobody_reads(coach):
    DateException.objects.create(
        calendar=coach.calendar,
        first_day=date(2027, 1, 11),
        last_day=date(2027, 1, 11),
        starts=time(10),
        ends=time(12),
        note="Dentist",
    )
    assert told(coach, TEN) == (
        "outside_hours",
        "This is outside the coach's hours. Please pick a listed time.",
        "An exception blocks the time from Mon 11 Jan 2027, 10:00 UTC to 12:00.",
    )
    assert told(coach, TEN + 2 * HOUR) is None


def test_clock_change():
    coach = CalendarFactory(time_zone="Europe/Berlin", step_minutes=60, hours=[(6, time(1), time(4))]).coach
    sunday = datetime(2027, 3, 28, tzinfo=UTC)
    assert told(coach, sunday + 2 * HOUR, now=sunday - 5 * DAY) == (
        "clock_change",
        "The coach's clocks change that day, and their hours move with them. Please pick a listed time.",
        "The clocks of Europe/Berlin change that day; but for that the time would lie in the hours. "
        "The hours on Sun 28 Mar 2027 are 01:00–04:00, by the clock of Europe/Berlin.",
    )


def test_booked(coach):
    SessionFactory(coach=coach, starts_at=TEN)
    assert told(coach, TEN + 30 * MINUTE) == (
        "booked",
        "This time is taken. Please pick another one.",
        "Another session, agreed or held, takes the time from Mon 11 Jan 2027, 10:00 UTC to 11:00.",
    )


def test_booked_by_the_student_themselves(coach):
    student = student_of(SessionFactory(starts_at=TEN))
    assert told(coach, TEN, student=student) == (
        "booked",
        "You already have a session at this time.",
        "The student has another session from Mon 11 Jan 2027, 10:00 UTC to 11:00.",
    )


def test_buffer(coach):
    SessionFactory(coach=coach, starts_at=TEN)
    assert told(coach, TEN + HOUR) == (
        "buffer",
        "This is too close to a time that is taken. Please pick another one.",
        "A pause of 15 minutes is kept around the session from Mon 11 Jan 2027, 10:00 UTC to 11:00.",
    )


def test_calendar_busy_needs_no_pause(coach):
    BusyTime.objects.create(user=coach, during=DateTimeTZRange(TEN, TEN + HOUR))
    assert told(coach, TEN) == (
        "calendar_busy",
        "The coach is not free at this time. Please pick another one.",
        "The coach's own calendar says busy from Mon 11 Jan 2027, 10:00 UTC to 11:00.",
    )
    assert told(coach, TEN + HOUR) is None


@pytest.mark.parametrize(
    ("until", "full"),
    [
        (None, "The coach's own calendar could never be read, and no times are offered until it can."),
        (
            NOW,
            "What the coach's own calendar says was known until Fri 8 Jan 2027, 12:00 UTC. "
            "No times are offered until it is read.",
        ),
    ],
)
@pytest.mark.parametrize("state", ["on", "dead"])
def test_calendar_unverified(coach, until, full, state):
    own = GoogleCalendar.objects.create(user=coach, due_at=NOW, verified_until=until, state=state)
    sentence = "The coach's calendar can't be checked right now, so no times are offered. Please try again later."
    assert told(coach, TEN) == ("calendar_unverified", sentence, full)
    Calendar.objects.update(unverified="mark")
    assert told(coach, TEN) is None
    assert read_diary(coach, [], TEN, TEN, NOW).is_unverified(NOW)
    Calendar.objects.update(unverified="withhold")
    GoogleCalendar.objects.filter(pk=own.pk).update(state="off")
    assert told(coach, TEN) is None


def test_daily_maximum_counts_what_the_coach_teaches_that_day_done_or_to_come():
    coach = CalendarFactory(most_a_day=3).coach
    SessionFactory(coach=coach, starts_at=MONDAY + 9 * HOUR, state=Session.State.COMPLETED)
    SessionFactory(coach=coach, starts_at=MONDAY + 11 * HOUR)
    SessionFactory(student=coach, starts_at=MONDAY + 13 * HOUR)
    SessionFactory(coach=coach, starts_at=MONDAY + 12 * HOUR, state=Session.State.CANCELLED)
    hold = {"state": Session.State.HELD, "hold_expires_at": NOW + 15 * MINUTE}
    held = SessionFactory(coach=coach, starts_at=MONDAY + 16 * HOUR, **hold)
    assert told(coach, TEN) == (
        "daily_maximum",
        "The coach takes no more sessions that day. Please pick another day.",
        "There are 3 sessions that day, which is the most a day.",
    )
    assert told(coach, TEN + DAY) is None
    assert why(coach, None, TEN, 60, NOW, apart_from=held) is None, "it may move within its day"
    assert told(coach, TEN, now=NOW + 15 * MINUTE) is None, "the hold is spent"


def test_a_day_is_that_of_the_coach_s_own_clock_where_they_are():
    coach = CalendarFactory(
        most_a_day=1, time_zone="Europe/Berlin", hours=[(day, time(0), time(0)) for day in range(7)]
    ).coach
    SessionFactory(coach=coach, starts_at=MONDAY + 22 * HOUR)  # 23:00 in Berlin
    assert told(coach, MONDAY)[0] == told(coach, MONDAY + 21 * HOUR)[0] == "daily_maximum"
    assert told(coach, MONDAY + 23 * HOUR) is None
    TravelZone.objects.create(
        calendar=coach.calendar, first_day=date(2027, 1, 12), last_day=date(2027, 1, 12), time_zone="Asia/Tokyo"
    )
    assert told(coach, MONDAY + 14 * HOUR) is None, "Tuesday has begun in Tokyo at 15:00"
    assert told(coach, MONDAY + 23 * HOUR)[0] == "daily_maximum"


def test_not_listed(coach):
    assert told(coach, TEN + 10 * MINUTE) == (
        "not_listed",
        "The coach's sessions start at other minutes. Please pick a listed time.",
        "Sessions start every 30 minutes, counted from where each stretch of hours begins. "
        "The hours on Mon 11 Jan 2027 are 09:00–17:00, by the clock of UTC.",
    )


def test_no_consultations(coach):
    Calendar.objects.update(takes_consultations=False)
    assert told(coach, TEN, kind="consultation") == (
        "no_consultations",
        "This coach gives no free consultations.",
        "Free consultations are switched off in the availability.",
    )
    assert told(coach, TEN, kind="contract") is None


@pytest.mark.parametrize("kind", ["consultation", "trial", "direct", "group"])
def test_hidden(coach, kind):
    CoachProfile.objects.filter(user=coach).update(is_hidden=True)
    assert told(coach, TEN, kind=kind) == (
        "hidden",
        "This coach takes no new bookings at the moment.",
        "After missed sessions, or until staff approve the profile, nothing new is booked. Contracts go on.",
    )
    assert told(coach, TEN, kind="contract") is None
    assert told(coach, TEN, kind="subscription") is None


def test_what_was_agreed_before_may_still_be_moved(coach):
    session = SessionFactory(coach=coach, kind="consultation", starts_at=TEN, duration_minutes=30)
    CoachProfile.objects.filter(user=coach).update(is_hidden=True)
    Calendar.objects.update(takes_consultations=False)
    assert told(coach, TEN + DAY, kind="consultation")[0] == "hidden"
    assert why(coach, None, TEN + DAY, 30, NOW, apart_from=session) is None
    assert slots(coach, None, 30, TEN + DAY, TEN + DAY + MINUTE, NOW, apart_from=session) == [TEN + DAY]


def test_a_consultation_has_a_notice_of_its_own():
    coach = CalendarFactory(notice_hours=72, consultation_notice_hours=4).coach
    at = NOW + 4 * HOUR
    assert told(coach, at, minutes=15)[0] == "notice"
    assert told(coach, at, minutes=15, kind="consultation") is None
    assert told(coach, at - 30 * MINUTE, minutes=15, kind="consultation")[0] == "notice"


def test_extra_hours_count_on_blocked_days_too(coach):
    days = {"calendar": coach.calendar, "first_day": date(2027, 1, 11), "last_day": date(2027, 1, 15)}
    DateException.objects.create(**days)
    DateException.objects.create(**days | {"last_day": date(2027, 1, 11)}, kind="extra", starts=time(18), ends=time(20))
    found = slots(coach, None, 60, MONDAY, MONDAY + 7 * DAY, NOW)
    assert [f"{at:%d %H:%M}" for at in found] == ["11 18:00", "11 18:30", "11 19:00"]


def test_booking_refuses_with_the_sentence_of_the_student(coach):
    SessionFactory(coach=coach, starts_at=TEN)
    session = SessionFactory(coach=coach)
    with pytest.raises(Refused, match="This time is taken") as refused:
        schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    assert refused.value.code == "booked"


def test_a_reason_takes_one_statement(coach):
    with CaptureQueriesContext(connection) as queries:
        why(coach, None, TEN + 10 * MINUTE, 60, NOW)
    assert len(queries) == 1
