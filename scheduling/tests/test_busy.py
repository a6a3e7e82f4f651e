"""What events of somebody's own calendar say of their time."""

from datetime import UTC, datetime

import pytest

from scheduling.busy import busy_spans


def at(hour, day=11):
    return datetime(2027, 1, day, hour, tzinfo=UTC)


def event(start, end, **also):
    return {"id": "own", "start": {"dateTime": start}, "end": {"dateTime": end}, **also}


def spans(*events, zone="UTC", apart_from=()):
    return busy_spans(events, zone, apart_from=apart_from, host="skileez.example")


ONE = event("2027-01-11T10:00:00+01:00", "2027-01-11T11:00:00+01:00")


def test_an_event_takes_its_time_and_those_that_touch_are_one():
    assert spans(ONE) == [(at(9), at(10))]
    assert spans(event("2027-01-11T10:00:00Z", "2027-01-11T12:00:00Z"), ONE) == [(at(9), at(12))]
    assert spans(event("2027-01-11T15:00:00Z", "2027-01-11T16:00:00Z"), ONE) == [(at(9), at(10)), (at(15), at(16))]


@pytest.mark.parametrize(
    "free",
    [
        {"status": "cancelled"},
        {"transparency": "transparent"},
        {"eventType": "workingLocation"},
        {"attendees": [{"self": True, "responseStatus": "declined"}]},
        {"iCalUID": "session-7@skileez.example"},
    ],
)
def test_what_does_not_take_time(free):
    assert spans(ONE | free) == []


@pytest.mark.parametrize(
    "busy",
    [
        {"status": "tentative"},
        {"attendees": [{"responseStatus": "declined"}, {"self": True, "responseStatus": "needsAction"}]},
        {"iCalUID": "session-7@elsewhere.example"},
        {"iCalUID": "my-session-7@skileez.example"},
    ],
)
def test_what_does(busy):
    assert spans(ONE | busy) == [(at(9), at(10))]


def test_our_own_copies_are_not_busy():
    assert spans(ONE, apart_from={"own"}) == []


def test_a_whole_day_is_one_of_the_calendars_zone():
    day = {"id": "day", "start": {"date": "2027-01-11"}, "end": {"date": "2027-01-12"}}
    assert spans(day, zone="America/New_York") == [(at(5), at(5, day=12))]
    assert spans(day, zone="Asia/Tokyo") == [(at(15, day=10), at(15))]


def test_a_day_on_which_clocks_change_is_as_long_as_it_is():
    day = {"id": "day", "start": {"date": "2027-03-28"}, "end": {"date": "2027-03-29"}}
    [(start, end)] = spans(day, zone="Europe/Berlin")
    assert (end - start).total_seconds() == 23 * 3600


def test_a_time_without_offset_is_of_its_own_zone():
    start, end = ({"dateTime": f"2027-01-11T{hour}:00:00", "timeZone": "Asia/Kolkata"} for hour in (14, 15))
    [(first, last)] = spans({"id": "x", "start": start, "end": end})
    assert (first.isoformat(), last.isoformat()) == ("2027-01-11T08:30:00+00:00", "2027-01-11T09:30:00+00:00")


@pytest.mark.parametrize(
    "odd",
    [{"id": "x"}, {"id": "x", "start": {}, "end": {}}, {"id": "x", "start": None}, ONE | {"start": {"dateTime": "?"}}],
)
def test_what_is_not_understood_does_not_count_as_free(odd):
    with pytest.raises((KeyError, ValueError, TypeError)):
        spans(odd)
    with pytest.raises(ValueError, match="no such zone"):
        spans(ONE, zone="")
