"""Booking by request: the time is taken, and stands once the coach says yes."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import StudentFactory
from core.models import Event
from core.refused import Refused
from scheduling.models import Calendar, Session
from scheduling.operations import (
    confirm_request,
    confirm_time,
    decline_request,
    expire_request,
    hold_time,
    schedule,
    withdraw_request,
)
from scheduling.tasks import expire_unanswered_requests
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from tests.plans import nodes, plan_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def teacher():
    return CalendarFactory(confirms=Calendar.Confirms.REQUEST).coach


def asked(coach=None, starts_at=TEN, **facts):
    """A session of a contract whose student has asked for this time."""
    session = SessionFactory(coach=coach or teacher(), **facts)
    return schedule(session, starts_at=starts_at, by=student_of(session), now=NOW)


def refused(code, operation, *args, **facts):
    with pytest.raises(Refused) as refusal:
        operation(*args, **facts)
    assert refusal.value.code == code


def names(session):
    return [event.name for event in Event.objects.about(session)]


def test_a_time_that_is_asked_for_is_taken_until_the_answer():
    session = asked()
    assert (session.state, session.answer_due_at, session.asked_at) == ("requested", NOW + DAY, NOW)
    assert (session.version, session.agreed_at, session.reminders.count()) == (0, None, 0)
    assert set(session.time_claims.values_list("expires_at", flat=True)) == {None}
    refused("booked", asked, session.coach)


def test_a_held_time_asks_the_coach_once_it_is_confirmed():
    session = SessionFactory(coach=teacher())
    student = student_of(session)
    hold_time(session, starts_at=TEN, by=student, now=NOW)
    session = confirm_time(session, by=student, now=NOW + MINUTE)
    assert (session.state, session.hold_expires_at, session.answer_due_at) == (
        "requested",
        None,
        NOW + DAY + MINUTE,
    )
    assert confirm_time(session, by=student, now=NOW + 2 * MINUTE).answer_due_at == NOW + DAY + MINUTE
    assert set(session.time_claims.values_list("expires_at", flat=True)) == {None}
    assert names(session) == ["session_held", "session_requested"]


def test_seats_in_a_group_are_not_asked_for():
    session = SessionFactory(coach=teacher(), kind=Session.Kind.GROUP)
    hold_time(session, starts_at=TEN, by=student_of(session), now=NOW)
    assert confirm_time(session, by=student_of(session), now=NOW).state == "scheduled"


def test_the_coach_s_yes_makes_it_stand_once_however_often():
    session = asked()
    for _time in range(2):
        session = confirm_request(session, by=session.coach, now=NOW + HOUR)
    assert (session.state, session.agreed_at, session.answer_due_at) == ("scheduled", NOW + HOUR, None)
    assert session.reminders.count() == 6
    assert names(session) == ["session_requested", "session_scheduled"]


def test_the_coach_s_no_gives_the_time_back_and_says_why():
    session = asked()
    session = decline_request(session, by=session.coach, now=NOW, reason="I am away.")
    assert (session.state, session.starts_at, session.decline_reason) == ("unscheduled", None, "I am away.")
    assert session.time_claims.count() == 0
    refused("wrong_state", decline_request, session, by=session.coach, now=NOW)
    refused("wrong_state", confirm_request, session, by=session.coach, now=NOW)
    again = schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    assert (again.state, again.decline_reason) == ("requested", "")


def test_the_student_may_take_it_back():
    session = asked()
    assert withdraw_request(session, by=student_of(session), now=NOW).state == "unscheduled"
    refused("wrong_state", withdraw_request, session, by=student_of(session), now=NOW)
    assert names(session) == ["session_requested", "session_withdrawn"]


def test_only_its_coach_answers_and_only_its_student_takes_it_back():
    session = asked()
    for stranger in (StudentFactory(), student_of(session)):
        for answer in (confirm_request, decline_request):
            with pytest.raises(PermissionDenied):
                answer(session, by=stranger, now=NOW)
    for stranger in (StudentFactory(), session.coach):
        with pytest.raises(PermissionDenied):
            withdraw_request(session, by=stranger, now=NOW)


def test_silence_is_a_no_not_a_moment_before():
    session = asked()
    assert expire_request(session, now=NOW + DAY - MINUTE).state == "requested"
    refused("expired", confirm_request, session, by=session.coach, now=NOW + DAY)
    assert expire_request(session, now=NOW + DAY).state == "unscheduled"
    assert expire_request(session, now=NOW + DAY).state == "unscheduled"
    assert names(session) == ["session_requested", "session_unanswered"]


def test_the_sweep_declines_what_nobody_answered_and_nothing_else():
    due, later = asked(), asked()
    Session.objects.filter(pk=due.pk).update(answer_due_at=NOW)
    assert expire_unanswered_requests(NOW) == 1
    assert expire_unanswered_requests(NOW) == 0
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, later.state) == ("unscheduled", "requested")


def test_the_sweep_finds_them_by_their_index():
    coach = teacher()
    Session.objects.bulk_create(Session(coach=coach, kind="contract", duration_minutes=60) for _number in range(3000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE scheduling_session")
    with CaptureQueriesContext(connection) as asked_for:
        expire_unanswered_requests(NOW)
    [statement] = [each["sql"] for each in asked_for if 'FROM "scheduling_session"' in each["sql"]]
    assert "session_asked" in {node.get("Index Name") for node in nodes(plan_of(statement)["Plan"])}


def test_a_time_so_near_that_no_coach_could_answer_is_not_asked_for():
    session = SessionFactory(coach=teacher())
    now = TEN - 12 * HOUR
    hold_time(session, starts_at=TEN, by=student_of(session), now=now)
    Session.objects.update(hold_expires_at=TEN)
    session.time_claims.update(expires_at=TEN)
    refused("notice", confirm_time, session, by=student_of(session), now=TEN - 2 * HOUR)
