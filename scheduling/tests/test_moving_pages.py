"""The pages and endpoints of another time."""

import pytest

from accounts.tests.factories import StudentFactory
from scheduling.models import Move
from scheduling.operations import move_session, withdraw_move
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
LATER = TEN + 2 * DAY


@pytest.fixture
def session(clock):
    clock.travel_to(NOW)
    return SessionFactory(starts_at=TEN)


def page(client, person, path, **data):
    client.force_login(person)
    return client.post(path, data) if data else client.get(path)


def test_a_student_sees_the_zones_and_moves_at_once(client, session):
    path, student = f"/sessions/{session.pk}/reschedule/", student_of(session)
    shown = page(client, student, path + "?week=2027-01-11")
    assert b"Move the session now" in shown.content
    assert b"You move at once to any time on offer." in shown.content
    answer = page(client, student, path, start=LATER.isoformat(), reason="A train")
    assert answer.status_code == 302
    session.refresh_from_db()
    assert (session.starts_at, Move.objects.get().reason) == (LATER, "A train")


def test_a_coach_asks_and_is_told_that_the_time_is_not_kept(client, session):
    path = f"/sessions/{session.pk}/reschedule/"
    assert b"the new one is not kept meanwhile" in page(client, session.coach, path).content
    page(client, session.coach, path, start=LATER.isoformat())
    assert Move.objects.get().state == "open"
    again = page(client, session.coach, path)
    assert again.headers["Location"] == f"/sessions/{session.pk}/move/"


def test_a_refused_time_is_said_on_the_page(client, session):
    answer = page(
        client, student_of(session), f"/sessions/{session.pk}/reschedule/", start=(TEN - 5 * HOUR).isoformat()
    )
    assert (answer.status_code, b'role="alert"' in answer.content) == (200, True)


@pytest.mark.parametrize(("verb", "state"), [("approve", "agreed"), ("decline", "declined")])
def test_the_student_answers_what_was_shown(client, session, verb, state):
    move = move_session(session, starts_at=LATER, by=session.coach, now=NOW)
    shown = page(client, student_of(session), f"/sessions/{session.pk}/move/")
    for words in (b"Agree to this time", b"Another time suits me", b"Call off, all money back", b"Decline"):
        assert words in shown.content
    page(client, student_of(session), f"/sessions/{session.pk}/{verb}-reschedule/", move=move.pk)
    move.refresh_from_db()
    assert move.state == state


def test_who_asked_takes_it_back(client, session):
    move = move_session(session, starts_at=LATER, by=session.coach, now=NOW)
    assert b"Take it back" in page(client, session.coach, f"/sessions/{session.pk}/move/").content
    page(client, session.coach, f"/sessions/{session.pk}/withdraw-reschedule/", move=move.pk)
    move.refresh_from_db()
    assert move.state == "withdrawn"


def test_a_student_answers_with_another_time_on_the_same_page(client, session):
    move_session(session, starts_at=LATER, by=session.coach, now=NOW)
    path = f"/sessions/{session.pk}/reschedule/"
    assert page(client, student_of(session), path).status_code == 200
    page(client, student_of(session), path, start=(LATER + HOUR).isoformat())
    assert list(Move.objects.values_list("state", "role")) == [("answered", "coach"), ("open", "student")]


def question_on(shown):
    return shown.content.decode().split('name="question" value="')[1].split('"')[0]


def test_a_move_at_once_does_not_become_an_answer_to_what_was_asked_meanwhile(client, session):
    path, student = f"/sessions/{session.pk}/reschedule/", student_of(session)
    shown = question_on(page(client, student, path))
    move = move_session(session, starts_at=LATER, by=session.coach, now=NOW)
    answer = page(client, student, path, start=(LATER + HOUR).isoformat(), question=shown)
    assert (shown, answer.status_code) == ("", 200)
    assert b"Something has changed since you looked." in answer.content
    assert b"Ask for this time" in answer.content
    assert list(Move.objects.values_list("state", flat=True)) == ["open"]
    assert question_on(answer) == str(move.pk)
    assert page(client, student, path, start=(LATER + HOUR).isoformat(), question=move.pk).status_code == 302


