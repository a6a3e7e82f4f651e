"""What people write down about a session, where it meets, and how it was."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory
from core.models import OutgoingMail
from notifications.models import Notification
from scheduling.models import Participant
from scheduling.operations import check_in, close_session, rate_session, set_meeting_place, write_note, write_summary
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of
from scheduling.tests.test_operations import names, refused

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
LINK = "https://zoom.us/j/123"


def booked(**fields):
    return SessionFactory(starts_at=TEN, **fields)


def held():
    """A session that both came to, over at its planned end."""
    session = booked()
    for place in session.people:
        check_in(session, by=place.user, now=TEN)
    return close_session(session, now=TEN + HOUR)


def homeless(**fields):
    session = booked(**fields)
    session.coach.coach_profile.meeting_url = ""
    session.coach.coach_profile.save()
    return session


def told(person, name):
    return list(Notification.objects.filter(recipient=person, event__name=name).values_list("text", flat=True))


def test_the_coach_sums_up_and_the_student_is_told_once():
    session = held()
    for text in ("  Verbs of motion. ", "Verbs of motion, and homework.", "", "Again."):
        session = write_summary(session, text=text, by=session.coach, now=TEN + HOUR)
    session.refresh_from_db()
    assert session.summary == "Again."
    assert names(session)[-4:] == ["summary_written", "summary_changed", "summary_changed", "summary_changed"]
    assert told(student_of(session), "summary_written") == [f"{session.coach.name} has summed up your session."]
    assert told(session.coach, "summary_written") == []


def test_the_same_summary_again_changes_nothing():
    session = held()
    for _time in range(2):
        write_summary(session, text="Verbs.", by=session.coach, now=TEN + HOUR)
    assert names(session).count("summary_written") == 1
    assert "summary_changed" not in names(session)


def test_a_session_is_summed_up_from_its_start_on():
    session = booked()
    refused("not_started", write_summary, session, text="Hm.", by=session.coach, now=TEN - MINUTE)
    assert write_summary(session, text="Hm.", by=session.coach, now=TEN).summary == "Hm."
    called_off = booked(state="cancelled")
    refused("not_started", write_summary, called_off, text="Hm.", by=called_off.coach, now=TEN + DAY)


def test_only_the_coach_sums_up():
    session = held()
    for somebody in (student_of(session), StudentFactory()):
        with pytest.raises(PermissionDenied):
            write_summary(session, text="Mine.", by=somebody, now=TEN + HOUR)


def test_a_note_is_one_s_own():
    session = booked()
    student = student_of(session)
    write_note(session, text="Ask about ser and estar.", by=student)
    write_note(session, text="Slow down.", by=session.coach)
    assert {place.user_id: place.note for place in session.people} == {
        student.pk: "Ask about ser and estar.",
        session.coach_id: "Slow down.",
    }
    assert names(session) == []
    with pytest.raises(PermissionDenied):
        write_note(session, text="Hello.", by=StudentFactory())


def test_texts_have_an_end():
    session = held()
    refused("too_long", write_summary, session, text="x" * 5001, by=session.coach, now=TEN + HOUR)
    refused("too_long", write_note, session, text="x" * 5001, by=session.coach)
    write_note(session, text="x" * 5000, by=session.coach)


def test_how_it_was_can_be_changed_for_seven_days():
    session = held()
    student = student_of(session)
    for stars in (5, 2):
        rate_session(session, stars=stars, by=student, now=TEN + HOUR + 7 * DAY - MINUTE)
    assert session.participants.get(user=student).satisfaction == 2
    assert session.participants.get(user=session.coach).satisfaction is None
    refused("too_late", rate_session, session, stars=5, by=student, now=TEN + HOUR + 7 * DAY)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_how_it_was_is_a_number_from_one_to_five(stars):
    session = held()
    refused("no_stars", rate_session, session, stars=stars, by=session.coach, now=TEN + HOUR)


def test_what_did_not_take_place_is_not_rated_and_not_by_strangers():
    session = booked()
    refused("not_completed", rate_session, session, stars=5, by=session.coach, now=TEN)
    with pytest.raises(PermissionDenied):
        rate_session(held(), stars=5, by=StudentFactory(), now=TEN + HOUR)


def test_a_student_who_finds_no_place_has_the_coach_told_once():
    session = homeless()
    student = student_of(session)
    for _time in range(3):
        check_in(session, by=student, now=TEN - 5 * MINUTE)
    assert names(session) == ["checked_in", "place_missed"]
    sentence = f"{student.name} waits for your session, and there is no meeting link. Add one now."
    assert told(session.coach, "place_missed") == [sentence]
    mail = OutgoingMail.objects.get(to=session.coach.email)
    assert mail.subject == "Your student waits for a meeting link"


def test_a_coach_who_comes_to_no_place_is_not_told_by_mail():
    session = homeless()
    check_in(session, by=session.coach, now=TEN)
    assert names(session) == ["checked_in"]


def test_the_coach_says_where_this_session_meets_and_who_waits_is_told():
    session = homeless()
    student = student_of(session)
    check_in(session, by=student, now=TEN)
    for _time in range(2):
        session = set_meeting_place(session, url=LINK, by=session.coach, now=TEN)
    assert session.meeting_url == LINK
    assert told(student, "place_given") == [f"{session.coach.name} has said where you meet: join now."]
    assert names(session).count("place_given") == 1
    assert set_meeting_place(session, url="", by=session.coach, now=TEN).meeting_url == ""
    assert names(session)[-1] == "place_taken_away"


def test_whoever_has_not_come_is_not_told_of_the_place():
    session = homeless()
    set_meeting_place(session, url=LINK, by=session.coach, now=NOW)
    assert told(student_of(session), "place_given") == []


@pytest.mark.parametrize(
    "url",
    [
        "http://zoom.us/j/1",
        "https://evil.example/j/1",
        "https://zoom.us@evil.example/",
        "https://user:pass@zoom.us/j/1",
        "https://zoom.us:8443/j/1",
        "https://zoom.us.evil.example/",
        "https://evilzoom.us/",
        "https://zооm.us/",  # two letters are Cyrillic
        "https://xn--zm-emca.us/",
        "https://zoom.us\\@evil.example/",
        "https://zoom.us\t.evil.example/",
        "javascript:alert(1)//zoom.us",
        "//zoom.us/j/1",
        "https://zoom.us/" + "x" * 200,
    ],
)
def test_a_session_meets_only_at_places_on_the_list(url):
    session = booked()
    refused("meeting_host", set_meeting_place, session, url=url, by=session.coach, now=NOW)


def test_the_place_is_the_coach_s_to_say_and_only_while_it_matters():
    session = booked()
    for somebody in (student_of(session), StudentFactory()):
        with pytest.raises(PermissionDenied):
            set_meeting_place(session, url=LINK, by=somebody, now=NOW)
    over = held()
    refused("over", set_meeting_place, over, url=LINK, by=over.coach, now=TEN + HOUR)


@pytest.mark.parametrize("state", ["held", "left"])
def test_who_has_no_seat_takes_no_part(state):
    session = held()
    expires = {"hold_expires_at": TEN + DAY} if state == "held" else {}
    Participant.objects.filter(session=session, role="student").update(state=state, **expires)
    student = student_of(session)
    for operation, words in ((write_note, {"text": "x"}), (rate_session, {"stars": 5, "now": TEN + HOUR})):
        with pytest.raises(PermissionDenied):
            operation(session, by=student, **words)
