"""Time for clients: sessions, slots, hours."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory, StudentFactory
from scheduling.models import Calendar
from scheduling.operations import hold_time
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
V1 = "/api/v1/"


@pytest.fixture(autouse=True)
def at_noon(clock):
    clock.travel_to(NOW)


def of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def scheduled(**fields):
    return SessionFactory(starts_at=TEN, **fields)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_a_session_has_the_words_that_clients_know():
    session = scheduled()
    student = student_of(session)
    assert of(student).get(f"{V1}sessions/{session.pk}/").json() == {
        "id": session.pk,
        "type": "one_on_one",
        "kind": "contract",
        "title": "Conversational Spanish",
        "state": "scheduled",
        "scheduled_at": "2027-01-11T10:00:00Z",
        "ends_at": "2027-01-11T11:00:00Z",
        "duration_minutes": 60,
        "timezone": "UTC",
        "version": 1,
        "hold_expires_at": None,
        "started_at": None,
        "ended_at": None,
        "outcome": "",
        "actual_minutes": None,
        "joinable_from": "2027-01-11T09:50:00Z",
        "joinable_until": "2027-01-11T11:00:00Z",
        "meeting": "link",
        "notes": "",
        "private_notes": "",
        "satisfaction": None,
        "confirmed_by_coach": False,
        "can_be_scheduled": False,
        "can_be_joined": False,
        "can_be_rated": False,
        "actions": ["notes", "calendar", "reschedule", "cancel"],
        "reschedule_requested": False,
        "reschedule_requested_by": None,
        "reschedule_requested_for": None,
        "reschedule_reason": "",
        "reschedule_deadline": None,
        "number": 0,
        "out_of": 0,
        "answer_due_at": None,
        "note_to_coach": "",
        "decline_reason": "",
        "rescheduled_from": None,
        "can_request_reschedule": True,
        "participants": [
            {"id": who.pk, "name": who.name, "role": role, "checked_in_at": None, "confirmed_at": None}
            for who, role in ((session.coach, "coach"), (student, "student"))
        ],
    }


def test_ready_follows_from_the_clock(clock):
    session = scheduled()
    clock.travel_to(TEN - 5 * MINUTE)
    answer = of(session.coach).get(f"{V1}sessions/{session.pk}/").json()
    assert (answer["state"], answer["can_be_joined"]) == ("ready", True)
    assert [each["id"] for each in of(session.coach).get(f"{V1}sessions/?state=ready").json()["results"]] == [
        session.pk
    ]


def test_a_detail_has_an_etag():
    session = scheduled()
    client = of(session.coach)
    etag = client.get(f"{V1}sessions/{session.pk}/").headers["ETag"]
    assert client.get(f"{V1}sessions/{session.pk}/", headers={"If-None-Match": etag}).status_code == 304


VERBS = ["schedule", "join", "start", "end", "complete"]


@pytest.mark.parametrize("verb", ["", *(f"{verb}/" for verb in VERBS)])
def test_a_stranger_finds_nothing_and_a_visitor_is_asked_who_they_are(verb):
    address = f"{V1}sessions/{scheduled().pk}/{verb}"
    method = "post" if verb else "get"
    body = {"scheduled_at": "2027-01-12T10:00:00Z"}
    assert getattr(APIClient(), method)(address, body).status_code == 401
    answer = getattr(of(StudentFactory()), method)(address, body, format="json" if verb else None)
    assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["ahead"]),
        ("?state=unscheduled", ["open"]),
        ("?state=scheduled&state=missed", ["ahead", "gone"]),
        ("?when=past", ["gone"]),
        ("?when=all", ["ahead", "gone", "open"]),
        ("?when=all&role=student", []),
        ("?role=coach", ["ahead"]),
        ("?when=all&kind=trial", ["gone"]),
    ],
)
def test_sessions_are_filtered(query, found):
    coach = CalendarFactory().coach
    made = {
        "open": SessionFactory(coach=coach),
        "ahead": SessionFactory(coach=coach, starts_at=TEN),
        "gone": SessionFactory(
            coach=coach, kind="trial", starts_at=TEN - 7 * DAY, state="missed", outcome="both_absent"
        ),
    }
    scheduled()
    listed = {each["id"] for each in of(coach).get(f"{V1}sessions/{query}").json()["results"]}
    assert sorted(name for name, session in made.items() if session.pk in listed) == found


def test_a_wrong_filter_is_explained():
    answer = of(StudentFactory()).get(f"{V1}sessions/?state=nonsense")
    assert refusal(answer) == (400, "invalid")
    assert "state" in answer.json()["fields"]


@pytest.mark.parametrize("path", ["sessions/", "upcoming-calls/"])
def test_lists_take_as_many_statements_for_twenty_as_for_one(path):
    coach, student = CalendarFactory().coach, StudentFactory()
    counts = []
    for wanted in (1, 20):
        for number in range(coach.coached_sessions.count(), wanted):
            SessionFactory(coach=coach, student=student, starts_at=TEN + number * DAY)
        with CaptureQueriesContext(connection) as queries:
            assert len(of(student).get(V1 + path).json()["results"]) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_upcoming_calls_come_soonest_first_and_by_pages():
    coach, student = CalendarFactory().coach, StudentFactory()
    days = [3, 0, 2, 1]
    made = {day: SessionFactory(coach=coach, student=student, starts_at=TEN + day * DAY).pk for day in days}
    SessionFactory(coach=coach, student=student)
    first = of(student).get(f"{V1}upcoming-calls/?page_size=3").json()
    assert [each["id"] for each in first["results"]] == [made[0], made[1], made[2]]
    assert [each["id"] for each in of(student).get(first["next"]).json()["results"]] == [made[3]]


def test_scheduling_takes_a_listed_slot_once_per_key():
    session = SessionFactory()
    client, address = of(student_of(session)), f"{V1}sessions/{session.pk}/schedule/"
    for _time in range(2):
        answer = client.post(
            address, {"scheduled_at": "2027-01-11T11:00:00+01:00"}, format="json", headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["scheduled_at"]) == ("scheduled", "2027-01-11T10:00:00Z")
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert refusal(client.post(address, {"scheduled_at": "2027-01-12T10:00:00Z"}, format="json")) == (
        409,
        "wrong_state",
    )
    other = client.post(
        address, {"scheduled_at": "2027-01-12T10:00:00Z"}, format="json", headers={"Idempotency-Key": "k"}
    )
    assert refusal(other) == (409, "idempotency_mismatch")


@pytest.mark.parametrize(
    "moment", ["2027-01-11T10:00:00", "2027-01-11", "tomorrow", "", None, 7, "2027-01-11T10:00:00 Europe/Berlin"]
)
def test_a_moment_must_say_its_offset(moment):
    session = SessionFactory()
    answer = of(student_of(session)).post(
        f"{V1}sessions/{session.pk}/schedule/", {"scheduled_at": moment}, format="json"
    )
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == ["scheduled_at"]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2027-01-11T08:00:00Z", "outside_hours"),
        ("2027-01-08T13:00:00Z", "notice"),
        ("2026-01-08T13:00:00Z", "past"),
        ("2028-01-10T10:00:00Z", "horizon"),
        ("9999-12-31T23:59:59Z", "horizon"),
        ("0001-01-01T00:00:00Z", "past"),
        ("2027-01-12T10:07:00Z", "not_listed"),
    ],
)
def test_each_refusal_of_a_time_has_its_code(moment, code):
    session = SessionFactory()
    answer = of(student_of(session)).post(
        f"{V1}sessions/{session.pk}/schedule/", {"scheduled_at": moment}, format="json"
    )
    assert refusal(answer) == (409, code)
    check = of(student_of(session)).get(f"{V1}check-availability/{session.coach_id}/", {"scheduled_at": moment}).json()
    assert (check["available"], check["code"]) == (False, code)


def test_the_coach_may_not_give_the_student_s_session_a_time():
    session = SessionFactory()
    answer = of(session.coach).post(
        f"{V1}sessions/{session.pk}/schedule/", {"scheduled_at": "2027-01-11T10:00:00Z"}, format="json"
    )
    assert refusal(answer) == (403, "permission_denied")


def test_a_session_is_joined_started_ended_and_confirmed(clock):
    session = scheduled()
    student, address = student_of(session), f"{V1}sessions/{session.pk}/"
    assert refusal(of(student).post(address + "join/")) == (409, "too_early")
    clock.travel_to(TEN)
    joined = of(student).post(address + "join/").json()
    assert joined["meeting_url"] == "https://meet.jit.si/skileez-room"
    assert joined["session"]["participants"][1]["checked_in_at"].startswith("2027-01-11T10:00:0")
    assert refusal(of(student).post(address + "end/")) == (409, "not_started")
    for _time in range(2):
        assert of(session.coach).post(address + "start/").json()["state"] == "in_progress"
    clock.travel_to(TEN + 55 * MINUTE)
    for _time in range(2):
        ended = of(student).post(address + "end/").json()
        assert (ended["state"], ended["outcome"]) == ("completed", "completed")
    assert of(session.coach).post(address + "complete/").json()["confirmed_by_coach"] is True


def test_slots_are_listed_by_the_clock_of_whoever_asks():
    coach = CalendarFactory(step_minutes=60, hours=[(0, time(10), time(12))]).coach
    answer = of(StudentFactory(time_zone="America/New_York")).get(f"{V1}slots/{coach.pk}/")
    assert answer.json() == {
        "coach": coach.pk,
        "duration_minutes": 60,
        "timezone": "America/New_York",
        "confirms": "instant",
        "code": "",
        "slots": [
            {"scheduled_at": "2027-01-11T10:00:00Z", "local": "2027-01-11T05:00:00-05:00", "is_unverified": False},
            {"scheduled_at": "2027-01-11T11:00:00Z", "local": "2027-01-11T06:00:00-05:00", "is_unverified": False},
        ],
    }


def test_slots_keep_to_the_span_length_and_zone_that_were_asked_for():
    coach = CalendarFactory(step_minutes=60).coach
    asked = {
        "from": "2027-01-12T11:00:00Z",
        "to": "2027-01-12T14:00:00+00:00",
        "duration": 120,
        "time_zone": "Asia/Kathmandu",
    }
    found = of(StudentFactory()).get(f"{V1}slots/{coach.pk}/", asked).json()["slots"]
    assert [each["local"] for each in found] == [f"2027-01-12T{hour}:45:00+05:45" for hour in (16, 17, 18)]


def test_slots_take_one_statement_and_checks_two():
    coach, student = CalendarFactory().coach, StudentFactory()
    check = f"check-availability/{coach.pk}/?scheduled_at=2027-01-11T10:00:00Z"
    for path, most in ((f"slots/{coach.pk}/", 1), (check, 2)):
        with CaptureQueriesContext(connection) as queries:
            assert of(student).get(V1 + path).status_code == 200
        assert len(queries) == most


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2027-01-12T11:00:00"}, "from"),
        ({"to": "2027-01-12"}, "to"),
        ({"to": "2027-06-12T00:00:00Z"}, "to"),
        ({"to": "2026-06-12T00:00:00Z"}, "to"),
        ({"from": "9999-12-31T00:00:00Z"}, "from"),
        ({"duration": "14"}, "duration"),
        ({"duration": "241"}, "duration"),
        ({"duration": "x"}, "duration"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_slots_explain_what_is_wrong_with_the_question(asked, field):
    answer = of(StudentFactory()).get(f"{V1}slots/{CalendarFactory().coach.pk}/", asked)
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == [field]


@pytest.mark.parametrize("path", ["slots/{}/", "check-availability/{}/?scheduled_at=2027-01-11T10:00:00Z"])
def test_hours_of_a_coach_who_is_not_public_are_nobody_else_s_business(path):
    coach = CalendarFactory().coach
    CoachProfile.objects.filter(user=coach).update(state="submitted", approved_at=None)
    assert of(StudentFactory()).get(V1 + path.format(coach.pk)).status_code == 404
    assert of(coach).get(V1 + path.format(coach.pk)).status_code == 200
    assert of(coach).get(V1 + path.format(10**25)).status_code == 404
    assert APIClient().get(V1 + path.format(coach.pk)).status_code == 401


def test_a_free_time_is_said_to_be_available_and_a_held_one_not():
    session = SessionFactory()
    address = f"{V1}check-availability/{session.coach_id}/?scheduled_at=2027-01-11T10:00:00Z"
    assert of(StudentFactory()).get(address).json() == {"available": True, "code": "", "detail": "", "full": ""}
    hold_time(session, starts_at=TEN, by=student_of(session), now=NOW)
    assert of(StudentFactory()).get(address).json() == {
        "available": False,
        "code": "booked",
        "detail": "This time is taken. Please pick another one.",
        "full": "",
    }


HOURS = {
    "time_zone": "Europe/Madrid",
    "step_minutes": 30,
    "buffer_before_minutes": 5,
    "buffer_after_minutes": 10,
    "notice_hours": 6,
    "consultation_notice_hours": 3,
    "horizon_days": 30,
    "most_a_day": 4,
    "takes_consultations": False,
    "confirms": "request",
    "unverified": "mark",
    "meeting": "link",
    "weekly_hours": [
        {"weekday": 0, "starts": "09:00", "ends": "12:00"},
        {"weekday": 3, "starts": "18:00", "ends": "00:00"},
    ],
}
EMPTY = {"exceptions": [], "travel": []}


def test_a_coach_reads_and_replaces_their_hours():
    coach = CoachFactory(time_zone="Europe/Madrid")
    client = of(coach)
    assert client.get(f"{V1}availability/").json() == HOURS | {
        "step_minutes": 15,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "notice_hours": 12,
        "consultation_notice_hours": 4,
        "horizon_days": 60,
        "most_a_day": None,
        "takes_consultations": True,
        "confirms": "instant",
        "unverified": "withhold",
        "weekly_hours": [],
        **EMPTY,
    }
    assert client.put(f"{V1}availability/", HOURS, format="json").json() == HOURS | EMPTY
    assert client.get(f"{V1}availability/").json() == HOURS | EMPTY
    assert Calendar.objects.get(coach=coach).weekly_hours.count() == 2


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"time_zone": "Mars"}, (400, "invalid")),
        ({"notice_hours": 1}, (400, "invalid")),
        ({"step_minutes": 0}, (400, "invalid")),
        ({"weekly_hours": None}, (400, "invalid")),
        ({"weekly_hours": [{"weekday": 7, "starts": "09:00", "ends": "12:00"}]}, (400, "invalid")),
        ({"weekly_hours": [{"weekday": 0, "starts": "09:00:30", "ends": "12:00"}]}, (400, "invalid")),
        ({"weekly_hours": [{"weekday": 0, "starts": "12:00", "ends": "12:00"}]}, (409, "wrong_hours")),
        ({"weekly_hours": HOURS["weekly_hours"][:1] * 2}, (409, "overlapping_hours")),
    ],
)
def test_wrong_hours_are_refused_and_nothing_changes(change, answer):
    coach = CalendarFactory().coach
    assert refusal(of(coach).put(f"{V1}availability/", HOURS | change, format="json")) == answer
    assert Calendar.objects.get(coach=coach).weekly_hours.count() == 5


def test_a_student_has_no_hours():
    client = of(StudentFactory())
    assert refusal(client.get(f"{V1}availability/")) == (403, "permission_denied")
    assert refusal(client.put(f"{V1}availability/", HOURS, format="json")) == (403, "permission_denied")
