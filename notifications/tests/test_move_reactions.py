"""Who is told of another time, and of what goes back."""

from datetime import timedelta

import pytest

from contracts.operations import cancel_booked_session, quote_session
from contracts.tests.factories import active, scheduled
from core import clock as time
from core.models import Event, OutgoingMail
from notifications.models import Notification
from scheduling.models import Session
from scheduling.operations import agree_to_move, decline_move, move_session, withdraw_move
from scheduling.tasks import expire_unanswered_moves

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def session(standin, clock):
    session = scheduled(active(standin))
    Notification.objects.all().delete()
    OutgoingMail.objects.all().delete()
    return session


def people(session):
    return session.coach, next(place.user for place in session.participants.exclude(user=session.coach))


def told(person):
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("text", "url"))


def test_who_is_asked_is_led_to_the_answer(session):
    coach, student = people(session)
    move_session(session, starts_at=session.starts_at + DAY, by=coach, now=time.now())
    [(text, url)] = told(student)
    assert text.startswith(f"{coach.name} asks to move your session from ")
    assert url == f"/sessions/{session.pk}/move/"
    assert told(coach) == []
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [student.email]


def test_both_get_the_new_time_for_their_calendars(session):
    coach, student = people(session)
    move_session(session, starts_at=session.starts_at + DAY, by=student, now=time.now())
    assert [text.split(" from ")[0] for text, _url in told(coach)] == [f"{student.name} moved your session"]
    assert told(student) == []
    files = OutgoingMail.objects.order_by("pk").values_list("to", "calendar")
    assert {to for to, _file in files} == {coach.email, student.email}
    assert all("METHOD:REQUEST" in file for _to, file in files)


def test_who_asked_hears_yes_or_no(session):
    coach, student = people(session)
    move = move_session(session, starts_at=session.starts_at + DAY, by=coach, now=time.now())
    decline_move(move, by=student, now=time.now())
    assert "cannot make" in told(coach)[0][0]
    move = move_session(session, starts_at=session.starts_at + DAY, by=coach, now=time.now())
    agree_to_move(move, by=student, now=time.now())
    assert told(coach)[1][0].startswith(f"{student.name} agreed: ")


def test_a_wish_taken_back_and_silence_are_told(session):
    coach, student = people(session)
    withdraw_move(
        move_session(session, starts_at=session.starts_at + DAY, by=coach, now=time.now()), by=coach, now=time.now()
    )
    assert "does not ask for another time any more" in told(student)[1][0]
    move_session(session, starts_at=session.starts_at + DAY, by=coach, now=time.now())
    expire_unanswered_moves(time.now() + DAY)
    assert told(coach)[-1][0].startswith(f"Nobody answered in time: your session with {student.name} stays on ")


def test_what_goes_back_and_what_is_kept_is_told(session, clock):
    coach, student = people(session)
    Session.objects.filter(pk=session.pk).update(agreed_at=session.starts_at - 100 * HOUR)
    now = session.starts_at - 12 * HOUR
    quote = quote_session(session, by=student, now=now)
    cancel_booked_session(session, by=student, quote=quote.id, now=now)
    assert any(text.startswith("$25.00 of “") for text, _url in told(student))
    assert any("$21.25 are yours after 72 hours" in text for text, _url in told(coach))
    assert not Event.objects.filter(name="telling_failed").exists()
