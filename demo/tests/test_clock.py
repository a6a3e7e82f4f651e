from datetime import timedelta

import pytest

from accounts.tests.factories import StudentFactory
from contracts.tests.factories import active, scheduled
from scheduling.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(standin, client):
    session = scheduled(active(standin))
    client.force_login(session.participants.get(role="student").user)
    return session


def move(client, to, **headers):
    return client.post("/demo/clock/", {"to": to}, headers=headers)


@pytest.mark.parametrize(
    ("word", "step"), [("hour", timedelta(hours=1)), ("day", timedelta(days=1)), ("week", timedelta(weeks=1))]
)
def test_the_clock_moves_on_by_a_step(client, standin, clock, word, step):
    before = clock.now()
    move(client, word)
    assert timedelta() <= clock.now() - before - step < timedelta(seconds=30)


def test_the_stand_in_reads_the_same_clock(client, standin, clock):
    move(client, "week")
    assert abs(standin.post("tick")["now"] - clock.now().timestamp()) < 5


def test_the_clock_moves_to_five_minutes_before_the_next_session(client, session, clock):
    move(client, "session")
    assert abs(clock.now() - session.starts_at + timedelta(minutes=5)) < timedelta(seconds=30)


def test_past_the_session_it_has_ended_and_everything_due_was_done(client, session, clock):
    move(client, "past")
    assert clock.now() > session.ends_at
    ended = Session.objects.get(pk=session.pk)
    assert (ended.state, ended.outcome) == ("missed", "both_absent")
    assert ended.bookings.get().portion.state == "refunded"


def test_to_the_session_twice_stays_there(client, session, clock):
    move(client, "session")
    there = clock.now()
    move(client, "session")
    assert clock.now() - there < timedelta(seconds=30)


@pytest.mark.parametrize("word", ["session", "past", "nonsense", ""])
def test_without_a_session_or_with_nonsense_the_clock_stays(client, clock, word):
    client.force_login(StudentFactory())
    before = clock.now()
    assert move(client, word).status_code == 302
    assert clock.now() - before < timedelta(seconds=30)


def test_it_leads_back_to_the_page_one_was_on(client, standin):
    assert move(client, "hour", referer="http://testserver/support/").url == "http://testserver/support/"


def test_it_says_when_the_stand_in_is_away_and_moves_all_the_same(client, settings, clock):
    settings.STANDIN_URL = "http://127.0.0.1:9"
    before = clock.now()
    answer = client.post("/demo/clock/", {"to": "hour"}, follow=True)
    assert "the Stripe stand-in does not answer" in client.get("/support/").content.decode() + answer.content.decode()
    assert clock.now() - before >= timedelta(hours=1)


def test_looking_at_the_clock_does_not_move_it(client, clock):
    before = clock.now()
    assert client.get("/demo/clock/?to=week").status_code == 200
    assert clock.now() - before < timedelta(minutes=1)


def test_the_bar_is_on_every_page_with_the_time(client):
    page = client.get("/").content.decode()
    assert 'class="demo-bar"' in page
    assert "To the session" not in page
    client.force_login(StudentFactory())
    assert "To the session" in client.get("/").content.decode()
