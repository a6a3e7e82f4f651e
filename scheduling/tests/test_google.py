"""A calendar at Google, over real HTTP: read, relied upon, lost, found; sessions written into it, each once."""

import pytest

from accounts import google as permission
from accounts.tests.factories import StudentFactory
from core.models import Event
from core.refused import Refused
from scheduling.calendar_tasks import read_due_calendars, write_due_copies
from scheduling.models import BusyTime, CalendarCopy, FreeTime, GoogleCalendar, Participant, Session
from scheduling.operations import cancel_session, mark_due, refresh_due, schedule
from scheduling.operations.calendars import connect_google
from scheduling.operations.copies import claim_copy, event_id_of, plan_copies, send_copy
from scheduling.operations.writing import write_copy
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from scheduling.tests.google import allow, point_to, running_calendar

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR
State = GoogleCalendar.State


@pytest.fixture(scope="module")
def standin():
    with running_calendar() as google:
        yield google


@pytest.fixture
def google(standin, settings):
    standin.reset()
    point_to(settings, standin)
    return standin


@pytest.fixture
def coach(google):
    """One who is booked even while the calendar cannot be read."""
    coach = CalendarFactory(unverified="mark").coach
    allow(coach)
    return coach


@pytest.fixture
def calendar(coach):
    return connect_google(coach, now=NOW)


def agreed(coach, at=TEN, now=NOW):
    session = SessionFactory(coach=coach)
    return schedule(session, starts_at=at, by=student_of(session), now=now)


def busy(person):
    return [(each.during.lower, each.during.upper) for each in BusyTime.objects.filter(user=person).order_by("during")]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


class TestReading:
    def test_the_busy_times_are_kept_and_relied_upon_for_half_an_hour(self, google, coach, calendar):
        google.has("2027-01-11T10:00:00Z", "2027-01-11T11:00:00Z")
        assert read_due_calendars(NOW) == 1
        found = fresh(calendar)
        assert busy(coach) == [(TEN, TEN + HOUR)]
        assert (found.checked_at, found.verified_until, found.due_at) == (NOW, NOW + 30 * MINUTE, NOW + 5 * MINUTE)
        assert read_due_calendars(NOW) == 0

    def test_each_reading_replaces_what_was_known(self, google, coach, calendar):
        google.has("2027-01-11T10:00:00Z", "2027-01-11T11:00:00Z")
        read_due_calendars(NOW)
        google.events.clear()
        google.has("2027-01-12T10:00:00Z", "2027-01-12T11:00:00Z")
        read_due_calendars(NOW + 5 * MINUTE)
        assert busy(coach) == [(TEN + DAY, TEN + DAY + HOUR)]

    def test_many_events_come_in_pages(self, google, coach, calendar):
        google.page_size = 2
        for hour in range(10, 15):
            google.has(f"2027-01-11T{hour}:00:00Z", f"2027-01-11T{hour}:30:00Z")
        read_due_calendars(NOW)
        assert len(busy(coach)) == 5
        assert google.calls("GET") == 3

    def test_our_own_copies_are_not_busy(self, google, coach, calendar):
        agreed(coach)
        write_due_copies(NOW)
        assert len(google.shown()) == 1
        read_due_calendars(NOW)
        assert busy(coach) == []

    def test_no_title_is_asked_for_or_kept(self, google, coach, calendar):
        read_due_calendars(NOW)  # the stand-in refuses a reading that asks for titles
        assert {field.name for field in BusyTime._meta.fields} == {"id", "user", "during"}

    def test_free_time_is_due_when_something_changed_and_only_then(self, google, coach, calendar):
        mark_due(coach.calendar, now=NOW)
        refresh_due(now=NOW)
        read_due_calendars(NOW)
        assert FreeTime.objects.get().computed_at is None  # it can be relied upon now
        refresh_due(now=NOW)
        read_due_calendars(NOW + 5 * MINUTE)
        assert FreeTime.objects.get().computed_at == NOW
        google.has("2027-01-11T10:00:00Z", "2027-01-11T11:00:00Z")
        read_due_calendars(NOW + 10 * MINUTE)
        assert FreeTime.objects.get().computed_at is None

    def test_somebody_who_cannot_be_booked_is_not_read(self, google):
        student = StudentFactory()
        allow(student)
        calendar = connect_google(student, now=NOW)
        assert read_due_calendars(NOW) == 0
        assert (google.asked, fresh(calendar).due_at) == ([], NOW + DAY)


