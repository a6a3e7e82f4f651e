"""Around changes of clocks: booked by page and by API, shown, moved and joined, each to the very instant in UTC."""

from datetime import datetime, time

import pytest
from django.utils import timezone
from django.utils.html import escape
from icalendar import Calendar

from accounts.tests.factories import StudentFactory
from core.models import OutgoingMail
from core.refused import Refused
from core.templatetags.skileez import when
from core.wall import instants
from notifications.models import Notification
from scheduling.moments import MomentForm
from scheduling.operations import check_in, close_session, move_session
from scheduling.recurrence import preview_of, wish_between
from scheduling.tests.factories import DAY, HOUR, MINUTE, CalendarFactory, SessionFactory, student_of
from scheduling.zones import Zone, zone_of_move
from tests.clock_changes import CHANGES, PAST, each

pytestmark = pytest.mark.django_db
SECOND = MINUTE / 60
ALL_DAY = [(weekday, time(0), time(0)) for weekday in range(7)]


def pair(change, **session):
    """A coach who may be booked around the clock, and a student, both of this zone; an hour and a half without a time."""
    calendar = CalendarFactory(time_zone=change.zone.key, step_minutes=15, hours=ALL_DAY, horizon_days=365)
    calendar.coach.time_zone = change.zone.key
    calendar.coach.save()
    student = StudentFactory(time_zone=change.zone.key)
    return SessionFactory(coach=calendar.coach, student=student, duration_minutes=90, **session)


def shown_as(change, at):
    """The wall clock with its offset, as clients and forms send it."""
    return at.astimezone(change.zone).isoformat()


def taken(session):
    session.refresh_from_db()
    [during] = set(session.time_claims.values_list("during", flat=True))
    return session.starts_at, session.ends_at, during.lower, during.upper


def reminded(session):
    return set(session.reminders.values_list("due_at", flat=True))


@each(CHANGES + PAST)
def test_a_wall_clock_is_none_one_or_two_instants(change):
    days = {-1: (change.before,), 0: change.on, 1: (change.after,)}
    assert {shift: instants(change.day + shift * DAY, change.clock, change.zone) for shift in days} == days


@each(CHANGES)
def test_a_time_is_booked_by_page_and_claims_it_to_the_second(change, client, clock):
    for at in change.instants:
        session = pair(change)
        clock.travel_to(at - 3 * DAY)
        client.force_login(student_of(session))
        page = f"/sessions/{session.pk}/schedule/"
        assert client.post(page, {"start": shown_as(change, at)}).url == f"/sessions/{session.pk}/hold/"
        client.post(f"/sessions/{session.pk}/hold/")
        assert taken(session) == (at, at + 90 * MINUTE) * 2
        assert reminded(session) == {at - 24 * HOUR, at - HOUR, at - 5 * MINUTE}


@each(CHANGES)
def test_a_time_is_booked_by_api_and_claims_it_to_the_second(change, client, clock):
    """Signed in by a cookie, so that the reader's zone is in use: lengths must not be added to its wall clock."""
    for at in change.instants:
        session = pair(change)
        clock.travel_to(at - 3 * DAY)
        client.force_login(student_of(session))
        asked = {"scheduled_at": shown_as(change, at)}
        answer = client.post(f"/api/v1/sessions/{session.pk}/schedule/", asked, content_type="application/json")
        assert answer.status_code == 200, answer.json()
        said = answer.json()
        assert (datetime.fromisoformat(said["scheduled_at"]), datetime.fromisoformat(said["ends_at"])) == (
            at,
            at + 90 * MINUTE,
        )
        assert taken(session) == (at, at + 90 * MINUTE) * 2


@each(CHANGES)
def test_a_session_is_moved_by_api_to_the_second(change, client, clock):
    for at in change.instants:
        session = pair(change, starts_at=at + 7 * DAY)
        clock.travel_to(at - 3 * DAY)
        client.force_login(student_of(session))
        asked = {"scheduled_at": shown_as(change, at)}
        answer = client.post(f"/api/v1/sessions/{session.pk}/reschedule/", asked, content_type="application/json")
        assert answer.status_code < 300, answer.json()
        assert taken(session) == (at, at + 90 * MINUTE) * 2


