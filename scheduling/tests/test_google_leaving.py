"""A calendar at Google that its person disconnects: what is forgotten, what is taken out, and that Google is told."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts import google as permission
from accounts.tests.factories import StudentFactory
from scheduling import google as rest
from scheduling.calendar_tasks import read_due_calendars, write_due_copies
from scheduling.models import BusyTime, CalendarCopy
from scheduling.operations import schedule
from scheduling.operations.calendars import connect_google, disconnect_google, read_google
from scheduling.operations.writing import write_copy
from scheduling.tests.factories import HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from scheduling.tests.google import allow, point_to, running_calendar

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture(scope="module")
def standin():
    with running_calendar() as google:
        yield google


@pytest.fixture
def google(standin, settings):
    standin.reset()
    point_to(settings, standin)
    return standin


@pytest.fixture
def coach(google):
    coach = CalendarFactory(unverified="mark").coach
    allow(coach)
    return coach


@pytest.fixture
def calendar(coach):
    return connect_google(coach, now=NOW)


def agreed(coach, at=TEN):
    session = SessionFactory(coach=coach)
    return schedule(session, starts_at=at, by=student_of(session), now=NOW)


def state_of(calendar):
    calendar.refresh_from_db()
    return calendar.state


def test_it_is_forgotten_and_our_sessions_stay_in_it(google, coach, calendar):
    google.has("2027-01-11T15:00:00Z", "2027-01-11T16:00:00Z")
    agreed(coach)
    read_due_calendars(NOW)
    write_due_copies(NOW)
    disconnect_google(calendar, by=coach, now=NOW)
    assert (state_of(calendar), BusyTime.objects.count(), permission.refresh_token_of(coach)) == ("off", 0, "")
    assert (len(google.shown()), CalendarCopy.objects.count()) == (2, 0)
    assert disconnect_google(calendar, by=coach, now=NOW).state == "off"
    assert google.revoked == ["lasting"]


def test_google_is_told_that_our_leave_is_gone(google, coach, calendar):
    assert disconnect_google(calendar, by=coach, now=NOW).is_not_given_back is False
    assert (google.revoked, google.refresh) == (["lasting"], set())


def test_leave_that_google_has_ended_itself_is_given_back_too(google, coach, calendar):
    google.revoke()
    assert disconnect_google(calendar, by=coach, now=NOW).is_not_given_back is False


@pytest.mark.parametrize("away", [True, False])
def test_where_google_does_not_hear_it_our_leave_is_forgotten_all_the_same(
    google, coach, calendar, settings, client, away
):
    if away:
        settings.GOOGLE_REVOKE_URL = "http://127.0.0.1:9"
    else:
        google.fail(503)
    client.force_login(coach)
    told = "Google could not be told"
    assert told in client.post("/calendar/google/disconnect/", follow=True).text
    assert (permission.refresh_token_of(coach), google.revoked) == ("", [])
    assert (state_of(calendar), calendar.reason) == ("off", "not_given_back")
    connect_google(coach, now=NOW)
    assert told not in client.get("/calendar/settings/").text


def test_or_are_taken_out_first(google, coach, calendar):
    agreed(coach)
    write_due_copies(NOW)
    disconnect_google(calendar, by=coach, now=NOW, removing=True)
    assert permission.refresh_token_of(coach) == "lasting"
    assert write_due_copies(NOW + MINUTE) == 1
    assert (google.shown(), CalendarCopy.objects.count(), permission.refresh_token_of(coach)) == ({}, 0, "")
    assert google.revoked == ["lasting"]


def test_what_is_taken_out_first_is_taken_out_before_our_leave_goes(google, coach, calendar):
    for hour in (0, 2):
        agreed(coach, at=TEN + hour * HOUR)
    write_due_copies(NOW)
    disconnect_google(calendar, by=coach, now=NOW, removing=True)
    assert google.revoked == []
    write_copy(CalendarCopy.objects.first(), now=NOW + MINUTE)
    assert google.revoked == []
    write_copy(CalendarCopy.objects.last(), now=NOW + MINUTE)
    assert (google.revoked, google.shown()) == (["lasting"], {})


def test_leave_that_is_gone_ends_the_taking_out(google, coach, calendar):
    agreed(coach)
    write_due_copies(NOW)
    disconnect_google(calendar, by=coach, now=NOW, removing=True)
    google.revoke()
    assert write_due_copies(NOW + MINUTE) == 0
    assert (CalendarCopy.objects.count(), permission.refresh_token_of(coach)) == (0, "")


def test_a_reading_on_its_way_is_not_kept(google, coach, calendar, monkeypatch):
    google.has("2027-01-11T10:00:00Z", "2027-01-11T11:00:00Z")

    def events(*asked):
        disconnect_google(calendar, by=coach, now=NOW)
        return usual(*asked)

    usual = rest.events
    monkeypatch.setattr(rest, "events", events)
    assert read_google(calendar, now=NOW) is False
    assert not BusyTime.objects.exists()


def test_a_stranger_may_not(calendar):
    with pytest.raises(PermissionDenied):
        disconnect_google(calendar, by=StudentFactory(), now=NOW)
