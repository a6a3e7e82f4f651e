"""What a session's page, its card and its waiting room say, by the clock and by what people do."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import CoachFactory, StudentFactory
from scheduling.models import Move, Participant, Session
from scheduling.operations import cancel_session, check_in, close_session, end, rate_session, write_note, write_summary
from scheduling.tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    NOW,
    CalendarFactory,
    SessionFactory,
    claim,
    student_of,
)

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
LINK = "https://zoom.us/j/123"


@pytest.fixture(autouse=True)
def at_noon(clock):
    clock.travel_to(NOW)


def booked(**fields):
    return SessionFactory(starts_at=TEN, **fields)


def signed_in(client, user):
    client.force_login(user)
    return client


def words_of(client, user, address):
    """What a person reads on the main part of a page, in one line."""
    page = signed_in(client, user).get(address).text
    main = re.search("<main.*</main>", page, re.DOTALL)[0]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


def page_of(client, session, user):
    return words_of(client, user, session.get_absolute_url())


def waiting_room(client, session, user):
    return words_of(client, user, reverse("session-join", args=[session.pk]))


def without_a_link(session):
    session.coach.coach_profile.meeting_url = ""
    session.coach.coach_profile.save()
    return session


@pytest.mark.parametrize(
    ("before", "badge", "sentence"),
    [
        (DAY, "Scheduled", "The waiting room opens at Mon 11 Jan 2027, 09:50 UTC. We remind you both before."),
        (10 * MINUTE, "Scheduled", "The waiting room is open"),
        (5 * MINUTE, "Ready to join", "The waiting room is open"),
        (-59 * MINUTE, "Ready to join", "Who is here by 10:15 is in time."),
        (-60 * MINUTE, "Scheduled", "The time of this session is up."),
    ],
)
def test_a_scheduled_session_changes_by_the_clock(client, clock, before, badge, sentence):
    session = booked()
    clock.travel_to(TEN - before)
    for person in (session.coach, student_of(session)):
        page = page_of(client, session, person)
        assert f"{badge} 60 min" in page
        assert sentence in page


@pytest.mark.parametrize(
    ("before", "until"),
    [
        (DAY, "09:50"),
        (10 * MINUTE, "09:55"),
        (5 * MINUTE, "10:00"),
        (0 * MINUTE, "10:15"),
        (-15 * MINUTE, "11:00"),
        (-60 * MINUTE, None),
    ],
)
def test_the_page_looks_again_when_the_clock_changes_it(client, clock, before, until):
    session = booked()
    clock.travel_to(TEN - before)
    page = signed_in(client, session.coach).get(session.get_absolute_url()).text
    found = re.search('class="next-change" data-until="2027-01-11T([0-9:]{5})', page)
    assert (found and found[1]) == until


def test_a_held_session_says_until_when_and_then_that_it_is_free_again(client, clock):
    session = booked(state="held", version=0, hold_expires_at=NOW + 15 * MINUTE)
    student = student_of(session)
    mine = "Mon 11 Jan 2027, 10:00 UTC is held for you until 12:15."
    assert mine in page_of(client, session, student)
    assert "is held for your student until 12:15." in page_of(client, session, session.coach)
    clock.travel_to(NOW + 15 * MINUTE)
    assert "This time is no longer held: it is free again." in page_of(client, session, student)


def test_a_requested_session_says_who_answers_until_when(client):
    session = booked(state="requested", answer_due_at=NOW + DAY)
    until = "Sat 9 Jan 2027, 12:00 UTC"
    student = student_of(session)
    asked = f"You have asked {session.coach.first_name} for Mon 11 Jan 2027, 10:00 UTC. The answer comes by {until};"
    assert asked in page_of(client, session, student)
    assert f"Say yes or no by {until};" in page_of(client, session, session.coach)
    assert f"to be answered by {until}" in words_of(client, student, "/sessions/")


def test_a_moved_session_says_from_when(client):
    session = booked()
    facts = {"asked_by": session.coach, "role": "coach", "asked_at": NOW, "answer_due_at": NOW + DAY}
    moved = Move.objects.create(
        session=session,
        version=1,
        state="agreed",
        from_starts_at=TEN - DAY,
        starts_at=TEN,
        answered_at=NOW + HOUR,
        **facts,
    )
    sentence = "This session was moved from Sun 10 Jan 2027, 10:00 UTC; that was agreed on Fri 8 Jan 2027, 13:00 UTC."
    assert sentence in page_of(client, session, session.coach)
    Move.objects.filter(pk=moved.pk).update(state="open", answered_at=None, starts_at=TEN + DAY)
    wanted = "for Tue 12 Jan 2027, 10:00 UTC instead. Without an answer by Sat 9 Jan 2027, 12:00 UTC"
    assert f"You have asked {wanted}" in page_of(client, session, session.coach)
    assert f"You are asked {wanted}" in page_of(client, session, student_of(session))


def test_a_cancelled_session_says_who_called_it_off(client):
    session = booked()
    cancel_session(session, by=session.coach, now=NOW)
    assert "You called this session off on Fri 8 Jan 2027, 12:00 UTC." in page_of(client, session, session.coach)
    name = session.coach.first_name
    assert f"{name} called this session off on Fri 8 Jan 2027" in page_of(client, session, student_of(session))


def test_both_clocks_are_shown_with_zone_and_offset(client):
    student = StudentFactory(time_zone="America/New_York")
    session = booked(student=student)
    User.objects.filter(pk=session.coach_id).update(time_zone="Asia/Kathmandu")
    for person in (student, session.coach):
        page = page_of(client, session, person)
        assert "Mon 11 Jan 2027, 05:00 EST America/New York, UTC−05:00" in page
        assert "Mon 11 Jan 2027, 15:45 UTC+05:45 Asia/Kathmandu, UTC+05:45" in page


def test_in_the_waiting_room_one_sees_who_is_here(client, clock):
    session = booked()
    student = student_of(session)
    closed = "The waiting room opens 10 minutes before the start: Mon 11 Jan 2027, 09:50 UTC"
    assert closed in waiting_room(client, session, student)
    clock.travel_to(TEN - 8 * MINUTE)
    assert f"{session.coach.name} not here yet" in waiting_room(client, session, student)
    check_in(session, by=session.coach, now=TEN - 8 * MINUTE)
    assert f"{session.coach.name} here since 09:52" in waiting_room(client, session, student)
    assert "You here since 09:52" in waiting_room(client, session, session.coach)
    clock.travel_to(TEN + HOUR)
    assert "This session can't be joined now." in waiting_room(client, session, student)


def test_looking_into_the_waiting_room_is_no_check_in(client, clock):
    session = booked()
    clock.travel_to(TEN)
    waiting_room(client, session, student_of(session))
    assert not session.participants.filter(checked_in_at__isnull=False).exists()


def test_without_a_link_the_student_is_told_and_the_coach_adds_one_there(client, clock):
    session = without_a_link(booked())
    student, name = student_of(session), session.coach.first_name
    clock.travel_to(TEN)
    assert "Check in all the same: it shows that you came, and tells them." in waiting_room(client, session, student)
    page = client.post(reverse("session-join", args=[session.pk]), follow=True).text
    assert f"{name} has not said yet where you meet. They know that you wait;" in page
    assert "There is no meeting link, so nobody can come in." in page_of(client, session, session.coach)
    address = reverse("session-meeting", args=[session.pk])
    refused = client.post(address, {"meeting_url": "https://evil.example/room"})
    assert "Give an address that begins with https:// at one of these" in refused.text
    client.post(address, {"meeting_url": LINK})
    assert "There is no meeting link" not in page_of(client, session, session.coach)
    joined = signed_in(client, student).post(reverse("session-join", args=[session.pk]))
    assert joined.headers["Location"] == LINK


def test_a_coach_without_a_link_is_told_before(client):
    session = without_a_link(booked())
    assert "You have no meeting link yet" in page_of(client, session, session.coach)
    assert "no meeting link" not in page_of(client, session, student_of(session))


def test_no_page_carries_the_address_of_the_room(client, clock):
    session = booked()
    clock.travel_to(TEN)
    for person in (session.coach, student_of(session)):
        for address in (session.get_absolute_url(), reverse("session-join", args=[session.pk]), "/sessions/"):
            page = signed_in(client, person).get(address).text
            assert "skileez-room" not in page
            assert session.room not in page


def test_how_long_it_really_took_is_shown(client, clock):
    session = booked()
    for place in session.people:
        check_in(session, by=place.user, now=TEN + 5 * MINUTE)
    end(session, by=session.coach, now=TEN + 52 * MINUTE)
    assert "It took 47 min of 60 min" in page_of(client, session, session.coach)


def over(**fields):
    session = booked(**fields)
    for place in session.people:
        check_in(session, by=place.user, now=TEN)
    return close_session(session, now=TEN + HOUR)


def test_the_summary_is_for_both_and_a_note_is_for_one(client, clock):
    session = over()
    student = student_of(session)
    clock.travel_to(TEN + HOUR)
    address = reverse("session-notes", args=[session.pk])
    signed_in(client, session.coach).post(address, {"summary": "Verbs of motion.", "note": "Slow down."})
    signed_in(client, student).post(address, {"summary": "Nothing!", "note": "Ask about ser."})
    mine, theirs = page_of(client, session, student), page_of(client, session, session.coach)
    assert "Verbs of motion." in mine
    assert "Ask about ser." in mine
    assert "Slow down." not in mine
    assert "Verbs of motion." in theirs
    assert "Ask about ser." not in theirs
    assert "Ask about ser." not in words_of(client, session.coach, address)


def test_how_it_was_is_a_click_that_the_other_side_never_sees(client, clock):
    session = over()
    student = student_of(session)
    clock.travel_to(TEN + HOUR)
    address = reverse("session-satisfaction", args=[session.pk])
    signed_in(client, student).post(address, {"stars": "2"})
    assert session.participants.get(user=student).satisfaction == 2
    page = client.get(session.get_absolute_url()).text
    assert 'value="2" required checked' in page
    assert "checked aria-label" not in signed_in(client, session.coach).get(session.get_absolute_url()).text
    for wrong in ("", "9", "many"):
        client.post(address, {"stars": wrong})
    assert session.participants.get(user=session.coach).satisfaction is None
    clock.travel_to(TEN + HOUR + 7 * DAY)
    assert "How was it?" not in page_of(client, session, student)


NEW_PAGES = ["session-join", "session-notes", "session-meeting", "session-satisfaction"]


@pytest.mark.parametrize("name", NEW_PAGES)
def test_strangers_and_those_without_a_seat_find_nothing(client, clock, name):
    session = booked()
    clock.travel_to(TEN)
    address = reverse(name, args=[session.pk])
    assert client.post(address).headers["Location"] == f"/accounts/login/?next={address}"
    assert signed_in(client, StudentFactory()).post(address).status_code == 404
    student = student_of(session)
    for state in ("left", "held"):
        expires = {"hold_expires_at": TEN + DAY} if state == "held" else {}
        Participant.objects.filter(user=student).update(state=state, **expires)
        assert signed_in(client, student).post(address).status_code == 404
        assert client.get(session.get_absolute_url()).status_code == 404
    assert not session.participants.filter(checked_in_at__isnull=False).exists()


def test_a_student_does_not_say_where_it_meets(client):
    session = booked()
    address = reverse("session-meeting", args=[session.pk])
    assert signed_in(client, student_of(session)).post(address, {"meeting_url": LINK}).status_code == 404


def test_students_of_a_group_learn_no_names_of_each_other(client, clock):
    session = booked(kind="group", seats=5)
    mine = student_of(session)
    others = [StudentFactory(name=f"Classmate {number}") for number in range(4)]
    for each in others:
        Participant.objects.create(session=session, user=each, role="student")
        claim(session, each)
    clock.travel_to(TEN)
    for page in (page_of, waiting_room):
        assert "Classmate" not in page(client, session, mine)
        assert "Classmate 3" in page(client, session, session.coach)
    assert "5 students" in words_of(client, session.coach, "/sessions/")


def test_the_list_says_what_is_now_next_and_later(client, clock):
    coach, student = CalendarFactory().coach, StudentFactory()
    made = [SessionFactory(coach=coach, student=student, starts_at=TEN + n * DAY, title=f"Day {n}") for n in range(3)]
    asked = SessionFactory(coach=coach, student=student, starts_at=TEN + 9 * DAY, state="requested", title="Asked")
    clock.travel_to(TEN)
    page = words_of(client, student, "/sessions/")
    order = ["Now", made[0].title, "Next", made[1].title, "Later", made[2].title, "Waiting for a yes", asked.title]
    places = [page.index(word) for word in order]
    assert places == sorted(places)


STATES = [*Session.State.values]


def one_of_each(coach, student, first=0):
    for number, state in enumerate(STATES, first):
        fields = {"hold_expires_at": NOW + DAY} if state == "held" else {}
        fields |= {"outcome": "completed", "ended_at": NOW} if state == "completed" else {}
        fields |= {"outcome": "both_absent"} if state == "missed" else {}
        starts_at = None if state == "unscheduled" else TEN + number * DAY
        SessionFactory(coach=coach, student=student, starts_at=starts_at, state=state, **fields)


@pytest.mark.parametrize("when", ["upcoming", "unscheduled", "past", "all"])
def test_lists_take_as_many_statements_for_two_of_each_state_as_for_one(client, when):
    student = StudentFactory()
    counts = []
    for first in (0, 10):
        one_of_each(CalendarFactory(coach=CoachFactory()).coach, student, first)
        signed_in(client, student)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/sessions/", {"when": when}).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 7


def test_each_state_has_a_page_for_both_sides(client):
    coach, student = CalendarFactory().coach, StudentFactory()
    one_of_each(coach, student)
    for session in Session.objects.all():
        for person in (coach, student):
            assert "<c-" not in signed_in(client, person).get(session.get_absolute_url()).text


def test_what_was_written_stays_as_it_was_typed(client, clock):
    session = over()
    clock.travel_to(TEN + HOUR)
    write_summary(session, text="<b>Verbs</b>", by=session.coach, now=TEN + HOUR)
    write_note(session, text="<i>Slow</i>", by=session.coach)
    rate_session(session, stars=4, by=session.coach, now=TEN + HOUR)
    page = signed_in(client, session.coach).get(session.get_absolute_url()).text
    assert "&lt;b&gt;Verbs&lt;/b&gt;" in page
    assert "&lt;i&gt;Slow&lt;/i&gt;" in page