def test_an_answer_does_not_become_a_move_at_once_when_the_question_is_taken_back(client, session):
    move = move_session(session, starts_at=LATER, by=session.coach, now=NOW)
    path, student = f"/sessions/{session.pk}/reschedule/", student_of(session)
    shown = question_on(page(client, student, path))
    withdraw_move(move, by=session.coach, now=NOW)
    answer = page(client, student, path, start=(LATER + HOUR).isoformat(), question=shown)
    session.refresh_from_db()
    assert (answer.status_code, session.starts_at) == (200, TEN)
    assert b"Move the session now" in answer.content


@pytest.mark.parametrize("name", ["reschedule", "move"])
def test_strangers_see_nothing(client, session, name):
    assert page(client, StudentFactory(), f"/sessions/{session.pk}/{name}/").status_code == 404


def api(client, person, session, verb, **data):
    client.force_login(person)
    return client.post(f"/api/v1/sessions/{session.pk}/{verb}/", data, content_type="application/json")


def test_clients_ask_agree_and_decline(client, session):
    asked = api(client, session.coach, session, "reschedule", scheduled_at="2027-01-13T10:00:00Z", reason="A fair")
    body = asked.json()
    assert (body["reschedule_requested"], body["reschedule_requested_by"]) == (True, session.coach_id)
    assert (body["reschedule_reason"], body["reschedule_requested_for"]) == ("A fair", "2027-01-13T10:00:00Z")
    assert (body["reschedule_deadline"][:16], body["can_request_reschedule"]) == ("2027-01-09T12:00", False)
    agreed = api(client, student_of(session), session, "approve-reschedule").json()
    assert (agreed["scheduled_at"], agreed["rescheduled_from"]) == ("2027-01-13T10:00:00Z", "2027-01-11T10:00:00Z")
    nothing = api(client, student_of(session), session, "decline-reschedule")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "answered")


def test_a_question_whose_time_to_answer_is_over_is_asked_no_more_before_any_sweep(client, session, clock):
    move = move_session(session, starts_at=LATER, by=session.coach, now=NOW)
    client.force_login(student_of(session))
    for minutes, still in ((-1, True), (1, False)):
        clock.travel_to(move.answer_due_at + MINUTE * minutes)
        body = client.get(f"/api/v1/sessions/{session.pk}/").json()
        assert (body["reschedule_requested"], body["reschedule_deadline"] is not None) == (still, still)
        assert (body["reschedule_requested_by"], body["reschedule_reason"]) == (session.coach_id if still else None, "")
        seen = page(client, student_of(session), f"/sessions/{session.pk}/").content.decode()
        assert ("You are asked for" in seen) == still
    assert Move.objects.get().state == "open"


@pytest.mark.parametrize("verb", ["approve-reschedule", "decline-reschedule"])
def test_clients_answer_no_other_question_than_the_one_they_have_shown(client, session, verb):
    move_session(session, starts_at=LATER, by=session.coach, now=NOW)
    other = {"reschedule_requested_for": (LATER + HOUR).isoformat()}
    refused = api(client, student_of(session), session, verb, **other)
    assert (refused.status_code, refused.json()["code"], Move.objects.get().state) == (409, "stale", "open")
    shown = {"reschedule_requested_for": "2027-01-13T11:00:00+01:00"}
    assert api(client, student_of(session), session, verb, **shown).status_code == 200
    assert Move.objects.get().state != "open"


def test_clients_must_give_an_offset_and_are_told_refusals(client, session):
    student = student_of(session)
    assert api(client, student, session, "reschedule", scheduled_at="2027-01-13T10:00:00").status_code == 400
    refused = api(client, student, session, "reschedule", scheduled_at="2027-01-11T10:00:00Z")
    assert (refused.status_code, refused.json()["code"]) == (409, "same_time")
    assert api(client, StudentFactory(), session, "reschedule", scheduled_at="2027-01-13T10:00:00Z").status_code == 404
