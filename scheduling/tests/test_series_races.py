"""Many series at the same moment, and what holds where a guard is taken away."""

import threading
from collections import Counter
from datetime import time

import pytest

from accounts.models import User
from accounts.tests.factories import StudentFactory
from scheduling.models import Series, Session, TimeClaim
from scheduling.operations import book_series
from scheduling.operations import series as module
from scheduling.recurrence import preview_of, wish_between
from scheduling.tests.factories import MONDAY, NOW, CalendarFactory, SessionFactory
from scheduling.tests.test_races import double_bookings, no_constraint
from tests.racing import together

__all__ = ["no_constraint"]
pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 20


def booking(sessions, student):
    """A click on what was shown to this student before anybody clicked."""
    wish = wish_between(
        student,
        sessions[0].coach,
        whose="coach",
        weekday=0,
        clock=time(10),
        from_day=MONDAY.date(),
        weeks=3,
    )
    shown = preview_of(sessions, wish, student=student.pk, now=NOW).fingerprint
    return lambda: book_series(sessions, wish=wish, fingerprint=shown, by=student, now=NOW) and "booked"


def of_one_student(clients):
    coach, student = CalendarFactory().coach, StudentFactory()
    sessions = [SessionFactory(coach=coach, student=student) for _number in range(3)]
    return [booking(sessions, student) for _client in range(clients)]


def of_many_students(clients):
    coach, students = CalendarFactory().coach, StudentFactory.create_batch(clients)
    each = [[SessionFactory(coach=coach, student=student) for _number in range(3)] for student in students]
    return [booking(*pair) for pair in zip(each, students, strict=True)]


@pytest.fixture
def no_lock(monkeypatch):
    """Nobody waits for anybody, and all look before anyone writes."""

    def break_it(clients):
        barrier = threading.Barrier(clients)

        def looking_together(*args, **kwargs):
            found = preview_of(*args, **kwargs)
            barrier.wait(20)
            return found

        def without_lock(sessions, student):
            return list(Session.objects.filter(pk__in=[each.pk for each in sessions]).order_by("pk"))

        monkeypatch.setattr(module, "lock_members", lambda ids: list(User.objects.filter(pk__in=ids).order_by("pk")))
        monkeypatch.setattr(module, "_without_a_time", without_lock)
        monkeypatch.setattr(module, "preview_of", looking_together)

    return break_it


def test_of_twenty_clicks_of_one_student_one_books():
    assert Counter(together(*of_one_student(CLIENTS))) == {"booked": 1, "no_session": CLIENTS - 1}
    assert (Series.objects.count(), Session.objects.filter(state="scheduled").count()) == (1, 3)


def test_of_twenty_students_who_were_shown_the_same_dates_one_gets_all_of_them():
    assert Counter(together(*of_many_students(CLIENTS))) == {"booked": 1, "stale_preview": CLIENTS - 1}
    assert (Series.objects.count(), TimeClaim.objects.count(), double_bookings()) == (1, 6, 0)


def test_control_without_the_lock_the_constraint_still_leaves_one_whole_series(no_lock):
    clicks = of_many_students(5)
    no_lock(5)
    results = Counter(together(*clicks))
    assert results["booked"] == 1
    assert set(results) <= {"booked", "taken", "busy"}
    assert (Session.objects.filter(state="scheduled").count(), double_bookings()) == (3, 0)


def test_control_without_lock_and_constraint_all_of_them_are_booked(no_lock, no_constraint):
    clicks = of_many_students(5)
    no_lock(5)
    assert Counter(together(*clicks)) == {"booked": 5}
    assert double_bookings() == 3 * 10
