"""Many at the same moment. Each race has its control: without the guard under test it goes wrong."""

import threading
from collections import Counter

import pytest
from django.db import connection

from accounts.models import User
from accounts.tests.factories import StudentFactory
from core.models import Event
from core.registry import invariants
from scheduling.models import Reminder, Session, TimeClaim
from scheduling.operations import confirm_time, expire_hold, hold_time, reminding, schedule, send_reminder, taking
from scheduling.tasks import expire_spent_holds, send_due_reminders
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory, SessionFactory, student_of
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
TEN = MONDAY + 10 * HOUR
CLIENTS = 20


def booking(session, starts_at=TEN):
    student = student_of(session)
    return lambda: schedule(session, starts_at=starts_at, by=student, now=NOW).state


def sessions_of_one_coach(count):
    coach = CalendarFactory().coach
    return [SessionFactory(coach=coach) for _number in range(count)]


def double_bookings():
    return len(list(invariants["time: nobody is booked twice"]()))


@pytest.fixture
def no_lock(monkeypatch):
    """People are read without their lock, and everybody looks at the diary before anybody writes."""

    def break_it(clients):
        barrier = threading.Barrier(clients)

        def read_together(*args, **kwargs):
            diary = read(*args, **kwargs)
            barrier.wait(20)
            return diary

        read = taking.read_diary
        monkeypatch.setattr(
            taking, "lock_members", lambda ids, *_fields: list(User.objects.filter(pk__in=ids).order_by("pk"))
        )
        monkeypatch.setattr(taking, "read_diary", read_together)

    return break_it


@pytest.fixture
def no_constraint():
    """The constraint is dropped for one test and put back afterwards."""
    constraint = next(each for each in TimeClaim._meta.constraints if each.name == "nobody_is_booked_twice")
    with connection.schema_editor() as editor:
        editor.remove_constraint(TimeClaim, constraint)
    yield
    TimeClaim.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(TimeClaim, constraint)


def test_of_twenty_students_who_want_one_slot_exactly_one_gets_it():
    results = Counter(together(*map(booking, sessions_of_one_coach(CLIENTS))))
    assert results == {"scheduled": 1, "booked": CLIENTS - 1}
    assert TimeClaim.objects.count() == 2
    assert double_bookings() == 0


def test_control_without_the_lock_the_constraint_still_leaves_exactly_one(no_lock):
    clients = 5
    bookings = [booking(session) for session in sessions_of_one_coach(clients)]
    no_lock(clients)
    results = Counter(together(*bookings))
    assert results["scheduled"] == 1
    assert set(results) <= {"scheduled", "taken", "busy"}
    assert double_bookings() == 0


def test_control_without_lock_and_constraint_the_slot_is_booked_twice(no_lock, no_constraint):
    bookings = [booking(session) for session in sessions_of_one_coach(5)]
    no_lock(5)
    assert Counter(together(*bookings)) == {"scheduled": 5}
    assert double_bookings() == 10


def test_with_the_lock_alone_the_slot_is_booked_once(no_constraint):
    results = Counter(together(*map(booking, sessions_of_one_coach(CLIENTS))))
    assert results == {"scheduled": 1, "booked": CLIENTS - 1}


def two_coaches_of_one_student():
    student = StudentFactory()
    sessions = [SessionFactory(student=student) for _coach in range(2)]
    return booking(sessions[0]), booking(sessions[1], TEN + 30 * MINUTE)


def test_of_twenty_overlapping_times_of_two_coaches_a_student_gets_exactly_one():
    student, coaches = StudentFactory(), [CalendarFactory().coach for _coach in range(2)]
    sessions = [SessionFactory(student=student, coach=coaches[number % 2]) for number in range(CLIENTS)]
    results = Counter(together(*(booking(row, TEN + 30 * MINUTE * (row.coach == coaches[1])) for row in sessions)))
    assert results["scheduled"] == 1
    assert results.keys() <= {"scheduled", "booked", "buffer"}
    assert results.total() == CLIENTS
    assert double_bookings() == 0


