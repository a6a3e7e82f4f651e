"""Calendar files: what programs read in them, over moves and cancellations, whatever people are called."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from icalendar import Calendar

from accounts.tests.factories import StudentFactory
from scheduling import ics, policy
from scheduling.models import Participant, Session
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of
from tests.clock_changes import CHANGES, PAST, each

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def read(text):
    """The calendar and its one event."""
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def fresh(session):
    return Session.objects.with_people().get(pk=session.pk)


def test_an_invitation_says_what_when_and_where_to_look(settings):
    session = fresh(SessionFactory(starts_at=TEN, version=3))
    student = student_of(session)
    text = ics.invitation(session, student, at=NOW)
    calendar, event = read(text)
    page = f"{settings.SITE_URL}/sessions/{session.pk}/"
    assert (calendar["method"], calendar["version"]) == ("REQUEST", "2.0")
    assert event["uid"] == f"session-{session.pk}@localhost"
    assert (event["sequence"], event["status"]) == (3, "CONFIRMED")
    assert (event["dtstart"].dt, event["dtend"].dt) == (TEN, TEN + HOUR)
    assert event["dtstamp"].dt == NOW
    assert f"DTSTART:{TEN:%Y%m%dT%H%M%SZ}" in text
    assert event["summary"] == f"Conversational Spanish with {session.coach.name}"
    assert event["description"] == f"Join, move or cancel it on its page: {page}"
    assert event["url"] == page
    assert event["attendee"] == f"mailto:{student.email}"
    assert event["organizer"] == "mailto:hello@skileez.example"
    assert "VTIMEZONE" not in text


def test_nobody_elses_address_and_not_the_room_is_in_it():
    session = SessionFactory(starts_at=TEN, room="secret-room-4711")
    session.coach.coach_profile.meeting_url = "https://meet.jit.si/my-secret-room"
    session.coach.coach_profile.save()
    text = ics.invitation(fresh(session), student_of(session), at=NOW).replace("\r\n ", "")
    assert session.coach.email not in text
    assert "secret-room" not in text


def test_a_student_of_a_group_reads_the_coach_and_the_coach_how_many():
    session = SessionFactory(starts_at=TEN, kind="group", seats=9)
    for _number in range(4):
        Participant.objects.create(session=session, user=StudentFactory(), role="student")
    gone = Participant.objects.create(session=session, user=StudentFactory(), role="student", state="left")
    found = fresh(session)
    assert ics.summary_of(found, student_of_first(session)) == f"Conversational Spanish with {session.coach.name}"
    assert ics.summary_of(found, session.coach) == "Conversational Spanish with 5 people"
    assert ics.summary_of(found, gone.user) == f"Conversational Spanish with {session.coach.name}"


def student_of_first(session):
    return session.participants.filter(role="student").order_by("pk").first().user


def test_the_sequence_grows_from_agreed_to_moved_to_cancelled():
    session = SessionFactory(starts_at=TEN)
    student = student_of(session)
    first = ics.invitation(fresh(session), student, at=NOW)
    Session.objects.filter(pk=session.pk).update(version=2, starts_at=TEN + DAY, ends_at=TEN + DAY + HOUR)
    moved = ics.invitation(fresh(session), student, at=NOW + HOUR)
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    off = ics.cancellation(fresh(session), student, at=NOW + 2 * HOUR)
    assert in_calendar(first) == {f"session-{session.pk}@localhost": TEN}
    assert in_calendar(first, moved) == {f"session-{session.pk}@localhost": TEN + DAY}
    assert in_calendar(first, moved, off) == {}
    assert in_calendar(first, off, moved) == {}  # mails may come in any order
    calendar, event = read(off)
    assert (calendar["method"], event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 3)


def in_calendar(*files):
    """What a program that follows RFC 5546 shows after reading these files: the highest sequence of each UID wins."""
    latest = {}
    for text in files:
        calendar, event = read(text)
        known = latest.get(event["uid"])
        if known is None or event["sequence"] > known[1]["sequence"]:
            latest[event["uid"]] = calendar, event
    return {uid: event["dtstart"].dt for uid, (calendar, event) in latest.items() if calendar["method"] != "CANCEL"}


POISON = [
    "Eve\r\nATTENDEE:mailto:evil@example.com",
    'Eve "; X=1 \\ , \n',
    "Zoë 🎉👩‍👩‍👧‍👦 العربية",
    "BEGIN:VEVENT\u2028END:VCALENDAR",
    "\x0b\x00\x85é" * 20,
]


@pytest.mark.parametrize("name", POISON)
def test_no_name_breaks_out_of_its_line(name):
    session = SessionFactory(starts_at=TEN, title="x")
    Session.objects.filter(pk=session.pk).update(title=name.replace("\x00", "")[:120])
    found = fresh(session)
    reader = student_of(session)
    reader.name = name
    text = ics.invitation(found, reader, at=NOW)
    _calendar, event = read(text)
    assert event["attendee"] == f"mailto:{reader.email}"
    assert text.count("\r\nATTENDEE") == 1
    assert text.count("BEGIN:VEVENT\r\n") == 1
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert event["attendee"].params["CN"] == ics._plain(name).replace('"', "'")


def test_the_words_are_those_of_the_language_in_use_and_a_session_without_people_has_a_name():
    session = fresh(SessionFactory(starts_at=TEN, title=""))
    with translation.override("en"):
        assert ics.summary_of(session, session.coach).startswith("Session with ")


@each(CHANGES + PAST)
def test_files_and_reminders_are_exact_where_clocks_change(change):
    """Reminders lie whole hours of real time before, and the file says UTC."""
    session = fresh(SessionFactory(starts_at=TEN))
    for at in change.instants:
        session.starts_at, session.ends_at = at, at + HOUR
        _calendar, event = read(ics.invitation(session, session.coach, at=NOW))
        assert (event["dtstart"].dt, event["dtend"].dt) == (at, at + HOUR)
        assert dict(policy.reminders_of(at, datetime(2011, 1, 1, tzinfo=UTC))) == {
            "day": at - DAY,
            "hour": at - HOUR,
            "ready": at - 5 * MINUTE,
        }