@each(CHANGES + PAST)
def test_moments_read_by_the_clock_of_the_zone(change):
    with timezone.override(change.zone):
        assert [when(at) for at in change.instants] == [text for _at, text in change.shown]


@each(CHANGES)
def test_pages_mails_notices_and_files_show_the_wall_clock_of_whoever_reads(change, client, clock):
    for at, text in change.shown:
        session = pair(change, starts_at=at + 7 * DAY)
        clock.travel_to(at - 3 * DAY)
        move_session(session, starts_at=at, by=student_of(session), now=at - 3 * DAY)
        notice = Notification.objects.get(recipient=session.coach)
        assert f" to {text}." in notice.text
        for mail in OutgoingMail.objects.order_by("pk"):
            assert f" to {text}." in mail.text
            [event] = Calendar.from_ical(mail.calendar).walk("VEVENT")
            assert (event["dtstart"].dt, event["dtend"].dt) == (at, at + 90 * MINUTE)
        assert OutgoingMail.objects.count() == 2
        for person in (session.coach, student_of(session)):
            client.force_login(person)
            for path in (f"/sessions/{session.pk}/", "/sessions/"):
                assert escape(text) in client.get(path).text
        client.force_login(session.coach)
        assert f" to {text}." in client.get("/notifications/").text
        OutgoingMail.objects.all().delete()


@each(CHANGES)
def test_joining_absence_and_free_changes_are_lengths_of_real_time(change):
    for at in change.instants:
        session = pair(change, starts_at=at)
        with pytest.raises(Refused) as refused:
            check_in(session, by=session.coach, now=at - 10 * MINUTE - SECOND)
        assert refused.value.code == "too_early"
        check_in(session, by=session.coach, now=at + 15 * MINUTE)
        assert close_session(session, now=at + 90 * MINUTE).outcome == "student_absent"
        late = pair(change, starts_at=at)
        check_in(late, by=late.coach, now=at + 15 * MINUTE + SECOND)
        assert close_session(late, now=at + 90 * MINUTE).outcome == "unclear"
        zone = [zone_of_move("student", "contract", at, at - early, {}) for early in (24 * HOUR, 24 * HOUR - SECOND)]
        assert zone == [Zone.FREE, Zone.CONSENT]


@each(CHANGES)
def test_a_typed_time_that_does_not_exist_is_refused_and_one_that_comes_twice_is_asked(change):
    typed = {"day": change.day.isoformat(), "clock": f"{change.clock:%H:%M}"}
    form = MomentForm(typed, zone=change.zone)
    assert form.is_valid() == (len(change.on) == 1)
    if change.kind == "gap":
        assert form.errors["clock"] == ["This time does not exist on that day: the clocks jump over it."]
    elif change.kind == "fold":
        asked = [(at.isoformat(), text.rpartition(", ")[2].split(" ")[0]) for at, text in change.shown[1:3]]
        assert [(value, label.split(" ")[0]) for value, label in form.fields["which"].choices] == asked
        assert len({label for _value, label in form.fields["which"].choices}) == 2
        for at in change.on:
            chosen = MomentForm(typed | {"which": at.isoformat()}, zone=change.zone)
            assert (chosen.is_valid(), chosen.cleaned_data["moment"]) == (True, at)
    else:
        assert form.cleaned_data["moment"] == change.on[0]


@each(CHANGES)
def test_a_weekly_series_across_a_change_has_each_day_s_own_instant(change):
    session = pair(change)
    sessions = [session, SessionFactory(coach=session.coach, student=student_of(session), duration_minutes=90)]
    weekday, first = change.day.weekday(), change.day - 7 * DAY
    wished = {"whose": "coach", "weekday": weekday, "clock": change.clock, "from_day": first, "weeks": 2}
    for which, on in enumerate(change.on or (None,)):
        wish = wish_between(
            student_of(session), session.coach, **wished, which=which if change.kind == "fold" else None
        )
        found = preview_of(sessions, wish, student=student_of(session).pk, now=change.before - 12 * DAY).occurrences
        assert [each.starts_at for each in found] == [change.before - 6 * DAY, on]
        assert found[1].code == ("no_such_time" if change.kind == "gap" else "free")
