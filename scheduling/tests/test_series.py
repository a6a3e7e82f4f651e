from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory
from core.models import Event
from core.refused import Refused
from scheduling.models import Reminder, Series, Session, TimeClaim
from scheduling.operations import book_series, end_series, move_session
from scheduling.recurrence import Preview, preview_of, wish_between
from scheduling.tests.factories import DAY, HOUR, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ALL_DAY = [(weekday, time(0), time(0)) for weekday in range(7)]
TUESDAY, SUNDAY, MONDAY = 1, 6, 0


def at(month, day, hour, minute=0, year=2027):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def pair(*, coach_zone="Europe/Berlin", student_zone="America/New_York", sessions=6, **calendar):
    """Sessions of one pair without a time, the coach bookable around the clock of their zone."""
    calendar = CalendarFactory(time_zone=coach_zone, hours=ALL_DAY, horizon_days=365, **calendar)
    student = StudentFactory(time_zone=student_zone)
    return [SessionFactory(coach=calendar.coach, student=student) for _number in range(sessions)]


def previewed(sessions, *, weekday=TUESDAY, clock=time(18), from_day=date(2027, 3, 2), weeks=6, now=NOW, **wish):
    student = student_of(sessions[0])
    wished = wish_between(
        student,
        sessions[0].coach,
        **{"whose": "coach", "which": None} | wish,
        weekday=weekday,
        clock=clock,
        from_day=from_day,
        weeks=weeks,
    )
    return preview_of(sessions, wished, student=student.pk, now=now)


def booked(sessions, preview=None, *, now=NOW, **wish) -> Series:
    shown = preview or previewed(sessions, now=now, **wish)
    by = student_of(sessions[0])
    return book_series(sessions, wish=shown.wish, fingerprint=shown.fingerprint, by=by, now=now)[0]


def starts_of(series):
    return list(Session.objects.filter(series=series).order_by("pk").values_list("starts_at", flat=True))


