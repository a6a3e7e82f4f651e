"""A coach's time on one page: exceptions, travels, the picture of a week, and why a time is not free."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import CoachFactory
from scheduling.models import Calendar, DateException, GoogleCalendar, TravelZone
from scheduling.tests.factories import DAY, HOUR, MONDAY, NOW, CalendarFactory, SessionFactory
from scheduling.tests.test_pages import hours, said, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/availability/"
TYPED = hours((0, "09:00", "12:00"), (2, "18:00", "00:00")) | {"time_zone": "UTC"}
BLOCKED = {"exception-kind": "blocked", "exception-first_day": "2027-01-11"}
TOKYO = {"travel-first_day": "2027-01-12", "travel-last_day": "2027-01-13", "travel-time_zone": "Asia/Tokyo"}


@pytest.fixture(autouse=True)
def at_noon(clock):
    clock.travel_to(NOW)


def drawn(page):
    """Day of the month and kind of each piece of the picture."""
    return {(day.day.day, piece.kind) for day in page.context["picture"].days for piece in day.pieces}


def rows(coach):
    return [(each.kind, each.first_day.day, each.last_day.day, each.starts) for each in coach.calendar.exceptions.all()]


def test_an_exception_is_saved_at_once_and_nothing_typed_is_lost(client):
    coach = CalendarFactory().coach
    signed_in(client, coach)
    page = client.post(
        PAGE, TYPED | {"notice_hours": "9"} | BLOCKED | {"exception-note": "Dentist", "add_exception": "yes"}
    )
    assert said(page) == ["Saved. The rest of the page is as you left it."]
    assert rows(coach) == [("blocked", 11, 11, None)]
    assert coach.calendar.weekly_hours.count() == 5, "the week that was typed is not saved"
    assert 'value="18:00"' in page.text and 'name="notice_hours" value="9"' in page.text
    assert "Dentist" in page.text and 'name="exception-first_day" value="2027-01-11"' not in page.text
    assert (11, "blocked") in drawn(page)


def test_what_is_typed_is_drawn_before_it_is_saved(client):
    coach = CalendarFactory(hours=[]).coach
    SessionFactory(coach=coach, starts_at=MONDAY + 10 * HOUR)
    signed_in(client, coach)
    morning = {"exception-starts": "08:00", "exception-ends": "12:00"}
    page = client.post(PAGE, TYPED | BLOCKED | morning | TOKYO | {"preview": "yes"})
    assert drawn(page) == {(11, "open"), (11, "blocked"), (11, "booked"), (13, "open")}
    assert [str(day.zone) for day in page.context["picture"].days][:4] == ["UTC", "Asia/Tokyo", "Asia/Tokyo", "UTC"]
    assert [day.free for day in page.context["picture"].days] == [0, 0, 11, 0, 0, 0, 0]
    assert not DateException.objects.exists() and not TravelZone.objects.exists()
    assert 'value="2027-01-12"' in page.text, "and stays typed"


@pytest.mark.parametrize("typed", [{"notice_hours": "x"}, {"hours-0-ends": "noon"}, {"exception-first_day": "soon"}])
def test_what_can_t_be_read_is_left_out_of_the_picture(client, typed):
    page = signed_in(client, CalendarFactory().coach).post(PAGE, TYPED | typed | {"preview": "yes"})
    assert page.status_code == 200
    assert (11, "open") in drawn(page)


def test_the_week_of_the_picture_is_chosen(client):
    signed_in(client, CalendarFactory().coach)
    monday = lambda page: page.context["week"].monday  # noqa: E731
    assert monday(client.get(PAGE)) == date(2027, 1, 11)
    assert monday(client.get(f"{PAGE}?preview=2027-03-17")) == date(2027, 3, 15)
    assert monday(client.post(f"{PAGE}?preview=2027-03-15", TYPED | {"week": "2027-01-11"})) == date(2027, 3, 15)
    assert monday(client.post(PAGE, TYPED | {"preview": "yes", "week": "2027-02-01"})) == date(2027, 2, 1)
    page = client.post(PAGE, TYPED | {"preview": "rubbish", "week": "9999-12-31"})
    assert monday(page) == date(2027, 1, 11)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (BLOCKED | {"exception-last_day": "2027-01-10"}, "The last day must not be before the first."),
        (BLOCKED | {"exception-first_day": "2027-01-07"}, "These days are over."),
        (BLOCKED | {"exception-starts": "10:00"}, "Fill in both ends of these hours, or neither."),
        (BLOCKED | {"exception-starts": "10:00", "exception-ends": "10:00"}, "Hours must end after they start."),
        (BLOCKED | {"exception-kind": "extra"}, "Please say from when to when you are available besides."),
        (BLOCKED | {"exception-first_day": ""}, "This field is required."),
        (BLOCKED | {"exception-last_day": "2029-01-10"}, "Please pick at most a year"),
    ],
)
def test_a_wrong_exception_is_explained_and_stays_typed(client, typed, sentence):
    coach = CalendarFactory().coach
    page = signed_in(client, coach).post(PAGE, TYPED | typed | {"add_exception": "yes", "exception-note": "Dentist"})
    assert sentence in page.text
    assert 'value="Dentist"' in page.text and 'value="18:00"' in page.text
    assert rows(coach) == []


def test_saying_it_twice_is_refused_so_a_reload_adds_nothing(client):
    coach = CalendarFactory().coach
    signed_in(client, coach)
    for _time in range(2):
        page = client.post(PAGE, TYPED | BLOCKED | {"add_exception": "yes"})
    assert "You have said exactly this already." in page.text
    assert len(rows(coach)) == 1


def test_a_travel_comes_and_goes(client):
    coach = CalendarFactory().coach
    signed_in(client, coach)
    assert said(client.post(PAGE, TYPED | TOKYO | {"add_travel": "yes"}))
    page = client.post(PAGE, TYPED | TOKYO | {"add_travel": "yes"})
    assert "You can be in one place a day only: from Tue 12 Jan 2027 to Wed 13 Jan 2027" in page.text
    page = client.post(PAGE, TYPED | {"remove_travel": str(TravelZone.objects.get().pk)})
    assert said(page) == ["Taken away. The rest of the page is as you left it."]
    assert 'value="18:00"' in page.text
    assert not TravelZone.objects.exists()


def test_a_travel_names_its_zone_as_everywhere_else(client):
    signed_in(client, CalendarFactory().coach)
    page = client.post(PAGE, TYPED | TOKYO | {"travel-time_zone": "America/New_York", "add_travel": "yes"})
    assert "<strong>America/New_York</strong>" in page.text


@pytest.mark.parametrize("days", ["exception", "travel"])
def test_saving_the_week_loses_no_days_that_are_typed_and_says_that_they_wait(client, days):
    coach = CalendarFactory().coach
    signed_in(client, coach)
    page = client.post(PAGE, TYPED | {f"{days}-first_day": "2027-01-12"})
    assert said(page) == [
        "Saved. This is when you can be booked from now on.",
        "The days typed in below are not saved yet: add them by their button.",
    ]
    assert 'value="2027-01-12"' in page.text
    assert coach.calendar.weekly_hours.get(weekday=0).ends == time(12)
    assert not DateException.objects.exists() and not TravelZone.objects.exists()


@pytest.mark.parametrize("rubbish", ["", "x", "99999999999999999999", "1"])
def test_a_row_that_is_not_there_is_not_taken_away(client, rubbish):
    other = DateException.objects.create(
        calendar=CalendarFactory(), first_day=date(2027, 1, 11), last_day=date(2027, 1, 11)
    )
    signed_in(client, CalendarFactory().coach)
    for name in ("remove_exception", "remove_travel"):
        assert client.post(PAGE, TYPED | {name: rubbish}).status_code == 200
        assert client.post(PAGE, TYPED | {name: str(other.pk)}).status_code == 200
    assert DateException.objects.get() == other


def test_what_is_over_is_folded_away(client):
    calendar = CalendarFactory()
    for day in (4, 11):
        DateException.objects.create(calendar=calendar, first_day=date(2027, 1, day), last_day=date(2027, 1, day))
    page = signed_in(client, calendar.coach).get(PAGE)
    assert [row.first_day.day for row in page.context["exceptions"]] == [11]
    assert [row.first_day.day for row in page.context["past_exceptions"]] == [4]
    assert page.text.count('name="remove_exception"') == 1


def test_everything_about_bookings_is_saved(client, settings):
    settings.JITSI_HOST = "meet.jit.si"
    coach = CalendarFactory().coach
    GoogleCalendar.objects.create(user=coach, due_at=NOW, verified_until=NOW + DAY)
    typed = {"confirms": "request", "most_a_day": "3", "consultation_notice_hours": "5", "unverified": "mark"}
    data = TYPED | typed | {"meeting": "jitsi"}
    del data["takes_consultations"]
    assert said(signed_in(client, coach).post(PAGE, data, follow=True))
    saved = Calendar.objects.get(coach=coach)
    assert {name: str(getattr(saved, name)) for name in typed} == typed
    assert (saved.meeting, saved.takes_consultations) == ("jitsi", False)


def test_what_there_is_no_use_for_is_not_asked(client, settings):
    settings.JITSI_HOST = settings.LIVEKIT_URL = ""
    coach = CalendarFactory(unverified="mark").coach
    signed_in(client, coach)
    page = client.get(PAGE)
    assert 'name="unverified"' not in page.text and 'name="meeting"' not in page.text
    assert said(client.post(PAGE, TYPED, follow=True))
    assert Calendar.objects.get(coach=coach).unverified == "mark"


def test_a_calendar_that_can_t_be_read_is_said_on_top(client):
    coach = CalendarFactory().coach
    GoogleCalendar.objects.create(user=coach, due_at=NOW)
    page = signed_in(client, coach).get(PAGE)
    assert "Your own calendar can't be read at the moment, so no times are offered." in page.text
    assert [day.free for day in page.context["picture"].days] == [0] * 7


def ask(client, day, clock, **more):
    return client.post(PAGE, TYPED | {"ask": "yes", "why-day": day, "why-clock": clock, "why-minutes": "60"} | more)


def test_the_coach_is_told_the_whole_truth_and_what_students_read(client):
    coach = CalendarFactory().coach
    SessionFactory(coach=coach, starts_at=MONDAY + 10 * HOUR)
    signed_in(client, coach)
    page = ask(client, "2027-01-11", "10:30")
    assert "takes the time from Mon 11 Jan 2027, 10:00 UTC to 11:00." in page.text
    assert "Students read: “This time is taken. Please pick another one.”" in page.text
    assert "can be booked." in ask(client, "2027-01-11", "12:00").text
    assert "can be booked." not in ask(client, "2027-01-11", "").text


def test_a_consultation_is_asked_about_by_its_own_rules(client):
    signed_in(client, CalendarFactory(takes_consultations=False).coach)
    page = ask(client, "2027-01-11", "12:00", **{"why-is_consultation": "on"})
    assert page.context["reason"].code == "no_consultations"


class TestClocksThatChange:
    @pytest.fixture
    def berlin(self, client):
        return signed_in(client, CalendarFactory(time_zone="Europe/Berlin", horizon_days=365).coach)

    def test_a_time_that_does_not_exist_is_refused(self, berlin):
        page = ask(berlin, "2027-03-28", "02:30")
        assert "This time does not exist on that day: the clocks jump over it." in page.text
        assert "reason" not in page.context

    def test_a_time_that_comes_twice_is_asked(self, berlin):
        page = ask(berlin, "2027-10-31", "02:30")
        assert "This time comes twice on that day" in page.text
        assert "02:30 CEST (UTC+02:00)" in page.text and "02:30 CET (UTC+01:00)" in page.text
        for which in ("2027-10-31T00:30:00+00:00", "2027-10-31T01:30:00+00:00"):
            page = ask(berlin, "2027-10-31", "02:30", **{"why-which": which})
            assert page.context["moment"] == datetime.fromisoformat(which)
        page = ask(berlin, "2027-10-31", "02:30", **{"why-which": "2027-10-31T04:30:00+00:00"})
        assert "reason" not in page.context, "another moment is not one of the two"

    def test_on_a_day_of_travel_the_clock_is_that_of_the_place(self, berlin):
        calendar = Calendar.objects.get()
        TravelZone.objects.create(
            calendar=calendar, first_day=date(2027, 1, 11), last_day=date(2027, 1, 11), time_zone="Asia/Tokyo"
        )
        assert ask(berlin, "2027-01-11", "09:00").context["moment"] == datetime(2027, 1, 11, 0, tzinfo=UTC)
        assert ask(berlin, "2027-01-12", "09:00").context["moment"] == datetime(2027, 1, 12, 8, tzinfo=UTC)


def test_a_coach_s_first_visit_begins_in_their_own_zone(client):
    coach = CoachFactory(time_zone="Europe/Madrid")
    page = signed_in(client, coach).get(PAGE)
    assert (page.context["zone"].key, drawn(page)) == ("Europe/Madrid", set())
    client.post(PAGE, BLOCKED | TYPED | {"add_exception": "yes"})
    assert Calendar.objects.get(coach=coach).time_zone == "Europe/Madrid"


def test_the_page_takes_as_many_statements_with_many_rows(client):
    calendar = CalendarFactory()
    signed_in(client, calendar.coach)
    client.get(PAGE)

    def rows_more(first, last):
        for number in range(first, last):
            day = date(2027, 2, 1) + number * DAY
            DateException.objects.create(calendar=calendar, first_day=day, last_day=day, starts=time(9), ends=time(10))
            TravelZone.objects.create(calendar=calendar, first_day=day, last_day=day, time_zone="Asia/Tokyo")

    counts = []
    for first, last in ((0, 1), (1, 20)):
        rows_more(first, last)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
