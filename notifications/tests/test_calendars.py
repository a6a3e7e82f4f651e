"""The files that go along with mails put a session into a calendar, move it there, and take it out again."""

import pytest
from icalendar import Calendar

from accounts.tests.factories import StudentFactory
from core.models import OutgoingMail
from notifications.tasks import tell_of_what_waits
from scheduling.models import Session
from scheduling.operations import cancel_session, end_series, hold_seat, leave_seat, schedule, take_seat
from scheduling.operations.feeds import renew_feed
from scheduling.tests.factories import DAY, HOUR, MONDAY, NOW, SessionFactory, student_of
from scheduling.tests.test_series import booked, pair

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def files_to(person):
    """`(method, sequence, start, attendee)` of each file that was mailed, in the order of the mails."""
    texts = OutgoingMail.objects.filter(to=person.email).exclude(calendar="").order_by("pk")
    return [_said(Calendar.from_ical(mail.calendar)) for mail in texts]


def _said(calendar):
    [event] = calendar.walk("VEVENT")
    return str(calendar["method"]), event["sequence"], event["dtstart"].dt, str(event["attendee"])


def test_both_get_a_file_of_their_own_when_a_time_is_agreed_and_when_it_is_called_off():
    session = SessionFactory()
    student, coach = student_of(session), session.coach
    session = schedule(session, starts_at=TEN, by=student, now=NOW)
    tell_of_what_waits(NOW)
    cancel_session(session, by=coach, now=NOW + HOUR)
    for person in (student, coach):
        address = f"mailto:{person.email}"
        assert files_to(person) == [("REQUEST", 1, TEN, address), ("CANCEL", 2, TEN, address)]


def test_whoever_cancelled_gets_the_file_without_a_notice():
    session = SessionFactory(starts_at=TEN)
    cancel_session(session, by=session.coach, now=NOW)
    assert [method for method, *_rest in files_to(session.coach)] == ["CANCEL"]
    assert not session.coach.notifications.exists()


def test_what_was_never_agreed_is_in_nobodys_calendar():
    session = SessionFactory(starts_at=TEN, state=Session.State.HELD, hold_expires_at=NOW + DAY, version=0)
    cancel_session(session, by=session.coach, now=NOW)
    assert files_to(student_of(session)) == files_to(session.coach) == []


def test_the_words_are_those_of_the_reader():
    session = SessionFactory()
    student = student_of(session)
    schedule(session, starts_at=TEN, by=student, now=NOW)
    tell_of_what_waits(NOW)
    mail = OutgoingMail.objects.get(to=student.email)
    [event] = Calendar.from_ical(mail.calendar).walk("VEVENT")
    assert event["summary"] == f"Conversational Spanish with {session.coach.name}"


def events_to(person):
    """`(method, [(uid, sequence, status)])` of each file that was mailed, in the order of the mails."""
    texts = OutgoingMail.objects.filter(to=person.email).exclude(calendar="").order_by("pk")
    files = [Calendar.from_ical(mail.calendar) for mail in texts]
    return [
        (
            str(file["method"]),
            [(str(each["uid"]), each["sequence"], str(each["status"])) for each in file.walk("VEVENT")],
        )
        for file in files
    ]


def test_a_series_is_one_file_and_its_end_takes_out_what_is_given_back():
    sessions = pair(sessions=2)
    series = booked(sessions, weeks=2)
    uids = [f"session-{session.pk}@localhost" for session in sessions]
    end_series(series, by=series.student, now=series.made_at)
    for person in (series.student, series.coach):
        assert events_to(person) == [
            ("PUBLISH", [(uid, 1, "CONFIRMED") for uid in uids]),
            ("PUBLISH", [(uid, 2, "CANCELLED") for uid in uids]),
        ]
    booked(sessions, weeks=2)
    assert events_to(series.student)[-1] == ("PUBLISH", [(uid, 3, "CONFIRMED") for uid in uids])


def test_a_seat_given_up_goes_out_of_a_calendar_and_one_taken_again_comes_back():
    group = SessionFactory(kind="group", seats=3, starts_at=TEN, student=StudentFactory())
    student = StudentFactory()
    for _time in range(2):
        hold_seat(group, by=student, now=NOW)
        take_seat(group, student=student, now=NOW)
        leave_seat(group, student=student, by=student, now=NOW)
    said = [(method, sequence) for method, [(_uid, sequence, _status)] in events_to(student)]
    assert said == [("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 3), ("CANCEL", 4)]
    assert not student.notifications.filter(text__contains="given up").exists()


def test_the_address_and_the_file_on_the_page_stand_as_high_as_the_last_mail(client, clock):
    clock.travel_to(NOW)
    group = SessionFactory(kind="group", seats=3, starts_at=TEN, student=StudentFactory())
    student, feed = StudentFactory(), None
    for _time in range(3):
        if feed:
            leave_seat(group, student=student, by=student, now=NOW)
        hold_seat(group, by=student, now=NOW)
        take_seat(group, student=student, now=NOW)
        feed = f"/calendar/{renew_feed(by=student, now=NOW).token}.ics"
    client.force_login(student)
    mailed = events_to(student)[-1][1][0][1]
    assert (mailed, read(client, feed), read(client, f"/sessions/{group.pk}/session.ics")) == (5, 5, 5)
    cancel_session(group, by=group.coach, now=NOW + HOUR)
    tell_of_what_waits(NOW + HOUR)
    assert (events_to(student)[-1][1][0][1], read(client, feed)) == (6, 6)
    everybody_else = f"/calendar/{renew_feed(by=group.coach, now=NOW).token}.ics"
    assert read(client, everybody_else) == 2


def read(client, path):
    [event] = Calendar.from_ical(client.get(path).content).walk("VEVENT")
    return event["sequence"]


def test_a_seat_that_was_only_kept_is_in_nobodys_calendar():
    group = SessionFactory(kind="group", seats=3, starts_at=TEN)
    student = StudentFactory()
    hold_seat(group, by=student, now=NOW)
    leave_seat(group, student=student, by=student, now=NOW)
    assert events_to(student) == []