class TestFailing:
    @pytest.mark.parametrize(
        ("status", "reason"), [(500, "backendError"), (429, "rateLimitExceeded"), (403, "rateLimitExceeded"), (503, "")]
    )
    def test_what_passes_is_tried_again_and_what_is_known_stands_for_a_while(
        self, google, coach, calendar, status, reason
    ):
        google.has("2027-01-11T10:00:00Z", "2027-01-11T11:00:00Z")
        read_due_calendars(NOW)
        google.fail(status, reason)
        assert read_due_calendars(NOW + 5 * MINUTE) == 0
        found = fresh(calendar)
        assert (found.state, found.tries, found.due_at) == ("on", 1, NOW + 7 * MINUTE)
        assert (found.verified_until, len(busy(coach))) == (NOW + 30 * MINUTE, 1)
        assert read_due_calendars(NOW + 7 * MINUTE) == 1
        assert (fresh(calendar).tries, fresh(calendar).reason) == (0, "")

    def test_it_is_asked_again_just_when_it_is_relied_upon_no_longer(self, google, coach, calendar):
        mark_due(coach.calendar, now=NOW)
        read_due_calendars(NOW)
        refresh_due(now=NOW)
        google.fail(500, times=99)
        for minute in range(5, 31):
            read_due_calendars(NOW + minute * MINUTE)
        assert google.calls("GET") == 6
        assert (fresh(calendar).verified_until, FreeTime.objects.get().computed_at) == (NOW + 30 * MINUTE, None)

    @pytest.mark.parametrize("said", [b"<html>", b"[]", {"timeZone": "UTC", "items": 7}, {"items": []}])
    def test_an_odd_answer_is_no_answer(self, google, coach, calendar, said):
        google.failing = [(200, said)]
        assert read_due_calendars(NOW) == 0
        assert (fresh(calendar).reason, fresh(calendar).verified_until) == ("odd_answer", None)

    def test_an_event_that_is_not_understood_leaves_what_was_known(self, google, coach, calendar):
        google.has("2027-01-11T10:00:00Z", "2027-01-11T11:00:00Z")
        read_due_calendars(NOW)
        google.has("2027-01-11T99:00:00Z", "2027-01-11T11:00:00Z")
        assert read_due_calendars(NOW + 5 * MINUTE) == 0
        assert busy(coach) == [(TEN, TEN + HOUR)]

    def test_where_nobody_is_there_one_call_is_enough(self, google, settings):
        settings.GOOGLE_CALENDAR_BASE = settings.GOOGLE_TOKEN_URL = "http://127.0.0.1:9"
        calendars = []
        for _number in range(3):
            coach = CalendarFactory().coach
            allow(coach)
            calendars.append(connect_google(coach, now=NOW))
        assert read_due_calendars(NOW) == 0
        assert [fresh(each).tries for each in calendars] == [1, 0, 0]

    def test_a_spent_token_is_renewed_once_for_an_hour(self, google, coach, calendar):
        read_due_calendars(NOW)
        assert (google.given, permission.access_token_of(coach)) == (1, "fresh1")
        read_due_calendars(NOW + 5 * MINUTE)
        assert google.given == 1
        google.good.clear()  # whatever it said of how long it lasts
        assert read_due_calendars(NOW + 10 * MINUTE) == 1
        assert google.given == 2

    def test_tokens_are_stored_encrypted(self, google, coach, calendar):
        read_due_calendars(NOW)
        [token] = permission._tokens_of(coach)
        assert token.token.startswith("gAAAA")
        assert token.token_secret.startswith("gAAAA")


