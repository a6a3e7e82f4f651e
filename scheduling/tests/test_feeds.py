"""The private address: what stands there, who finds it, and for how long."""

import re

import pytest
from django.core.cache import cache
from icalendar import Calendar

from accounts.tests.factories import StudentFactory
from core.models import Event
from scheduling.models import Feed, Participant, Session
from scheduling.operations import cancel_session, schedule
from scheduling.operations.feeds import renew_feed, sessions_in_feed
from scheduling.tests.factories import DAY, HOUR, MONDAY, NOW, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture(autouse=True)
def quiet(clock):
    cache.clear()
    clock.travel_to(NOW)


def address(person):
    return f"/calendar/{renew_feed(by=person, now=NOW).token}.ics"


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return {event["uid"]: event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def uid(session):
    return f"session-{session.pk}@localhost"


def test_a_program_reads_the_sessions_without_signing_in(client):
    session = SessionFactory()
    student = student_of(session)
    schedule(session, starts_at=TEN, by=student, now=NOW)
    answer = client.get(address(student))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-cache", "noindex")
    calendar = Calendar.from_ical(answer.content)
    [event] = calendar.walk("VEVENT")
    assert "method" not in calendar
    assert (event["uid"], event["status"], event["sequence"], event["dtstart"].dt) == (
        uid(session),
        "CONFIRMED",
        1,
        TEN,
    )
    assert event["dtstamp"].dt == NOW
    assert "attendee" not in event


def test_each_reads_their_own_as_coach_and_as_student(client):
    mine, other = SessionFactory(starts_at=TEN), SessionFactory(starts_at=TEN + DAY)
    taught = SessionFactory(starts_at=TEN + 2 * DAY, student=mine.coach)
    assert set(read(client, address(mine.coach))) == {uid(mine), uid(taught)}
    assert set(read(client, address(student_of(other)))) == {uid(other)}


def test_requested_ones_are_tentative_and_what_is_only_held_is_not_there(client):
    asked = SessionFactory(starts_at=TEN, state="requested", version=0)
    held = SessionFactory(coach=asked.coach, starts_at=TEN + DAY, state="held", hold_expires_at=NOW + DAY, version=0)
    found = read(client, address(asked.coach))
    assert (set(found), found[uid(asked)]["status"], held.version) == ({uid(asked)}, "TENTATIVE", 0)


def test_a_cancelled_one_says_so_for_thirty_days_and_then_is_gone(client, clock):
    session = SessionFactory(starts_at=TEN)
    path = address(session.coach)
    cancel_session(session, by=session.coach, now=NOW)
    event = read(client, path)[uid(session)]
    assert (event["status"], event["sequence"]) == ("CANCELLED", 2)
    clock.travel_to(NOW + 31 * DAY)
    assert read(client, path) == {}


def test_what_was_never_agreed_and_who_left_are_not_there(client):
    session = SessionFactory(starts_at=TEN, state="cancelled", version=0)
    left = SessionFactory(coach=session.coach, starts_at=TEN + DAY)
    Participant.objects.filter(session=left, user=session.coach).update(state="left")
    assert read(client, address(session.coach)) == {}


def test_the_past_reaches_ninety_days_back(client):
    old, older = (SessionFactory(starts_at=NOW - days * DAY, state="completed") for days in (89, 91))
    Participant.objects.create(session=older, user=old.coach, role="student")
    assert set(read(client, address(old.coach))) == {uid(old)}


def test_the_same_content_is_not_sent_twice(client):
    session = SessionFactory(starts_at=TEN)
    path = address(session.coach)
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Session.objects.filter(pk=session.pk).update(version=2)
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_a_new_address_ends_the_old_one_at_once(client):
    student = student_of(SessionFactory(starts_at=TEN))
    old, new = address(student), address(student)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    assert Feed.objects.count() == 1


def test_the_address_is_of_256_bits(client):
    token = renew_feed(by=StudentFactory(), now=NOW).token
    assert re.fullmatch(r"[\w-]{43}", token)


@pytest.mark.parametrize("token", ["x" * 43, "short", "x" * 65, "%00" * 20, "é" * 43])
def test_any_other_address_is_not_found(client, token):
    address(StudentFactory())
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_who_is_closed_has_none(client):
    student = StudentFactory()
    path = address(student)
    student.is_active = False
    student.save()
    assert client.get(path).status_code == 404


def test_nobody_can_try_addresses_without_end(client, settings):
    codes = [client.get(f"/calendar/{'x' * 43}.ics") for _number in range(121)]
    assert [answer.status_code for answer in codes[-2:]] == [404, 429]
    assert int(codes[-1]["Retry-After"]) > 0


def test_robots_stay_away(client):
    assert "Disallow: /calendar/" in client.get("/robots.txt").content.decode().splitlines()


def test_it_is_only_read(client):
    assert client.post(address(StudentFactory())).status_code == 405


@pytest.mark.parametrize("count", [1, 20])
def test_as_many_statements_for_one_session_as_for_twenty(client, count, django_assert_num_queries):
    first = SessionFactory(starts_at=TEN)
    for number in range(1, count):
        SessionFactory(coach=first.coach, starts_at=TEN + number * DAY)
    path = address(first.coach)
    with django_assert_num_queries(4):
        assert len(read(client, path)) == count


def test_when_it_changed_is_when_it_was_last_agreed():
    session = SessionFactory()
    student = student_of(session)
    schedule(session, starts_at=TEN, by=student, now=NOW)
    Event.objects.create(subject_kind="scheduling.session", subject_id=session.pk, name="reminder_due", at=NOW + DAY)
    [found] = sessions_in_feed(student, NOW + DAY)
    assert found.changed_at == NOW


class TestOneFile:
    def test_a_participant_downloads_it(self, client):
        session = SessionFactory(starts_at=TEN)
        client.force_login(student_of(session))
        answer = client.get(f"/sessions/{session.pk}/session.ics")
        calendar = Calendar.from_ical(answer.content)
        assert (calendar["method"], calendar.walk("VEVENT")[0]["uid"]) == ("PUBLISH", uid(session))
        assert answer["Content-Disposition"] == f'attachment; filename="session-{session.pk}.ics"'

    def test_a_stranger_and_one_without_a_time_find_nothing(self, client):
        session, open_ = SessionFactory(starts_at=TEN), SessionFactory()
        client.force_login(StudentFactory())
        assert client.get(f"/sessions/{session.pk}/session.ics").status_code == 404
        client.force_login(open_.coach)
        assert client.get(f"/sessions/{open_.pk}/session.ics").status_code == 404

    def test_the_page_of_the_session_offers_it(self, client):
        session = SessionFactory(starts_at=TEN)
        client.force_login(session.coach)
        assert f"/sessions/{session.pk}/session.ics" in client.get(f"/sessions/{session.pk}/").content.decode()
