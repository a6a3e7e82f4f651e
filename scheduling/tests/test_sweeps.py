"""Due work: spent holds, sessions that are over, reminders. Sweeping twice changes nothing."""

import pytest

from core.events import _reactions, on
from core.models import Event
from core.registry import invariants, sweeps
from scheduling import events
from scheduling.models import Reminder, Session
from scheduling.operations import cancel_session, check_in, hold_time, schedule, send_reminder
from scheduling.tasks import close_open_sessions, expire_spent_holds, send_due_reminders
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def scheduled(at=TEN, now=NOW):
    session = SessionFactory()
    return schedule(session, starts_at=at, by=student_of(session), now=now)


def sent(session):
    facts = Event.objects.about(session).filter(name="reminder_due").values_list("facts", flat=True)
    return sorted((each["kind"], each["recipient"]) for each in facts)


def states(session, kind):
    return set(session.reminders.filter(kind=kind).values_list("state", flat=True))


def test_the_three_sweeps_are_registered():
    assert {"holds that ran out", "sessions that are over", "reminders"} <= set(sweeps)


def test_spent_holds_are_given_back_and_fresh_ones_are_kept():
    for minutes in (0, 5):
        session = SessionFactory()
        hold_time(session, starts_at=TEN, by=student_of(session), now=NOW + minutes * MINUTE)
    assert expire_spent_holds(NOW + 15 * MINUTE) == 1
    assert expire_spent_holds(NOW + 15 * MINUTE) == 0
    assert sorted(Session.objects.values_list("state", flat=True)) == ["held", "unscheduled"]


def test_sessions_that_are_over_are_closed_once():
    over, open_ = scheduled(), scheduled(TEN + HOUR)
    assert close_open_sessions(TEN + HOUR) == 1
    assert close_open_sessions(TEN + HOUR) == 0
    over.refresh_from_db(), open_.refresh_from_db()
    assert (over.outcome, open_.state) == ("both_absent", "scheduled")


def test_each_participant_is_reminded_once_of_each_moment():
    session = scheduled()
    people = sorted([session.coach_id, student_of(session).pk])
    assert send_due_reminders(TEN - DAY - MINUTE) == 0
    assert send_due_reminders(TEN - DAY) == 2
    assert send_due_reminders(TEN - DAY) == 0
    assert sent(session) == [("day", who) for who in people]
    assert send_due_reminders(TEN - HOUR) == 2
    assert send_due_reminders(TEN - 5 * MINUTE) == 2
    assert sent(session) == [(kind, who) for kind in ("day", "hour", "ready") for who in people]


def test_what_was_booked_inside_the_window_is_not_reminded_of_it():
    session = scheduled(now=TEN - 20 * HOUR)
    assert set(session.reminders.values_list("kind", flat=True)) == {"hour", "ready"}


def test_nobody_is_reminded_of_a_cancelled_session():
    session = scheduled()
    cancel_session(session, by=None, now=NOW)
    assert send_due_reminders(TEN) == 0
    assert sent(session) == []


def test_a_reminder_dies_with_the_version_it_was_made_for():
    session = scheduled()
    Session.objects.filter(pk=session.pk).update(version=2)
    assert send_due_reminders(TEN - DAY) == 2
    assert (sent(session), states(session, "day")) == ([], {"dropped"})


def test_nobody_is_reminded_of_a_session_that_has_begun():
    early, late = scheduled(), scheduled()
    for who in (early.coach, student_of(early)):
        check_in(early, by=who, now=TEN - 8 * MINUTE)
    send_due_reminders(TEN - 5 * MINUTE)
    assert states(early, "ready") == {"dropped"}
    assert states(late, "ready") == {"sent"}
    session = scheduled(TEN + DAY)
    send_due_reminders(TEN + DAY)
    assert sent(session) == []


def test_a_reminder_is_not_sent_before_its_moment_nor_twice():
    reminder = scheduled().reminders.filter(kind="day").first()
    assert not send_reminder(reminder, now=TEN - DAY - MINUTE)
    assert send_reminder(reminder, now=TEN - DAY)
    assert not send_reminder(reminder, now=TEN - DAY)


def test_one_reminder_that_fails_does_not_stop_the_others():
    bad, good = scheduled(), scheduled()

    @on(events.REMINDER_DUE)
    def fail(session, event):
        if session.pk == bad.pk:
            raise ValueError

    try:
        assert send_due_reminders(TEN - DAY) == 2
    finally:
        _reactions[events.REMINDER_DUE].remove(fail)
    assert (states(bad, "day"), states(good, "day")) == ({"planned"}, {"sent"})
    assert send_due_reminders(TEN - DAY) == 2


TRUTHS = [name for name in invariants if name.startswith("time:")]


def broken():
    return [name for name in TRUTHS if list(invariants[name]())]


def test_a_life_of_sessions_leaves_every_truth_standing():
    session = scheduled()
    send_due_reminders(TEN - DAY)
    held = SessionFactory()
    hold_time(held, starts_at=TEN, by=student_of(held), now=NOW)
    assert broken() == []
    close_open_sessions(TEN + HOUR)
    expire_spent_holds(TEN + HOUR)
    session.refresh_from_db()
    assert session.state == "missed"
    assert broken() == []


def a_claim_is_lost(session):
    session.time_claims.first().delete()


def a_claim_is_moved(session):
    claim = session.time_claims.first()
    claim.during = (TEN, TEN + 30 * MINUTE)
    claim.save()


def it_is_over_and_keeps_its_time(session):
    Session.objects.filter(pk=session.pk).update(state="cancelled")


def it_grew_longer(session):
    Session.objects.filter(pk=session.pk).update(duration_minutes=61)


def it_came_to_nothing(session):
    Session.objects.filter(pk=session.pk).update(state="completed")
    session.time_claims.all().delete()


def a_reminder_was_sent_without_a_trace(session):
    session.reminders.filter(kind="day").update(state="sent")


def a_reminder_went_out_for_another_version(session):
    Reminder.objects.filter(session=session).update(version=3)
    for reminder in session.reminders.filter(kind="day"):
        Session.objects.filter(pk=session.pk).update(version=3)
        send_reminder(reminder, now=TEN - DAY)


@pytest.mark.parametrize(
    ("breaking", "name"),
    [
        (a_claim_is_lost, "time: a session that occupies time claims exactly its own for each participant"),
        (a_claim_is_moved, "time: a session that occupies time claims exactly its own for each participant"),
        (it_is_over_and_keeps_its_time, "time: nobody's time is claimed by a session that does not need it"),
        (it_grew_longer, "time: a session lasts as long as was agreed"),
        (it_came_to_nothing, "time: an outcome exactly when a session is over"),
        (a_reminder_was_sent_without_a_trace, "time: each reminder goes out once"),
        (
            a_reminder_went_out_for_another_version,
            "time: reminders go out for the version of the session that was agreed then",
        ),
    ],
)
def test_each_truth_notices_when_it_is_broken(breaking, name):
    session = scheduled()
    assert broken() == []
    breaking(session)
    assert broken() == [name]
