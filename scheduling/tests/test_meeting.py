"""Where sessions meet: the coach's link, a Jitsi room, a LiveKit room with a token for each person."""

import jwt
import pytest
from django.urls import reverse

from accounts.tests.factories import StudentFactory
from scheduling.meeting import has_place, providers, room_of
from scheduling.models import Calendar, Participant
from scheduling.operations import check_in, set_meeting_place
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of
from scheduling.tests.test_api import V1, of, refusal

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
SECRET = "a secret of at least thirty-two characters"


@pytest.fixture(autouse=True)
def at_noon(clock):
    clock.travel_to(NOW)


@pytest.fixture
def jitsi(settings):
    settings.JITSI_HOST = "meet.example.org"


@pytest.fixture
def livekit(settings):
    settings.LIVEKIT_URL, settings.LIVEKIT_API_KEY = "wss://rooms.example.org", "key7"
    settings.LIVEKIT_API_SECRET = SECRET


def booked(meeting="link", **fields):
    session = SessionFactory(starts_at=TEN, **fields)
    Calendar.objects.filter(coach=session.coach).update(meeting=meeting)
    return type(session).objects.get(pk=session.pk)


def token(session, user):
    return of(user).get(f"{V1}sessions/{session.pk}/token/")


def claims_in(text, at):
    """What is in a token, verified as its server would at this moment."""
    options = {"verify_exp": False, "verify_nbf": False}
    claims = jwt.decode(text, SECRET, algorithms=["HS256"], issuer="key7", options=options)
    assert claims["nbf"] <= at.timestamp() < claims["exp"]
    return claims


def test_what_is_not_configured_is_not_offered():
    assert [name for name, _label in providers()] == ["link"]


def test_what_is_configured_is_offered(jitsi, livekit):
    assert [name for name, _label in providers()] == ["link", "jitsi", "livekit"]


@pytest.mark.parametrize("meeting", ["jitsi", "livekit"])
def test_a_room_that_is_no_longer_configured_gives_way_to_the_link(meeting):
    session = booked(meeting)
    assert room_of(session, session.coach) == "https://meet.jit.si/skileez-room"


def test_each_session_has_a_jitsi_room_that_nobody_guesses(jitsi):
    rooms = {room_of(session, session.coach) for session in [booked("jitsi") for _time in range(20)]}
    assert len(rooms) == 20
    for room in rooms:
        start, _sign, name = room.rpartition("/skileez-")
        assert (start, len(name), len(set(name)) > 5) == ("https://meet.example.org", 32, True)


def test_both_sides_meet_in_the_same_jitsi_room(jitsi, client, clock):
    session = booked("jitsi")
    clock.travel_to(TEN)
    found = set()
    for person in (session.coach, student_of(session)):
        client.force_login(person)
        found.add(client.post(reverse("session-join", args=[session.pk])).headers["Location"])
    assert found == {f"https://meet.example.org/skileez-{session.room}"}


def test_a_link_of_the_session_goes_before_everything_else(jitsi):
    session = booked("jitsi")
    set_meeting_place(session, url="https://zoom.us/j/7", by=session.coach, now=NOW)
    session.refresh_from_db()
    assert room_of(session, session.coach) == "https://zoom.us/j/7"


def test_a_link_to_a_host_that_is_no_longer_listed_leads_nowhere(settings):
    session = booked()
    set_meeting_place(session, url="https://zoom.us/j/7", by=session.coach, now=NOW)
    session.refresh_from_db()
    settings.MEETING_HOSTS = ["meet.jit.si"]
    assert (room_of(session, session.coach), has_place(session)) == ("", False)


@pytest.mark.parametrize("state", ["left", "held"])
@pytest.mark.parametrize("meeting", ["link", "jitsi", "livekit"])
def test_who_has_no_seat_learns_no_room(jitsi, livekit, meeting, state, clock):
    session = booked(meeting)
    student = student_of(session)
    expires = {"hold_expires_at": TEN + DAY} if state == "held" else {}
    Participant.objects.filter(user=student).update(state=state, **expires)
    clock.travel_to(TEN)
    assert room_of(session, student) == ""
    assert room_of(session, StudentFactory()) == ""
    assert refusal(token(session, student)) == (404, "not_found")
    assert refusal(of(student).post(f"{V1}sessions/{session.pk}/join/")) == (404, "not_found")


def test_a_token_lets_one_person_into_one_room_for_the_time_of_the_session(livekit, clock):
    session = booked("livekit")
    student = student_of(session)
    clock.travel_to(TEN - 10 * MINUTE)
    check_in(session, by=student, now=TEN - 10 * MINUTE)
    answer = token(session, student).json()
    assert answer == {
        "url": "wss://rooms.example.org",
        "room": f"skileez-{session.room}",
        "token": answer["token"],
        "expires_at": "2027-01-11T11:00:00Z",
    }
    claims = claims_in(answer["token"], at=TEN)
    assert claims == {
        "iss": "key7",
        "sub": f"user-{student.pk}",
        "name": student.name,
        "nbf": int((TEN - 10 * MINUTE).timestamp()),
        "exp": int((TEN + HOUR).timestamp()),
        "video": {"room": f"skileez-{session.room}", "roomJoin": True},
    }


def test_a_token_signed_by_another_secret_is_none(livekit):
    session = booked("livekit")
    text = room_of(session, session.coach).rpartition("token=")[2]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(text, "another secret of thirty-two characters", algorithms=["HS256"])
    with pytest.raises(jwt.ImmatureSignatureError):
        jwt.decode(text, SECRET, algorithms=["HS256"])


def test_joining_leads_to_the_page_of_the_room_with_the_token(livekit, client, clock):
    session = booked("livekit")
    clock.travel_to(TEN)
    client.force_login(session.coach)
    room = client.post(reverse("session-join", args=[session.pk])).headers["Location"]
    start = "https://meet.livekit.io/custom?liveKitUrl=wss%3A%2F%2Frooms.example.org&token="
    assert room.startswith(start)
    assert claims_in(room.removeprefix(start), at=TEN)["sub"] == f"user-{session.coach_id}"


@pytest.mark.parametrize("meeting", ["link", "jitsi"])
def test_where_no_room_takes_tokens_there_are_none(jitsi, meeting):
    session = booked(meeting)
    assert refusal(token(session, session.coach)) == (404, "no_rooms")


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (TEN - 10 * MINUTE - MINUTE / 60, "too_early"),
        (TEN - 10 * MINUTE, "not_here"),
        (TEN + HOUR, "over"),
    ],
)
def test_outside_its_time_or_before_joining_there_is_no_token(livekit, clock, at, code):
    session = booked("livekit")
    clock.travel_to(at)
    assert refusal(token(session, session.coach)) == (409, code)


def test_a_cancelled_session_has_no_token(livekit, clock):
    session = booked("livekit", state="cancelled")
    clock.travel_to(TEN)
    assert refusal(token(session, session.coach)) == (409, "wrong_state")


def test_a_token_is_not_told_by_looking_at_the_session(livekit, clock):
    session = booked("livekit")
    clock.travel_to(TEN)
    text = of(session.coach).get(f"{V1}sessions/{session.pk}/").content.decode()
    assert session.room not in text
    assert '"meeting":"livekit"' in text.replace(" ", "")


def test_pages_may_lead_to_the_rooms_of_this_site(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "https://meet.jit.si" in policy.split("form-action")[1]
