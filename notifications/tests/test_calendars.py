"""The files that go along with mails put a session into a calendar, move it there, and take it out again."""

import pytest
from icalendar import Calendar

from core.models import OutgoingMail
from scheduling.models import Session
from scheduling.operations import cancel_session, schedule
from scheduling.tests.factories import DAY, HOUR, MONDAY, NOW, SessionFactory, student_of

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
    mail = OutgoingMail.objects.get(to=student.email)
    [event] = Calendar.from_ical(mail.calendar).walk("VEVENT")
    assert event["summary"] == f"Conversational Spanish with {session.coach.name}"
