"""A free consultation: once for each pair, three ahead at most, agreed at once or once the coach says yes."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

import core.events
from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory, StudentFactory
from core.models import Event
from core.refused import Refused
from scheduling.models import Session
from scheduling.operations import (
    book_consultation,
    cancel_session,
    close_session,
    confirm_request,
    consulting,
    decline_request,
    expire_request,
    hold_new_session,
    withdraw_request,
)
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def teacher(**calendar):
    """A public coach with hours."""
    return CalendarFactory(**calendar).coach


def booked(coach=None, student=None, starts_at=TEN, **facts):
    return book_consultation(
        coach or teacher(), starts_at=starts_at, by=student or StudentFactory(), now=facts.pop("now", NOW), **facts
    )


def refused(code, **facts):
    with pytest.raises(Refused) as refusal:
        booked(**facts)
    assert refusal.value.code == code


def names(session):
    return [event.name for event in Event.objects.about(session)]


def test_a_consultation_is_fifteen_free_minutes_of_both_agreed_at_once():
    coach, student = teacher(), StudentFactory()
    session = booked(coach, student, note="How do you teach?")
    assert (session.kind, session.state, session.starts_at, session.ends_at) == (
        "consultation",
        "scheduled",
        TEN,
        TEN + 15 * MINUTE,
    )
    assert (session.booked_by, session.note_to_coach, session.agreed_at, session.version) == (
        student,
        "How do you teach?",
        NOW,
        1,
    )
    assert set(session.participants.values_list("user", "role")) == {(coach.pk, "coach"), (student.pk, "student")}
    assert set(session.time_claims.values_list("user", "expires_at")) == {(coach.pk, None), (student.pk, None)}
    assert (session.reminders.count(), names(session)) == (6, ["session_scheduled"])


def test_a_coach_who_says_yes_to_each_is_asked_first():
    session = booked(teacher(confirms="request"))
    assert (session.state, session.answer_due_at, session.asked_at) == ("requested", NOW + 24 * HOUR, NOW)
    assert (session.time_claims.count(), session.reminders.count(), names(session)) == (2, 0, ["session_requested"])


def test_a_coach_is_asked_until_two_hours_before_the_start_at_most():
    session = booked(teacher(confirms="request"), now=TEN - 10 * HOUR)
    assert session.answer_due_at == TEN - 2 * HOUR


def test_the_second_one_of_a_pair_is_refused_even_after_the_first():
    coach, student = teacher(), StudentFactory()
    booked(coach, student)
    refused("consultation_used", coach=coach, student=student, starts_at=TEN + DAY)
    Session.objects.update(state="completed", outcome="completed")
    refused("consultation_used", coach=coach, student=student, starts_at=TEN + DAY)
    assert booked(coach, starts_at=TEN + HOUR).state == "scheduled"


def test_three_lie_ahead_at_most():
    student = StudentFactory()
    for hour in range(3):
        booked(student=student, starts_at=TEN + hour * HOUR)
    refused("too_many_consultations", student=student, starts_at=TEN + DAY)
    Session.objects.filter(starts_at=TEN).update(state="completed", outcome="completed")
    assert booked(student=student, starts_at=TEN + DAY).state == "scheduled"


@pytest.mark.parametrize("hours", [4, 3])
def test_it_has_a_notice_of_its_own(hours):
    coach, now = teacher(), TEN - hours * HOUR
    if hours == 4:
        assert booked(coach, now=now).state == "scheduled"
    else:
        refused("notice", coach=coach, now=now)


def test_a_coach_who_takes_none_is_not_asked():
    refused("no_consultations", coach=teacher(takes_consultations=False))


def test_only_public_coaches_who_are_not_hidden_are_booked():
    coach = teacher()
    CoachProfile.objects.update(is_hidden=True)
    refused("hidden", coach=coach)
    CoachProfile.objects.update(is_hidden=False, state="submitted", approved_at=None)
    refused("hidden", coach=coach)


def test_nobody_consults_themselves_and_only_students_do():
    coach = teacher()
    with pytest.raises(PermissionDenied):
        booked(coach, CoachFactory())
    coach.is_student = True
    refused("own_time", coach=coach, student=coach)


def test_a_taken_time_is_refused():
    coach = teacher()
    booked(coach)
    refused("booked", coach=coach)


@pytest.mark.parametrize(
    ("end", "counts"),
    [
        (lambda session: cancel_session(session, by=session.coach, now=TEN - MINUTE), False),
        (lambda session: cancel_session(session, by=session.booked_by, now=TEN - 2 * HOUR), False),
        (lambda session: cancel_session(session, by=session.booked_by, now=TEN - 2 * HOUR + MINUTE), True),
    ],
)
def test_a_cancelled_one_is_given_back_unless_the_student_was_late(end, counts):
    coach, student = teacher(), StudentFactory()
    end(booked(coach, student))
    if counts:
        refused("consultation_used", coach=coach, student=student, starts_at=TEN + DAY)
    else:
        assert booked(coach, student, starts_at=TEN + DAY).uses_up


@pytest.mark.parametrize(
    ("came", "outcome", "counts"),
    [
        (["coach", "student"], "completed", True),
        (["coach"], "student_absent", True),
        (["student"], "coach_absent", False),
        ([], "both_absent", False),
    ],
)
def test_one_to_which_the_coach_did_not_come_is_given_back(came, outcome, counts):
    session = booked()
    session.participants.filter(role__in=came).update(checked_in_at=TEN)
    session = close_session(session, now=TEN + HOUR)
    session.refresh_from_db()
    assert (session.outcome, session.uses_up) == (outcome, counts)


@pytest.mark.parametrize(
    "end",
    [
        lambda session: decline_request(session, by=session.coach, now=NOW),
        lambda session: withdraw_request(session, by=session.booked_by, now=NOW),
        lambda session: expire_request(session, now=NOW + timedelta(days=2)),
    ],
)
def test_one_that_was_never_agreed_is_given_back(end):
    coach, student = teacher(confirms="request"), StudentFactory()
    session = end(booked(coach, student))
    assert (session.state, session.uses_up, session.time_claims.count()) == ("cancelled", False, 0)
    assert booked(coach, student).state == "requested"


def test_the_constraint_stands_behind_the_rule(monkeypatch):
    monkeypatch.setattr(consulting, "_refuse_another", lambda *people: None)
    coach, student = teacher(), StudentFactory()
    confirm = booked(coach, student)
    assert confirm.state == "scheduled"
    refused("consultation_used", coach=coach, student=student, starts_at=TEN + DAY)


@pytest.mark.parametrize(("confirms", "count"), [("instant", 8), ("request", 7)])
def test_it_takes_few_statements(monkeypatch, confirms, count):
    """The operation alone: what upper floors do about it is theirs to count."""
    monkeypatch.setattr(core.events, "_reactions", defaultdict(list))
    coach, student = teacher(confirms=confirms), StudentFactory()
    with CaptureQueriesContext(connection) as queries:
        booked(coach, student)
    work = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(work) == count, work


def test_a_time_whose_hold_ran_out_is_given_back_and_taken():
    coach = teacher()
    facts = {"kind": "trial", "duration_minutes": 30, "starts_at": TEN}
    held = hold_new_session(coach=coach, student=StudentFactory(), now=NOW - 15 * MINUTE, **facts)
    assert booked(coach).state == "scheduled"
    held.refresh_from_db()
    assert (held.state, held.time_claims.count(), names(held)[-1]) == ("cancelled", 0, "hold_expired")


def test_the_coach_confirms_it():
    session = booked(teacher(confirms="request"))
    session = confirm_request(session, by=session.coach, now=NOW + HOUR)
    assert (session.state, session.version, session.agreed_at) == ("scheduled", 1, NOW + HOUR)
