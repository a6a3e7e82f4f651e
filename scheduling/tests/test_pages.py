"""What people see and click of time; every page answers a stranger with 404."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import CoachFactory, StudentFactory
from scheduling.models import Calendar, GoogleCalendar, Session
from scheduling.operations import check_in, hold_time, schedule
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture(autouse=True)
def at_noon(clock):
    clock.travel_to(NOW)


def signed_in(client, user):
    client.force_login(user)
    return client


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    assert "<c-" not in answer.text
    return len(captured)


def scheduled(**fields):
    return SessionFactory(starts_at=TEN, **fields)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


PAGES = ["session", "session-schedule", "session-hold", "session-join"]


@pytest.mark.parametrize("name", [*PAGES, "session-start", "session-end", "session-complete"])
def test_a_stranger_finds_nothing_and_a_visitor_signs_in(client, name):
    address = reverse(name, args=[scheduled().pk])
    assert client.post(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert signed_in(client, StudentFactory()).post(address).status_code in (404, 405)
    assert client.get(address).status_code in (404, 405)


def test_addresses_are_those_that_clients_know(client):
    assert reverse("session-join", args=[7]) == "/sessions/7/join"
    assert client.get("/calls/7/").headers["Location"] == "/sessions/7/"
    assert client.get("/calls/7/join").headers["Location"] == "/sessions/7/"
    assert client.get("/calls/").headers["Location"] == "/sessions/"
    assert signed_in(client, StudentFactory()).get(f"/sessions/{10**17}/").status_code == 404


def test_the_list_takes_as_many_statements_for_twenty_sessions_as_for_one(client):
    coach, student = CalendarFactory().coach, StudentFactory()
    SessionFactory(coach=coach, student=student, starts_at=TEN)
    signed_in(client, student)
    one = queries(client, "/sessions/")
    for number in range(1, 20):
        SessionFactory(coach=coach, student=student, starts_at=TEN + number * DAY)
    assert queries(client, "/sessions/") == one <= 7
    assert client.get("/sessions/").text.count("starts in") == 20


def test_the_list_has_pages(client):
    coach, student = CalendarFactory().coach, StudentFactory()
    made = [SessionFactory(coach=coach, student=student, starts_at=TEN + number * DAY) for number in range(21)]
    page = signed_in(client, student).get("/sessions/")
    assert [line.session for line in page.context["lines"]] == made[:20]
    second = client.get(f"/sessions/{page.context['next']}")
    assert [line.session for line in second.context["lines"]] == made[20:]
    assert (second.context["previous"], second.context["next"]) == ("?page=1", "")


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("", ["scheduled"]),
        ("?when=unscheduled", ["unscheduled"]),
        ("?when=past", ["missed"]),
        ("?state=missed&state=cancelled", ["missed"]),
        ("?state=nonsense", ["scheduled"]),
        ("?page=-1&page=x", ["scheduled"]),
    ],
)
def test_sessions_are_listed_by_when_and_state(client, query, states):
    coach, student = CalendarFactory().coach, StudentFactory()
    SessionFactory(coach=coach, student=student)
    SessionFactory(coach=coach, student=student, starts_at=TEN)
    SessionFactory(coach=coach, student=student, starts_at=TEN - 7 * DAY, state="missed", outcome="both_absent")
    scheduled()
    lines = signed_in(client, student).get(f"/sessions/{query}").context["lines"]
    assert sorted(line.state for line in lines) == states


def test_a_session_shows_its_time_by_both_clocks(client):
    student = StudentFactory(time_zone="America/New_York", name="Priya Raman")
    session = scheduled(student=student)
    User.objects.filter(pk=session.coach_id).update(time_zone="Asia/Kathmandu", name="Lucía Fernández")
    page = signed_in(client, student).get(session.get_absolute_url()).text
    assert "Mon 11 Jan 2027, 05:00 EST" in page
    assert "Mon 11 Jan 2027, 15:45 UTC+05:45" in page
    page = signed_in(client, session.coach).get(session.get_absolute_url()).text
    assert "Priya" in page


def test_a_session_takes_few_statements(client):
    session = scheduled()
    assert queries(signed_in(client, student_of(session)), session.get_absolute_url()) <= 8


def test_the_page_fetches_its_changing_part_again(client):
    session = scheduled()
    signed_in(client, session.coach)
    assert (
        'hx-trigger="sessions from:#live, again from:#live, done, every 60s"'
        in client.get(session.get_absolute_url()).text
    )
    part = client.get(session.get_absolute_url(), headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "The waiting room opens at Mon 11 Jan 2027, 09:50 UTC" in part


def test_joining_checks_in_and_leads_to_the_coach_s_room(client, clock):
    session = scheduled()
    address = reverse("session-join", args=[session.pk])
    signed_in(client, student_of(session))
    assert "10 minutes before" in client.get(address).text
    answer = client.post(address, headers={"Referer": f"http://testserver{session.get_absolute_url()}"}, follow=True)
    assert said(answer) == ["The waiting room opens 10 minutes before the start."]
    clock.travel_to(TEN - 10 * MINUTE)
    assert "Join session" in client.get(address).text
    assert client.post(address).headers["Location"] == "https://meet.jit.si/skileez-room"
    assert client.post(address + "/").headers["Location"] == "https://meet.jit.si/skileez-room"
    assert "you checked in at 09:50" in client.get(session.get_absolute_url()).text


@pytest.mark.parametrize(
    "room",
    [
        "",
        "http://meet.jit.si/room",
        "https://evil.example/room",
        "https://meet.jit.si.evil.example/",
        "https://zoom.us@evil.example",
    ],
)
def test_nobody_is_sent_to_a_place_that_is_not_on_the_list(client, clock, room):
    session = scheduled()
    session.coach.coach_profile.meeting_url = room
    session.coach.coach_profile.save()
    clock.travel_to(TEN)
    answer = signed_in(client, student_of(session)).post(reverse("session-join", args=[session.pk]))
    assert answer.headers["Location"] == reverse("session-join", args=[session.pk])
    assert session.participants.get(role="student").checked_in_at is not None


def test_a_coach_starts_and_ends_and_the_student_says_it_took_place(client, clock):
    session = scheduled()
    student = student_of(session)
    clock.travel_to(TEN)
    check_in(session, by=student, now=TEN)
    signed_in(client, session.coach)
    assert "Start session" in client.get(session.get_absolute_url()).text
    client.post(reverse("session-start", args=[session.pk]))
    assert "End session" in client.get(session.get_absolute_url()).text
    clock.travel_to(TEN + 55 * MINUTE)
    client.post(reverse("session-end", args=[session.pk]))
    page = signed_in(client, student).get(session.get_absolute_url()).text
    assert "Took place" in page
    assert "It took place" in page
    client.post(reverse("session-complete", args=[session.pk]))
    page = client.get(session.get_absolute_url()).text
    assert "You said it took place" in page
    session.refresh_from_db()
    assert (session.state, session.outcome) == ("completed", "completed")


def test_a_student_picks_looks_once_more_and_confirms(client):
    session = SessionFactory(coach=CalendarFactory(step_minutes=60).coach)
    student = student_of(session)
    pick = reverse("session-schedule", args=[session.pk])
    page = signed_in(client, student).get(pick)
    assert page.context["week"].monday == MONDAY.date()
    assert page.text.count('type="radio"') == 5 * 8
    answer = client.post(pick, {"start": "2027-01-11T11:00:00+01:00"}, follow=True)
    assert answer.redirect_chain == [(reverse("session-hold", args=[session.pk]), 302)]
    for words in ("Mon 11 Jan 2027, 10:00 UTC", "Held for you until 12:15."):
        assert words in answer.text
    answer = client.post(reverse("session-hold", args=[session.pk]), {"confirm": "1"}, follow=True)
    assert said(answer) == ["Your session is scheduled. We will remind you both."]
    session.refresh_from_db()
    assert (session.state, session.starts_at) == ("scheduled", TEN)
    again = client.get(pick, follow=True)
    assert said(again) == ["This session already has its time."]


def test_a_held_time_may_be_given_back_and_one_that_ran_out_leads_to_the_week(client, clock):
    session = SessionFactory()
    student = student_of(session)
    address = reverse("session-hold", args=[session.pk])
    hold_time(session, starts_at=TEN, by=student, now=NOW)
    assert said(signed_in(client, student).post(address, {"drop": "1"}, follow=True)) == ["The time is free again."]
    session.refresh_from_db()
    assert session.state == "unscheduled"
    hold_time(session, starts_at=TEN, by=student, now=NOW)
    clock.travel_to(NOW + 16 * MINUTE)
    assert client.get(address).headers["Location"] == reverse("session-schedule", args=[session.pk])
    answer = client.post(address, {"confirm": "1"}, headers={"Referer": f"http://testserver{address}"}, follow=True)
    assert said(answer) == ["This time is no longer kept for you. Please pick a time again."]


def test_taken_times_are_struck_through_and_cannot_be_chosen(client):
    coach = CalendarFactory(step_minutes=60).coach
    SessionFactory(coach=coach, starts_at=TEN)
    session = SessionFactory(coach=coach)
    page = signed_in(client, student_of(session)).get(reverse("session-schedule", args=[session.pk]))
    assert page.text.count('class="slot taken"') == 1
    assert page.text.count('type="radio"') == 5 * 8 - 1
    assert 'value="2027-01-11T10:00:00+00:00"' not in page.text


def test_the_week_is_shown_by_the_clock_that_was_asked_for(client):
    session = SessionFactory()
    pick = reverse("session-schedule", args=[session.pk])
    signed_in(client, student_of(session))
    page = client.get(pick, {"zone": "Asia/Kathmandu", "week": "2027-01-14"})
    assert "Monday" not in page.text
    assert 'aria-label="Mon 11 Jan 2027, 14:45"' in page.text
    assert page.context["week"].zone.key == "Asia/Kathmandu"
    assert client.get(pick, {"zone": "Mars/Olympus", "week": "9999-99-99"}).context["week"].zone.key == "UTC"


def test_weeks_go_from_today_to_the_horizon_and_no_further(client):
    session = SessionFactory(coach=CalendarFactory(horizon_days=10).coach)
    pick = reverse("session-schedule", args=[session.pk])
    first = signed_in(client, student_of(session)).get(pick).context
    assert first["next"] == "?week=2027-01-18&zone=UTC"
    assert first["previous"] == "?week=2027-01-04&zone=UTC"
    assert client.get(pick + first["previous"]).context["previous"] == ""
    last = client.get(pick + first["next"])
    assert last.context["next"] == ""
    assert [slot.start for _day, slots in last.context["days"] for slot in slots][-1] == NOW + 10 * DAY


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("", "Please pick one of the times."),
        ("2027-01-11T10:00:00", "Please pick one of the times."),
        ("2027-13-45T10:00:00+00:00", "Please pick one of the times."),
        ("2027-01-11T08:00:00+00:00", "This is outside the coach&#x27;s hours. Please pick a listed time."),
    ],
)
def test_a_time_that_is_not_listed_is_refused_on_the_page(client, start, sentence):
    session = SessionFactory()
    answer = signed_in(client, student_of(session)).post(
        reverse("session-schedule", args=[session.pk]), {"start": start}
    )
    assert answer.status_code == 200
    assert sentence in answer.text


def test_picking_takes_few_statements_however_full_the_calendar_is(client):
    coach = CalendarFactory().coach
    session = SessionFactory(coach=coach)
    signed_in(client, student_of(session))
    address = reverse("session-schedule", args=[session.pk])
    empty = queries(client, address)
    for number in range(20):
        SessionFactory(coach=coach, starts_at=TEN + number * DAY)
    assert queries(client, address) == empty <= 8


def test_the_coach_does_not_pick_the_student_s_time(client):
    session = SessionFactory()
    assert signed_in(client, session.coach).get(reverse("session-schedule", args=[session.pk])).status_code == 404


def test_what_is_not_paid_for_is_not_given_a_time(client):
    session = SessionFactory(is_open=False)
    answer = signed_in(client, student_of(session)).get(reverse("session-schedule", args=[session.pk]), follow=True)
    assert said(answer) == ["This session can be given a time once it is paid."]


NUMBERS = {
    "time_zone": "Europe/Madrid",
    "step_minutes": "30",
    "buffer_before_minutes": "0",
    "buffer_after_minutes": "10",
    "notice_hours": "6",
    "consultation_notice_hours": "4",
    "horizon_days": "30",
    "most_a_day": "",
    "confirms": "instant",
    "takes_consultations": "on",
}


def hours(*rows):
    data = {"hours-TOTAL_FORMS": str(len(rows)), "hours-INITIAL_FORMS": "0"}
    for number, (weekday, starts, ends) in enumerate(rows):
        data |= {f"hours-{number}-weekday": weekday, f"hours-{number}-starts": starts, f"hours-{number}-ends": ends}
    return NUMBERS | data


def test_a_coach_without_hours_gets_an_empty_row_for_each_weekday(client):
    page = signed_in(client, CoachFactory(time_zone="Europe/Madrid")).get("/availability/")
    assert page.text.count('type="time" name="hours-') == 2 * 7
    assert "Nobody can book you yet" in page.text
    assert page.context["form"].instance.time_zone == "Europe/Madrid"


def test_hours_are_replaced_as_a_whole_and_previewed(client):
    coach = CalendarFactory(hours=[(6, time(1), time(2))]).coach
    data = hours((0, "09:00", "12:00"), (0, "12:00", "13:00"), (2, "18:00", "00:00"), (3, "", ""))
    page = signed_in(client, coach).post("/availability/", data, follow=True)
    assert said(page) == ["Saved. This is when you can be booked from now on."]
    calendar = Calendar.objects.get(coach=coach)
    assert (calendar.time_zone, calendar.buffer_after_minutes, calendar.notice_hours) == ("Europe/Madrid", 10, 6)
    assert [(each.weekday, each.starts, each.ends) for each in calendar.weekly_hours.all()] == [
        (0, time(9), time(12)),
        (0, time(12), time(13)),
        (2, time(18), time(0)),
    ]
    assert "09:00 – 13:00" in page.text
    assert "18:00 – 00:00" in page.text
    assert [line.free for line in page.context["picture"].days] == [7, 0, 11, 0, 0, 0, 0]


def test_rows_come_and_go_without_being_saved(client):
    coach = CalendarFactory(hours=[]).coach
    signed_in(client, coach)
    typed = hours((0, "09:00", "12:00"), (2, "10:00", "11:00"))
    more = client.post("/availability/", typed | {"add": "0"})
    assert [(row["weekday"].value(), row["starts"].value()) for row in more.context["hours"]][:2] == [
        ("0", "09:00"),
        ("0", None),
    ]
    less = client.post("/availability/", typed | {"remove": "0"})
    assert 'value="09:00"' not in less.text
    assert 'value="10:00"' in less.text
    assert not Calendar.objects.get(coach=coach).weekly_hours.exists()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([(0, "12:00", "09:00")], "Hours must end after they start."),
        ([(0, "09:00", "12:00"), (0, "11:00", "13:00")], "overlap: 11:00"),
        ([(0, "09:00", "")], "Fill in both ends"),
        ([(0, "nine", "12:00")], "Enter a valid time."),
    ],
)
def test_wrong_hours_are_explained_and_nothing_is_saved(client, rows, sentence):
    coach = CalendarFactory(hours=[(6, time(1), time(2))]).coach
    page = signed_in(client, coach).post("/availability/", hours(*rows))
    assert sentence in page.text
    assert Calendar.objects.get(coach=coach).weekly_hours.get().weekday == 6


@pytest.mark.parametrize(
    ("field", "value"), [("notice_hours", "1"), ("notice_hours", "73"), ("horizon_days", "0"), ("time_zone", "Mars")]
)
def test_distances_have_limits(client, field, value):
    coach = CalendarFactory().coach
    page = signed_in(client, coach).post("/availability/", hours() | {field: value})
    assert field in page.context["form"].errors


def test_students_have_no_availability(client):
    assert signed_in(client, StudentFactory()).get("/availability/").headers["Location"] == "/profile/become/coach/"


@pytest.mark.parametrize("rubbish", ["", "-1", "x", "99999999999999999999"])
def test_rubbish_in_the_form_of_hours_breaks_nothing(client, rubbish):
    coach = CalendarFactory().coach
    data = hours((0, "09:00", "12:00")) | {"hours-TOTAL_FORMS": rubbish}
    signed_in(client, coach)
    for extra in ({}, {"add": rubbish}, {"add": "0"}, {"remove": rubbish}):
        assert client.post("/availability/", data | extra).status_code in (200, 302)


def test_nothing_is_booked_by_looking(client):
    session = schedule(made := SessionFactory(), starts_at=TEN, by=student_of(made), now=NOW)
    signed_in(client, student_of(session))
    for name in PAGES:
        client.get(reverse(name, args=[session.pk]))
    assert Session.objects.get().state == "scheduled"
    assert not session.participants.exclude(checked_in_at=None).exists()


@pytest.mark.parametrize(("unverified", "shown"), [("mark", True), ("withhold", False)])
@pytest.mark.parametrize("page", ["session-schedule", "session-reschedule", "coach-consultation"])
def test_times_that_could_not_be_checked_are_marked_as_the_coach_wants(client, page, unverified, shown):
    session = SessionFactory() if page != "session-reschedule" else scheduled()
    Calendar.objects.update(unverified=unverified)
    GoogleCalendar.objects.create(user=session.coach, state="dead", due_at=NOW)
    number = session.coach_id if page == "coach-consultation" else session.pk
    answer = signed_in(client, student_of(session)).get(reverse(page, args=[number]))
    assert ("Not checked." in answer.text) is shown
    assert ('type="radio"' in answer.text) is shown


def test_the_sessions_lead_to_the_calendar(client):
    assert 'href="/calendar/"' in signed_in(client, StudentFactory()).get(reverse("sessions")).text
