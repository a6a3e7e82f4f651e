"""A time is held, confirmed, given back, cancelled; and sessions come into being."""

from collections import defaultdict

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

import core.events
from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from core.models import Event
from core.refused import Refused
from scheduling.models import Reminder, Session, TimeClaim
from scheduling.operations import (
    cancel_session,
    confirm_time,
    create_sessions,
    drop_hold,
    expire_hold,
    hold_time,
    open_sessions,
    schedule,
)
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def held(**fields):
    return SessionFactory(
        state=Session.State.HELD, starts_at=TEN, version=0, hold_expires_at=NOW + 15 * MINUTE, **fields
    )


def claims(session):
    return {(claim.user_id, claim.during.lower, claim.during.upper) for claim in session.time_claims.all()}


def names(session):
    return list(Event.objects.about(session).values_list("name", flat=True))


def refused(code, operation, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        operation(*args, **kwargs)
    assert refusal.value.code == code


def test_holding_takes_the_time_of_coach_and_student_for_15_minutes():
    session = SessionFactory()
    student = student_of(session)
    session = hold_time(session, starts_at=TEN, by=student, now=NOW)
    assert (session.state, session.starts_at, session.ends_at) == ("held", TEN, TEN + HOUR)
    assert (session.hold_expires_at, session.time_zone, session.version) == (NOW + 15 * MINUTE, "UTC", 0)
    assert claims(session) == {(who.pk, TEN, TEN + HOUR) for who in (session.coach, student)}
    assert names(session) == ["session_held"]


def test_another_time_may_be_held_instead_and_gives_the_first_back():
    session = held()
    student = student_of(session)
    session = hold_time(session, starts_at=TEN + 30 * MINUTE, by=student, now=NOW + MINUTE)
    assert session.hold_expires_at == NOW + 16 * MINUTE
    assert claims(session) == {(who.pk, TEN + 30 * MINUTE, TEN + 90 * MINUTE) for who in (session.coach, student)}


def test_only_the_student_of_the_session_holds_a_time():
    session = SessionFactory()
    for stranger in (session.coach, StudentFactory(), UserFactory(is_staff=True)):
        with pytest.raises(PermissionDenied):
            hold_time(session, starts_at=TEN, by=stranger, now=NOW)
    assert not TimeClaim.objects.exists()


def test_a_session_that_is_not_paid_for_cannot_be_given_a_time():
    session = SessionFactory(is_open=False)
    refused("not_open", hold_time, session, starts_at=TEN, by=student_of(session), now=NOW)
    open_sessions([session])
    assert hold_time(session, starts_at=TEN, by=student_of(session), now=NOW).state == "held"


@pytest.mark.parametrize("state", ["scheduled", "in_progress", "completed", "cancelled", "missed"])
def test_a_session_that_has_its_time_cannot_be_given_another(state):
    session = SessionFactory(starts_at=TEN, state=state)
    refused("wrong_state", hold_time, session, starts_at=TEN + 2 * HOUR, by=student_of(session), now=NOW)


def test_what_is_not_a_listed_slot_is_refused_and_changes_nothing():
    session = held()
    refused("outside_hours", hold_time, session, starts_at=MONDAY, by=student_of(session), now=NOW)
    refused("notice", schedule, session, starts_at=NOW + HOUR, by=student_of(session), now=NOW)
    assert {lower for _user, lower, _upper in claims(session)} == {TEN}
    assert names(session) == []


def test_spent_holds_of_these_people_are_given_back_before_a_time_is_taken():
    spent = held()
    session = SessionFactory(coach=spent.coach)
    refused("booked", hold_time, session, starts_at=TEN, by=student_of(session), now=NOW + 14 * MINUTE)
    hold_time(session, starts_at=TEN, by=student_of(session), now=NOW + 15 * MINUTE)
    spent.refresh_from_db()
    assert (spent.state, spent.starts_at, claims(spent)) == ("unscheduled", None, set())
    assert names(spent) == ["hold_expired"]


def test_a_student_who_books_gives_back_what_they_held_with_another_coach_and_no_longer():
    spent = held()
    session = SessionFactory(student=student_of(spent))
    asked = {"starts_at": TEN + 30 * MINUTE, "by": student_of(spent)}
    refused("booked", schedule, session, **asked, now=NOW + 14 * MINUTE)
    assert schedule(session, **asked, now=NOW + 15 * MINUTE).state == "scheduled"
    spent.refresh_from_db()
    assert (spent.state, claims(spent), names(spent)) == ("unscheduled", set(), ["hold_expired"])


def test_a_time_where_only_a_hold_of_its_own_ran_out_gives_back_nothing_else():
    session, other = held(), held()
    again = hold_time(session, starts_at=TEN, by=student_of(session), now=NOW + HOUR)
    other.refresh_from_db()
    assert (again.state, other.state, names(other)) == ("held", "held", [])


def test_a_spent_hold_may_be_taken_up_again_by_its_own_student():
    session = held()
    again = hold_time(session, starts_at=TEN, by=student_of(session), now=NOW + HOUR)
    assert again.hold_expires_at == NOW + 75 * MINUTE


def test_confirming_schedules_the_session_and_plans_three_reminders_for_each():
    session = held()
    student = student_of(session)
    session = confirm_time(session, by=student, now=NOW)
    assert (session.state, session.version, session.hold_expires_at) == ("scheduled", 1, None)
    planned = Reminder.objects.filter(session=session, version=1, state="planned")
    assert set(planned.values_list("recipient", "kind", "due_at")) == {
        (who.pk, kind, due_at)
        for who in (session.coach, student)
        for kind, due_at in (("day", TEN - DAY), ("hour", TEN - HOUR), ("ready", TEN - 5 * MINUTE))
    }
    [event] = Event.objects.about(session)
    assert (event.name, event.by, event.facts) == (
        "session_scheduled",
        student,
        {"starts_at": "2027-01-11T10:00:00+00:00", "version": 1},
    )
    assert len(claims(session)) == 2


def test_confirming_twice_is_confirming_once():
    session = held()
    for _time in range(2):
        session = confirm_time(session, by=student_of(session), now=NOW)
    assert (session.version, session.reminders.count(), names(session)) == (1, 6, ["session_scheduled"])


def test_a_hold_can_be_confirmed_until_its_last_second():
    session = held()
    refused("hold_expired", confirm_time, session, by=student_of(session), now=NOW + 15 * MINUTE)
    assert confirm_time(session, by=student_of(session), now=NOW + 14.99 * MINUTE).state == "scheduled"


def test_only_the_student_confirms_or_gives_back():
    session = held()
    for stranger in (session.coach, StudentFactory()):
        for operation in (confirm_time, drop_hold):
            with pytest.raises(PermissionDenied):
                operation(session, by=stranger, now=NOW)


def test_scheduling_holds_and_confirms_at_once():
    session = SessionFactory()
    session = schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    assert (session.state, session.version, session.starts_at) == ("scheduled", 1, TEN)
    assert (len(claims(session)), session.reminders.count(), names(session)) == (2, 6, ["session_scheduled"])


def test_scheduling_a_second_time_is_refused():
    session = SessionFactory()
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    refused("wrong_state", schedule, session, starts_at=TEN, by=student_of(session), now=NOW)


@pytest.mark.parametrize(
    ("operation", "state", "count"), [(schedule, "", 7), (hold_time, "", 6), (confirm_time, "held", 8)]
)
def test_booking_takes_at_most_eight_statements(monkeypatch, operation, state, count):
    """The operation alone: what upper floors do about it is theirs to count."""
    monkeypatch.setattr(core.events, "_reactions", defaultdict(list))
    session = held() if state else SessionFactory()
    arguments = {"by": student_of(session), "now": NOW} | ({} if state else {"starts_at": TEN})
    with CaptureQueriesContext(connection) as queries:
        operation(session, **arguments)
    work = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(work) == count, work


def test_a_dropped_hold_gives_the_time_back():
    session = held()
    session = drop_hold(session, by=student_of(session), now=NOW)
    assert (session.state, session.starts_at, session.ends_at, claims(session)) == ("unscheduled", None, None, set())
    drop_hold(session, by=student_of(session), now=NOW)
    assert names(session) == ["hold_dropped"]


def test_a_hold_expires_once_and_not_before_its_time():
    session = held()
    assert expire_hold(session, now=NOW + 14 * MINUTE).state == "held"
    assert expire_hold(session, now=NOW + 15 * MINUTE).state == "unscheduled"
    assert expire_hold(session, now=NOW + 16 * MINUTE).state == "unscheduled"
    assert (claims(session), names(session)) == (set(), ["hold_expired"])


def test_a_session_made_for_one_time_only_ends_with_its_hold():
    session = expire_hold(held(kind=Session.Kind.DIRECT), now=NOW + 15 * MINUTE)
    assert (session.state, session.starts_at, claims(session)) == ("cancelled", TEN, set())


@pytest.mark.parametrize("state", ["unscheduled", "held", "requested", "scheduled"])
def test_cancelling_frees_everybody_s_time_and_drops_the_reminders(state):
    fields = {} if state == "unscheduled" else {"starts_at": TEN, "hold_expires_at": NOW + MINUTE}
    session = SessionFactory(state=state, **fields)
    Reminder.objects.create(session=session, version=1, recipient=session.coach, kind="day", due_at=NOW)
    session = cancel_session(session, by=student_of(session), now=NOW)
    assert (session.state, claims(session), session.reminders.get().state) == ("cancelled", set(), "dropped")
    cancel_session(session, by=None, now=NOW)
    assert names(session) == ["session_cancelled"]


@pytest.mark.parametrize("state", ["in_progress", "completed", "missed"])
def test_what_has_begun_cannot_be_cancelled(state):
    session = SessionFactory(state=state, starts_at=TEN)
    refused("wrong_state", cancel_session, session, by=session.coach, now=NOW)


def test_a_stranger_cannot_cancel_and_staff_can():
    session = SessionFactory()
    with pytest.raises(PermissionDenied):
        cancel_session(session, by=StudentFactory(), now=NOW)
    assert cancel_session(session, by=UserFactory(is_staff=True), now=NOW).state == "cancelled"


def test_sessions_of_a_contract_are_made_closed_and_without_a_time():
    coach, student = CoachFactory(), StudentFactory()
    made = create_sessions(
        coach=coach, students=[student], kind="contract", duration_minutes=45, count=3, title="Spanish", terms={}
    )
    assert [(each.number, each.out_of) for each in made] == [(1, 3), (2, 3), (3, 3)]
    assert made[1].name == "Spanish · 2 of 3"
    for session in Session.objects.filter(pk__in=[each.pk for each in made]):
        assert (session.state, session.is_open, session.duration_minutes) == ("unscheduled", False, 45)
        assert set(session.participants.values_list("user", "role")) == {(coach.pk, "coach"), (student.pk, "student")}
    assert open_sessions(made) == 3
    assert Session.objects.filter(is_open=True).count() == 3