class TestLosing:
    def test_a_token_that_was_taken_back_kills_it_at_once_and_nothing_is_relied_upon(self, google, coach, calendar):
        read_due_calendars(NOW)
        google.revoke()
        now = NOW + 5 * MINUTE
        assert read_due_calendars(now) == 0
        found = fresh(calendar)
        assert (found.state, found.reason, found.died_at, found.verified_until) == ("dead", "invalid_grant", now, now)
        [event] = Event.objects.filter(name="google_lost")
        assert (event.subject, event.facts, event.by) == (found, {"reason": "invalid_grant"}, None)
        assert read_due_calendars(now + DAY) == 0
        assert Event.objects.filter(name="google_lost").count() == 1

    def test_leave_that_was_not_given_for_the_calendar_does_too(self, google, coach, calendar):
        google.fail(403, "insufficientPermissions")
        read_due_calendars(NOW)
        assert (fresh(calendar).state, fresh(calendar).reason) == ("dead", "no_leave")

    def test_the_sign_in_with_google_that_was_disconnected_does_too(self, google, coach, calendar):
        coach.socialaccount_set.all().delete()
        read_due_calendars(NOW)
        assert (fresh(calendar).state, fresh(calendar).reason) == ("dead", "no_permission")

    def test_writing_notices_it_as_well_and_nothing_is_lost(self, google, coach, calendar):
        google.revoke()
        agreed(coach)
        assert write_due_copies(NOW) == 0
        assert fresh(calendar).state == "dead"
        google.reset()
        connect_google(coach, now=NOW + HOUR)
        assert write_due_copies(NOW + HOUR) == 1
        assert len(google.shown()) == 1

    def test_no_time_is_offered_that_cannot_be_checked_until_it_is_found_again(self, google, coach, calendar):
        coach.calendar.unverified = "withhold"
        coach.calendar.save()
        read_due_calendars(NOW)
        google.revoke()
        read_due_calendars(NOW + 5 * MINUTE)
        with pytest.raises(Refused) as refused:
            agreed(coach, now=NOW + 5 * MINUTE)
        assert refused.value.code == "calendar_unverified"
        google.reset()
        connect_google(coach, now=NOW)
        read_due_calendars(NOW)
        assert agreed(coach).state == "scheduled"

    def test_a_time_that_is_busy_there_is_not_booked(self, google, coach, calendar):
        google.has("2027-01-11T10:30:00Z", "2027-01-11T12:00:00Z")
        read_due_calendars(NOW)
        with pytest.raises(Refused) as refused:
            agreed(coach)
        assert refused.value.code == "calendar_busy"

    def test_connecting_again_heals_it(self, google, coach, calendar):
        google.revoke()
        read_due_calendars(NOW)
        google.reset()
        connect_google(coach, now=NOW + HOUR)
        assert read_due_calendars(NOW + HOUR) == 1
        assert (fresh(calendar).state, fresh(calendar).verified_until) == ("on", NOW + HOUR + 30 * MINUTE)