def local(preview: Preview, zone: str):
    return [f"{each.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for each in preview.occurrences]


def test_a_series_keeps_the_coachs_clock_in_berlin_while_new_york_changes_two_weeks_earlier():
    sessions = pair()
    preview = previewed(sessions)
    series = booked(sessions, preview)
    assert starts_of(series) == [
        at(3, 2, 17), at(3, 9, 17), at(3, 16, 17), at(3, 23, 17), at(3, 30, 16), at(4, 6, 16),
    ]  # fmt: skip
    assert local(preview, "America/New_York") == ["12:00", "12:00", "13:00", "13:00", "12:00", "12:00"]
    assert [(each.at, each.was) for each in preview.shifts] == [
        (at(3, 16, 17), at(3, 9, 17)),
        (at(3, 30, 16), at(3, 23, 17)),
    ]


def test_a_series_may_keep_the_students_clock_instead():
    sessions = pair()
    series = booked(sessions, whose="student", clock=time(12), weeks=4)
    assert starts_of(series) == [at(3, 2, 17), at(3, 9, 17), at(3, 16, 16), at(3, 23, 16)]
    assert (series.anchor, series.time_zone) == (student_of(sessions[0]), "America/New_York")


def test_half_an_hour_of_lord_howe_reaches_apia_where_clocks_never_change():
    sessions = pair(coach_zone="Australia/Lord_Howe", student_zone="Pacific/Apia", sessions=3)
    preview = previewed(sessions, weekday=MONDAY, clock=time(9), from_day=date(2027, 3, 22), weeks=3)
    assert starts_of(booked(sessions, preview)) == [at(3, 21, 22), at(3, 28, 22), at(4, 4, 22, 30)]
    assert local(preview, "Pacific/Apia") == ["11:00", "11:00", "11:30"]
    assert [each.at for each in preview.shifts] == [at(4, 4, 22, 30)]


def test_a_time_that_clocks_skip_is_named_and_the_other_weeks_are_booked():
    sessions = pair(sessions=4)
    preview = previewed(sessions, weekday=SUNDAY, clock=time(2, 30), from_day=date(2027, 3, 21), weeks=3)
    assert [each.code for each in preview.occurrences] == ["free", "no_such_time", "free"]
    series = booked(sessions, preview)
    assert starts_of(series) == [at(3, 21, 1, 30), at(4, 4, 0, 30)]
    assert [str(each) for each in Event.objects.get(name="series_booked").facts["left_out"]] == ["2027-03-28"]


def test_a_time_that_happens_twice_is_asked_for_and_either_may_be_meant():
    sessions = pair(sessions=2)
    wish = {"weekday": SUNDAY, "clock": time(2, 30), "from_day": date(2027, 10, 24), "weeks": 2, "now": at(10, 20, 12)}
    unanswered = previewed(sessions, **wish)
    assert [each.code for each in unanswered.occurrences] == ["free", "twice"]
    with pytest.raises(Refused) as refused:
        booked(sessions, unanswered, now=wish["now"])
    assert (refused.value.code, refused.value.field) == ("twice", "which")
    assert starts_of(booked(sessions, which=1, **wish)) == [at(10, 24, 0, 30), at(10, 31, 1, 30)]


def test_each_date_that_is_not_free_says_why():
    sessions = pair(sessions=2)
    SessionFactory(coach=sessions[0].coach, starts_at=at(3, 9, 17))
    preview = previewed(sessions, weeks=4)
    assert [each.code for each in preview.occurrences] == ["free", "booked", "free", "no_session"]
    assert preview.occurrences[1].sentence == "This time is taken. Please pick another one."
    assert starts_of(booked(sessions, preview)) == [at(3, 2, 17), at(3, 16, 17)]


def test_sessions_are_taken_in_order_and_agreed_with_reminders_for_both():
    sessions = pair(sessions=3)
    series = booked(sessions, weeks=2)
    states = list(Session.objects.order_by("pk").values_list("state", "series_id", "series_day"))
    assert states == [
        ("scheduled", series.pk, date(2027, 3, 2)),
        ("scheduled", series.pk, date(2027, 3, 9)),
        ("unscheduled", None, None),
    ]
    assert (TimeClaim.objects.count(), Reminder.objects.count()) == (4, 12)


def test_where_the_coach_says_yes_to_each_every_one_is_requested():
    sessions = pair(sessions=2, confirms="request")
    booked(sessions, weeks=2)
    assert set(Session.objects.values_list("state", flat=True)) == {"requested"}


def test_nothing_is_booked_when_a_date_was_taken_since_it_was_shown():
    sessions = pair()
    shown = previewed(sessions)
    SessionFactory(coach=sessions[0].coach, starts_at=at(3, 16, 17))
    with pytest.raises(Refused) as refused:
        booked(sessions, shown)
    assert refused.value.code == "stale_preview"
    assert (Series.objects.count(), Session.objects.filter(series__isnull=False).count()) == (0, 0)


def test_the_same_preview_books_once():
    sessions = pair()
    shown = previewed(sessions, weeks=3)
    booked(sessions, shown)
    with pytest.raises(Refused) as refused:
        booked(sessions, shown)
    assert refused.value.code == "stale_preview"
    assert Session.objects.filter(state="scheduled").count() == 3


def test_a_preview_without_a_free_date_books_nothing():
    sessions = pair(sessions=2)
    with pytest.raises(Refused) as refused:
        booked(sessions, from_day=date(2029, 1, 1))
    assert refused.value.code == "nothing_free"


@pytest.mark.parametrize("who", ["coach", "stranger"])
def test_only_the_student_books_a_series(who):
    sessions = pair(sessions=2)
    shown = previewed(sessions)
    by = {"coach": sessions[0].coach, "stranger": StudentFactory()}[who]
    with pytest.raises(PermissionDenied):
        book_series(sessions, wish=shown.wish, fingerprint=shown.fingerprint, by=by, now=NOW)


def test_a_session_of_a_series_moves_alone_and_the_others_stay():
    sessions = pair(sessions=3)
    series = booked(sessions, weeks=3)
    second = Session.objects.get(series=series, series_day=date(2027, 3, 9))
    move_session(second, starts_at=at(3, 10, 9), by=student_of(second), now=NOW)
    assert starts_of(series) == [at(3, 2, 17), at(3, 10, 9), at(3, 16, 17)]
    assert list(Session.objects.order_by("pk").values_list("is_moved_alone", flat=True)) == [False, True, False]


def test_ending_a_series_gives_back_what_is_at_least_a_day_away():
    sessions = pair(sessions=3)
    series = booked(sessions, weeks=3)
    given = end_series(series, by=student_of(sessions[0]), now=at(3, 8, 17) + timedelta(seconds=1))
    assert [session.pk for session in given] == [sessions[2].pk]
    assert list(Session.objects.order_by("pk").values_list("state", "starts_at", "series_day")) == [
        ("scheduled", at(3, 2, 17), date(2027, 3, 2)),
        ("scheduled", at(3, 9, 17), date(2027, 3, 9)),
        ("unscheduled", None, None),
    ]
    assert not TimeClaim.objects.filter(session=sessions[2]).exists()
    assert not Reminder.objects.filter(session=sessions[2], state="planned").exists()


def test_a_series_ends_once_and_only_by_its_student():
    sessions = pair(sessions=2)
    series = booked(sessions, weeks=2)
    with pytest.raises(PermissionDenied):
        end_series(series, by=sessions[0].coach, now=NOW)
    by = student_of(sessions[0])
    assert len(end_series(series, by=by, now=NOW)) == 2
    assert end_series(series, by=by, now=NOW + HOUR) == []
    assert Event.objects.filter(name="series_ended").count() == 1


def test_what_was_given_back_can_be_booked_anew():
    sessions = pair(sessions=2)
    end_series(booked(sessions, weeks=2, from_day=date(2027, 3, 9)), by=student_of(sessions[0]), now=NOW)
    assert starts_of(booked(sessions, weeks=2, from_day=date(2027, 3, 9), now=NOW + DAY)) == [
        at(3, 9, 17),
        at(3, 16, 17),
    ]
