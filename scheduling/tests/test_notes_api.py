"""Notes, satisfaction and the place to meet, for clients."""

import pytest

from accounts.tests.factories import StudentFactory
from scheduling.operations import check_in, close_session
from scheduling.tests.factories import DAY, HOUR, MONDAY, NOW, SessionFactory, student_of
from scheduling.tests.test_api import V1, of, refusal

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture
def session(clock):
    """One that took place and is just over."""
    clock.travel_to(NOW)
    session = SessionFactory(starts_at=TEN)
    for place in session.people:
        check_in(session, by=place.user, now=TEN)
    clock.travel_to(TEN + HOUR)
    return close_session(session, now=TEN + HOUR)


def put(user, session, verb, **body):
    return of(user).put(f"{V1}sessions/{session.pk}/{verb}/", body, format="json")


def get(user, session):
    return of(user).get(f"{V1}sessions/{session.pk}/").json()


def test_the_coach_writes_for_both_and_everybody_for_themselves(session):
    student = student_of(session)
    answer = put(session.coach, session, "notes", notes="Verbs.", private_notes="Slow down.").json()
    assert (answer["notes"], answer["private_notes"]) == ("Verbs.", "Slow down.")
    put(student, session, "notes", private_notes="Ask.")
    mine = get(student, session)
    assert (mine["notes"], mine["private_notes"]) == ("Verbs.", "Ask.")
    put(session.coach, session, "notes", private_notes="")
    assert get(session.coach, session)["notes"] == "Verbs."
    assert refusal(put(student, session, "notes", notes="Mine.")) == (403, "permission_denied")


def test_how_it_was_is_for_oneself(session, clock):
    student = student_of(session)
    assert put(student, session, "satisfaction", satisfaction=4).json()["satisfaction"] == 4
    assert get(session.coach, session)["satisfaction"] is None
    for wrong in (0, 6, "many", None):
        assert refusal(put(student, session, "satisfaction", satisfaction=wrong)) == (400, "invalid")
    clock.travel_to(TEN + HOUR + 7 * DAY)
    assert refusal(put(student, session, "satisfaction", satisfaction=5)) == (409, "too_late")


def test_the_place_is_the_coach_s_to_say(clock):
    clock.travel_to(NOW)
    session = SessionFactory(starts_at=TEN)
    refused = put(session.coach, session, "meeting", meeting_url="https://zoom.us@evil.example/")
    assert refusal(refused) == (409, "meeting_host")
    assert list(refused.json()["fields"]) == ["meeting_url"]
    assert put(session.coach, session, "meeting", meeting_url="https://zoom.us/j/1").status_code == 200
    student = student_of(session)
    assert refusal(put(student, session, "meeting", meeting_url="")) == (403, "permission_denied")
    clock.travel_to(TEN)
    joined = of(student).post(f"{V1}sessions/{session.pk}/join/").json()
    assert joined["meeting_url"] == "https://zoom.us/j/1"


@pytest.mark.parametrize("verb", ["notes", "satisfaction", "meeting"])
def test_strangers_find_nothing(session, verb):
    body = {"satisfaction": 5, "meeting_url": ""}
    assert refusal(put(StudentFactory(), session, verb, **body)) == (404, "not_found")


def test_how_long_it_took_and_what_can_be_done(session):
    answer = get(student_of(session), session)
    assert (answer["actual_minutes"], answer["can_be_rated"]) == (60, True)
    assert answer["actions"] == ["complete", "report", "notes"]


def test_in_a_group_students_see_themselves_and_the_coach(session):
    other = StudentFactory()
    session.participants.create(user=other, role="student")
    assert [each["id"] for each in get(other, session)["participants"]] == [session.coach_id, other.pk]
    assert len(get(session.coach, session)["participants"]) == 3