class TestWriting:
    def test_each_side_that_is_connected_has_its_own_copy(self, google, coach, calendar):
        session = agreed(coach)
        assert write_due_copies(NOW) == 1
        [event] = google.shown().values()
        assert event["id"] == event_id_of(session.pk, coach.pk)
        assert event["summary"] == f"Conversational Spanish with {student_of(session).name}"
        assert (event["start"]["dateTime"], event["end"]["dateTime"]) == (TEN.isoformat(), (TEN + HOUR).isoformat())
        assert CalendarCopy.objects.get().state == "written"

    def test_writing_twice_is_writing_once(self, google, coach, calendar):
        agreed(coach)
        write_due_copies(NOW)
        CalendarCopy.objects.update(state="planned", due_at=NOW)
        assert write_due_copies(NOW) == 1
        assert (len(google.events), google.calls("PATCH")) == (1, 1)
        assert write_due_copies(NOW) == 0

    def test_a_session_that_moves_takes_its_copy_along(self, google, coach, calendar):
        session = agreed(coach)
        write_due_copies(NOW)
        Session.objects.filter(pk=session.pk).update(starts_at=TEN + DAY, ends_at=TEN + DAY + HOUR, version=2)
        plan_copies(fresh(session), now=NOW + MINUTE)
        assert write_due_copies(NOW + MINUTE) == 1
        [event] = google.shown().values()
        assert event["start"]["dateTime"] == (TEN + DAY).isoformat()
        assert event["extendedProperties"]["private"]["skileez"] == "2"

    def test_a_cancelled_one_is_taken_away_once(self, google, coach, calendar):
        session = agreed(coach)
        write_due_copies(NOW)
        cancel_session(session, by=coach, now=NOW + MINUTE)
        assert write_due_copies(NOW + MINUTE) == 1
        assert (google.shown(), CalendarCopy.objects.get().state) == ({}, "gone")
        CalendarCopy.objects.update(state="planned")
        assert write_due_copies(NOW + HOUR) == 1  # gone already is gone

    def test_one_cancelled_before_it_was_written_never_shows(self, google, coach, calendar):
        session = agreed(coach)
        cancel_session(session, by=coach, now=NOW)
        write_due_copies(NOW + MINUTE)
        assert google.events == {}

    def test_what_the_person_deleted_comes_back_with_the_next_change(self, google, coach, calendar):
        session = agreed(coach)
        write_due_copies(NOW)
        google.events[event_id_of(session.pk, coach.pk)]["status"] = "cancelled"
        plan_copies(session, now=NOW + MINUTE)
        write_due_copies(NOW + MINUTE)
        assert len(google.shown()) == 1

    def test_connecting_writes_what_was_agreed_before(self, google, coach):
        agreed(coach)
        agreed(coach, TEN + DAY)
        connect_google(coach, now=NOW)
        assert write_due_copies(NOW) == 2

    def test_who_left_a_session_has_no_copy_any_more(self, google, coach, calendar):
        session = agreed(coach)
        write_due_copies(NOW)
        Participant.objects.filter(session=session, user=coach).update(state="left")
        plan_copies(session, now=NOW + MINUTE)
        write_due_copies(NOW + MINUTE)
        assert google.shown() == {}

    def test_nobody_who_is_not_connected_has_rows(self, google, coach):
        agreed(coach)
        assert not CalendarCopy.objects.exists()

    def test_a_refusal_is_kept_and_not_asked_again(self, google, coach, calendar):
        agreed(coach)
        google.fail(400, "invalid")
        assert write_due_copies(NOW) == 0
        copy = CalendarCopy.objects.get()
        assert (copy.state, copy.reason) == ("refused", "400 invalid")
        assert write_due_copies(NOW + DAY) == 0

    def test_what_passes_is_tried_again(self, google, coach, calendar):
        agreed(coach)
        google.fail(503)
        assert write_due_copies(NOW) == 0
        copy = CalendarCopy.objects.get()
        assert (copy.state, copy.tries, copy.due_at) == ("planned", 1, NOW + 2 * MINUTE)
        assert write_due_copies(NOW + 2 * MINUTE) == 1

    def test_a_worker_that_died_leaves_it_to_the_next(self, google, coach, calendar):
        agreed(coach)
        assert claim_copy(CalendarCopy.objects.get(), now=NOW)  # and then nothing more
        assert write_due_copies(NOW + 59 * MINUTE / 60) == 0
        assert write_due_copies(NOW + MINUTE) == 1
        assert len(google.shown()) == 1

    def test_a_worker_that_died_after_the_call_makes_no_second_event(self, google, coach, calendar):
        agreed(coach)
        send_copy("first", claim_copy(CalendarCopy.objects.get(), now=NOW))
        assert write_due_copies(NOW + MINUTE) == 1
        assert (len(google.events), google.calls("POST") - google.given, google.calls("PATCH")) == (1, 2, 1)

    def test_a_change_waits_until_a_call_on_its_way_has_run_out(self, google, coach, calendar):
        session = agreed(coach)
        claimed = claim_copy(CalendarCopy.objects.get(), now=NOW)
        Session.objects.filter(pk=session.pk).update(version=2)
        plan_copies(fresh(session), now=NOW + MINUTE / 2)
        assert write_copy(CalendarCopy.objects.get(), now=NOW + MINUTE / 2) is False
        send_copy("first", claimed)
        assert CalendarCopy.objects.get().state == "planned"
        assert write_copy(CalendarCopy.objects.get(), now=NOW + MINUTE) is True
        assert google.shown()[claimed.event_id]["extendedProperties"]["private"]["skileez"] == "2"
