"""The rules of time, with exact values."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.wall import to_utc
from scheduling import policy, spans

START = datetime(2027, 1, 11, 10, tzinfo=UTC)
END = START + timedelta(hours=1)
NEVER = None


def at(minutes):
    """That many minutes after the planned start."""
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("coach", "student", "ended_at", "expected"),
    [
        (at(-10), at(-10), END, "completed"),
        (at(0), at(15), END, "completed"),
        (at(15), at(15), at(30), "completed"),
        (at(15), NEVER, END, "student_absent"),
        (at(-3), NEVER, END, "student_absent"),
        (NEVER, at(15), END, "coach_absent"),
        (NEVER, at(-10), END, "coach_absent"),
        (NEVER, NEVER, END, "both_absent"),
        (at(15.02), NEVER, END, "unclear"),
        (NEVER, at(15.02), END, "unclear"),
        (at(0), at(15.02), END, "student_absent"),
        (at(15), at(15.02), END, "student_absent"),
        (at(15.02), at(15), END, "coach_absent"),
        (at(59), at(0), END, "coach_absent"),
        (at(40), at(40), END, "unclear"),
        (at(0), at(0), at(29.98), "unclear"),
        (at(0), at(0), at(30), "completed"),
        (at(0), at(15.02), at(29.98), "unclear"),
        (at(0), at(15.02), at(30), "student_absent"),
        (at(0), NEVER, at(14.98), "unclear"),
        (at(0), NEVER, at(15), "student_absent"),
        (NEVER, at(0), at(15), "coach_absent"),
        (NEVER, at(0), at(14.98), "unclear"),
        (NEVER, NEVER, at(15), "both_absent"),
        (at(-10), at(-10), at(-5), "unclear"),
    ],
)
def test_outcome_follows_from_the_check_ins(coach, student, ended_at, expected):
    assert policy.outcome(coach, student, starts_at=START, ends_at=END, ended_at=ended_at, terms={}) == expected


@given(
    coach=st.none() | st.integers(-10, 59),
    student=st.none() | st.integers(-10, 59),
    ended=st.integers(0, 60),
)
def test_the_clock_alone_never_turns_an_unattended_session_into_money(coach, student, ended):
    came = [None if minute is None else at(minute) for minute in (coach, student)]
    outcome = policy.outcome(*came, starts_at=START, ends_at=END, ended_at=at(ended), terms={})
    if outcome in {"completed", "student_absent"}:
        assert coach is not None
        assert coach <= 15


@pytest.mark.parametrize(
    ("coach", "student", "expected"),
    [(0, 14, "completed"), (0, None, "student_absent"), (None, 14, "coach_absent"), (14, 0, "completed")],
)
def test_a_consultation_is_over_when_the_quarter_of_an_hour_is(coach, student, expected):
    came = [None if minute is None else at(minute) for minute in (coach, student)]
    assert policy.outcome(*came, starts_at=START, ends_at=at(15), ended_at=at(15), terms={}) == expected


@pytest.mark.parametrize(
    ("seats", "expected"),
    [
        (["completed"], "completed"),
        (["completed", "student_absent"], "completed"),
        (["student_absent", "student_absent"], "student_absent"),
        (["completed", "unclear", "student_absent"], "unclear"),
        (["coach_absent", "both_absent"], "coach_absent"),
        (["coach_absent", "unclear"], "unclear"),
        (["both_absent", "both_absent"], "both_absent"),
        ([], "both_absent"),
    ],
)
def test_the_outcome_of_a_session_follows_from_its_seats(seats, expected):
    assert policy.outcome_of_seats(seats) == expected


def test_moments_around_a_session():
    assert policy.joinable_from(START) == datetime(2027, 1, 11, 9, 50, tzinfo=UTC)
    assert policy.ready_from(START) == datetime(2027, 1, 11, 9, 55, tzinfo=UTC)
    assert policy.late_after(START, {}) == datetime(2027, 1, 11, 10, 15, tzinfo=UTC)
    assert policy.hold_until(START) == datetime(2027, 1, 11, 10, 15, tzinfo=UTC)


def test_all_three_reminders_lie_ahead_of_a_session_two_days_away():
    assert policy.reminders_of(START, START - timedelta(days=2)) == [
        ("day", datetime(2027, 1, 10, 10, tzinfo=UTC)),
        ("hour", datetime(2027, 1, 11, 9, tzinfo=UTC)),
        ("ready", datetime(2027, 1, 11, 9, 55, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("ahead", "kinds"),
    [
        (timedelta(hours=24, seconds=1), ["day", "hour", "ready"]),
        (timedelta(hours=24), ["hour", "ready"]),
        (timedelta(hours=1), ["ready"]),
        (timedelta(minutes=5), []),
    ],
)
def test_reminders_whose_moment_has_come_are_skipped(ahead, kinds):
    assert [kind for kind, _due_at in policy.reminders_of(START, START - ahead)] == kinds


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        # an ordinary day
        ("Europe/Berlin", "2027-01-11 09:00", "2027-01-11 08:00"),
        ("Asia/Kathmandu", "2027-01-11 09:00", "2027-01-11 03:15"),
        # gaps: 02:00 → 03:00, and Lord Howe's of half an hour
        ("Europe/Berlin", "2027-03-28 01:59", "2027-03-28 00:59"),
        ("Europe/Berlin", "2027-03-28 02:00", "2027-03-28 01:00"),
        ("Europe/Berlin", "2027-03-28 02:30", "2027-03-28 01:00"),
        ("Europe/Berlin", "2027-03-28 02:59", "2027-03-28 01:00"),
        ("Europe/Berlin", "2027-03-28 03:00", "2027-03-28 01:00"),
        ("America/New_York", "2027-03-14 02:30", "2027-03-14 07:00"),
        ("Australia/Lord_Howe", "2027-10-03 02:15", "2027-10-02 15:30"),
        ("Australia/Lord_Howe", "2027-10-03 02:30", "2027-10-02 15:30"),
        # a gap at midnight, and one of a whole day
        ("America/Santiago", "2027-09-05 00:00", "2027-09-05 04:00"),
        ("America/Santiago", "2027-09-05 00:59", "2027-09-05 04:00"),
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 10:00"),
        ("Pacific/Apia", "2011-12-30 23:59", "2011-12-30 10:00"),
        ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00"),
        # hours that happen twice: the first of the two
        ("Europe/Berlin", "2027-10-31 02:00", "2027-10-31 00:00"),
        ("Europe/Berlin", "2027-10-31 02:30", "2027-10-31 00:30"),
        ("Europe/Berlin", "2027-10-31 03:00", "2027-10-31 02:00"),
        ("America/New_York", "2027-11-07 01:30", "2027-11-07 05:30"),
        ("Australia/Lord_Howe", "2027-04-04 01:45", "2027-04-03 14:45"),
        ("Australia/Lord_Howe", "2027-04-04 02:00", "2027-04-03 15:30"),
    ],
)
def test_a_wall_clock_time_is_one_instant(zone, wall, expected):
    wall, expected = datetime.fromisoformat(wall), datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert to_utc(wall.date(), wall.time(), ZoneInfo(zone)) == expected


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
    ),
    walls=st.tuples(*[st.datetimes(datetime(2011, 1, 1), datetime(2028, 1, 1))] * 2),
)
def test_later_on_the_wall_is_never_earlier_in_time(zone, walls):
    first, second = (to_utc(wall.date(), wall.time(), ZoneInfo(zone)) for wall in sorted(walls))
    assert first <= second


def local(stretches, zone):
    """Stretches of seconds as `day hh:mm±offset` of a zone."""
    return [
        " – ".join(f"{datetime.fromtimestamp(second, ZoneInfo(zone)):%d %H:%M%z}" for second in stretch)
        for stretch in stretches
    ]


def test_weekly_hours_keep_the_wall_clock_when_clocks_change():
    hours = [(5, 540, 720), (6, 540, 720)]
    found = spans.windows(hours, ZoneInfo("Europe/Berlin"), date(2027, 3, 27), date(2027, 3, 28))
    assert local(found, "UTC") == ["27 08:00+0000 – 27 11:00+0000", "28 07:00+0000 – 28 10:00+0000"]


def test_a_night_across_the_gap_is_an_hour_shorter_and_across_the_fold_an_hour_longer():
    hours = [(6, 60, 240)]
    berlin = ZoneInfo("Europe/Berlin")
    [[start, end]] = spans.windows(hours, berlin, date(2027, 3, 28), date(2027, 3, 28))
    assert (end - start) / 3600 == 2
    [[start, end]] = spans.windows(hours, berlin, date(2027, 10, 31), date(2027, 10, 31))
    assert (end - start) / 3600 == 4


def test_a_window_that_lies_in_the_gap_does_not_exist_and_one_that_begins_there_begins_at_its_end():
    zone = ZoneInfo("Europe/Berlin")
    assert spans.windows([(6, 120, 180)], zone, date(2027, 3, 28), date(2027, 3, 28)) == []
    begun = spans.windows([(6, 150, 240)], zone, date(2027, 3, 28), date(2027, 3, 28))
    assert local(begun, "Europe/Berlin") == ["28 03:00+0200 – 28 04:00+0200"]


def test_a_day_that_an_island_skipped_has_no_hours():
    friday = [(4, 540, 1020)]
    assert spans.windows(friday, ZoneInfo("Pacific/Apia"), date(2011, 12, 30), date(2011, 12, 30)) == []


def test_hours_until_midnight_end_with_the_day():
    found = spans.windows([(0, 1320, 0)], ZoneInfo("Asia/Kathmandu"), date(2027, 1, 11), date(2027, 1, 11))
    assert local(found, "Asia/Kathmandu") == ["11 22:00+0545 – 12 00:00+0545"]


def free(windows, busy=(), **changes):
    numbers = {"step": 30, "duration": 60, "before": 0, "after": 0, "earliest": 0, "latest": 10_000} | changes
    return spans.free_slots(windows, busy, **numbers)


def test_slots_fill_a_window_to_its_last_minute():
    assert free([(540, 660)]) == [540, 570, 600]


def test_a_window_shorter_than_the_session_has_no_slot():
    assert free([(540, 599)]) == []


def test_slots_begin_at_the_earliest_moment_and_end_before_the_latest():
    assert free([(540, 720)], earliest=541, latest=630) == [570, 600]


def test_windows_that_touch_are_one_stretch_and_each_begins_its_grid_anew():
    assert free([(540, 610), (610, 730)]) == [540, 570, 600, 610, 640, 670]


def test_a_window_inside_another_one_does_not_end_it():
    assert free([(540, 720), (570, 600), (700, 790)], step=60) == [540, 570, 630, 690, 700]


def test_a_booking_takes_its_time_and_its_pause_on_both_sides():
    assert free([(540, 900)], [(660, 720)]) == [540, 570, 600, 720, 750, 780, 810, 840]
    assert free([(540, 900)], [(660, 720)], after=15) == [540, 570, 750, 780, 810, 840]
    assert free([(540, 900)], [(660, 720)], before=30) == [540, 570, 750, 780, 810, 840]


def test_the_longer_pause_serves_both_sides():
    assert free([(540, 900)], [(660, 720)], before=30, after=60) == [540, 780, 810, 840]


def test_another_calendar_s_time_needs_no_pause():
    assert free([(540, 900)], [], after=15, elsewhere=[(660, 720)]) == [540, 570, 600, 720, 750, 780, 810, 840]


stretches = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 240)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(
    windows=stretches.map(sorted),
    busy=stretches.map(sorted),
    elsewhere=stretches,
    step=st.integers(5, 60),
    duration=st.integers(15, 120),
    before=st.integers(0, 40),
    after=st.integers(0, 40),
    earliest=st.integers(0, 600),
)
def test_free_slots_agree_with_asking_every_minute(windows, busy, elsewhere, step, duration, before, after, earliest):
    """The oracle: a minute is a slot when it is on the grid of the latest window begun, and all its minutes are free."""
    found = spans.free_slots(
        windows,
        busy,
        step=step,
        duration=duration,
        before=before,
        after=after,
        earliest=earliest,
        latest=1000,
        elsewhere=elsewhere,
    )
    pause = max(before, after)
    open_minutes = {minute for start, end in windows for minute in range(start, end)}
    taken = {minute for start, end in busy for minute in range(start - pause, end + pause)}
    taken |= {minute for start, end in elsewhere for minute in range(start, end)}
    expected = []
    for minute in range(earliest, 1000):
        needed = range(minute, minute + duration)
        begun = [start for start, _end in windows if start <= minute]
        on_grid = bool(begun) and (minute - _grid(windows, minute)) % step == 0
        if on_grid and all(each in open_minutes for each in needed) and not any(each in taken for each in needed):
            expected.append(minute)
    assert found == expected


def _grid(windows, minute):
    return max(start for start, _end in windows if start <= minute)
