"""The hours of a week as numbers, windows and half hours of real time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW
from scheduling.weekly import hours_of_windows, weekly_cells, windows_of_hours


def window(weekday, starts, ends):
    return {"weekday": weekday, "starts": starts, "ends": ends}


def test_hours_that_touch_are_one_window_and_days_stay_apart():
    assert windows_of_hours([23, 42, 24, 44, 43]) == [
        window(0, "23:00", "24:00"),
        window(1, "00:00", "01:00"),
        window(1, "18:00", "21:00"),
    ]
    assert windows_of_hours([]) == []


def test_windows_may_overlap_and_end_with_the_day():
    assert hours_of_windows([window(0, "22:00", "00:00"), window(6, "22:00", "24:00"), window(0, "21:00", "23:00")]) == [
        21, 22, 23, 166, 167,
    ]  # fmt: skip


@given(st.sets(st.integers(0, 167)))
def test_hours_survive_the_way_through_windows(hours):
    assert hours_of_windows(windows_of_hours(hours)) == sorted(hours)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (window(7, "18:00", "19:00"), "0 for Monday"),
        (window(-1, "18:00", "19:00"), "0 for Monday"),
        (window(True, "18:00", "19:00"), "0 for Monday"),
        (window("1", "18:00", "19:00"), "0 for Monday"),
        (window(1, "18:30", "19:00"), "on the hour"),
        (window(1, "18:00", "25:00"), "on the hour"),
        (window(1, "18:00", None), "on the hour"),
        (window(1, "18:00\n", "19:00"), "on the hour"),
        (window(1, "24:00", "00:00"), "end after"),
        (window(1, "19:00", "18:00"), "end after"),
        (window(1, "19:00", "19:00"), "end after"),
        ({}, "0 for Monday"),
    ],
)
def test_what_is_no_window_is_refused_with_a_sentence(wrong, words):
    with pytest.raises(ValueError, match=words):
        hours_of_windows([wrong])


def test_cells_are_the_half_hours_of_the_utc_week_that_are_free_as_a_whole():
    stretch = (MONDAY + 10 * MINUTE, MONDAY + 2 * HOUR + 20 * MINUTE)
    assert weekly_cells([stretch], NOW) == [1, 2, 3]
    assert weekly_cells([(MONDAY + DAY, MONDAY + DAY + HOUR), (MONDAY + 7 * DAY, MONDAY + 7 * DAY + HOUR)], NOW) == [
        0, 1, 48, 49,
    ]  # fmt: skip


def test_cells_look_two_weeks_ahead_and_not_back():
    always = (NOW - DAY, NOW + 100 * DAY)
    assert weekly_cells([always], NOW) == list(range(336))
    assert weekly_cells([(NOW - DAY, NOW + HOUR)], NOW) == [216, 217]
    assert weekly_cells([(NOW + 14 * DAY, NOW + 15 * DAY)], NOW) == []
    assert weekly_cells([(NOW - timedelta(minutes=20), NOW + 20 * MINUTE)], NOW) == []