def test_a_student_gets_one_of_two_overlapping_times_of_two_coaches():
    for _round in range(5):
        assert Counter(together(*two_coaches_of_one_student())) == {"scheduled": 1, "booked": 1}
    assert double_bookings() == 0


def test_control_without_lock_and_constraint_the_student_is_booked_twice(no_lock, no_constraint):
    bookings = two_coaches_of_one_student()
    no_lock(2)
    assert together(*bookings) == ["scheduled", "scheduled"]
    assert double_bookings() == 1


def test_two_people_who_coach_each_other_do_not_wait_for_each_other_forever():
    one, other = CalendarFactory().coach, CalendarFactory().coach
    pairs = [
        SessionFactory(coach=coach, student=student) for coach, student in ((one, other), (other, one)) for _n in "123"
    ]
    calls = [booking(session, MONDAY + hour * HOUR) for hour, session in zip(range(9, 15), pairs, strict=True)]
    assert together(*calls) == ["scheduled"] * 6


def test_the_same_session_is_scheduled_once_by_one_student_in_two_windows():
    session = SessionFactory()
    results = Counter(together(booking(session), booking(session, TEN + 2 * HOUR)))
    assert results == {"scheduled": 1, "wrong_state": 1}
    assert TimeClaim.objects.count() == 2


def test_a_hold_is_confirmed_or_expires_but_never_both():
    seen = set()
    for _round in range(10):
        session = SessionFactory()
        student = student_of(session)
        session = hold_time(session, starts_at=TEN, by=student, now=NOW)
        results = together(
            lambda session=session, student=student: confirm_time(session, by=student, now=NOW + 14 * MINUTE).state,
            lambda session=session: expire_hold(session, now=NOW + 15 * MINUTE).state,
        )
        session.refresh_from_db()
        assert results in (["scheduled", "scheduled"], ["hold_expired", "unscheduled"])
        assert session.time_claims.count() == (2 if session.state == "scheduled" else 0)
        seen.add(session.state)
        Session.objects.filter(pk=session.pk).delete()
    assert seen <= {"scheduled", "unscheduled"}


def test_a_spent_hold_is_given_back_once_by_a_booking_and_a_sweep_at_once():
    for _round in range(5):
        spent = SessionFactory()
        spent = hold_time(spent, starts_at=TEN, by=student_of(spent), now=NOW)
        session = SessionFactory(coach=spent.coach)
        student = student_of(session)
        booked, _swept = together(
            lambda session=session, student=student: schedule(session, starts_at=TEN, by=student, now=NOW + HOUR).state,
            lambda: expire_spent_holds(NOW + HOUR),
        )
        assert booked == "scheduled"
        assert Event.objects.about(spent).filter(name="hold_expired").count() == 1


def test_two_sweeps_at_once_send_each_reminder_once():
    for session in sessions_of_one_coach(6):
        schedule(session, starts_at=MONDAY + (9 + session.pk % 6) * HOUR, by=student_of(session), now=NOW)
    counts = together(*[lambda: send_due_reminders(MONDAY - DAY + 15 * HOUR)] * 4)
    assert sum(counts) == Reminder.objects.filter(kind="day", state="sent").count() == 12
    assert Event.objects.filter(name="reminder_due").count() == 12
    assert list(invariants["time: each reminder goes out once"]()) == []


def test_without_the_session_s_lock_the_conditional_update_still_sends_a_reminder_once(monkeypatch):
    session = SessionFactory()
    schedule(session, starts_at=TEN, by=student_of(session), now=NOW)
    reminder = session.reminders.filter(kind="day").first()
    barrier = threading.Barrier(2)

    def read_together(row):
        row = Session.objects.get(pk=row.pk)
        barrier.wait(20)
        return row

    monkeypatch.setattr(reminding, "locked", read_together)
    calls = [lambda: send_reminder(Reminder.objects.get(pk=reminder.pk), now=TEN - DAY)] * 2
    assert sorted(together(*calls)) == [False, True]
    assert Event.objects.filter(name="reminder_due").count() == 1
