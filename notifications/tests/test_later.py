"""Who books does not wait until others are told: a row says that they are to be, and each is told once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.tests.factories import StudentFactory
from core.events import TELLING_FAILED
from core.models import Event, OutgoingMail
from notifications import later, tasks
from notifications.later import tell_now
from notifications.models import Notification, Telling
from notifications.tasks import tell_of_what_waits, tell_people
from scheduling.events import SESSION_SCHEDULED
from scheduling.models import Session
from scheduling.operations import cancel_session, hold_seat, move_session, publish_session, schedule, take_seat
from scheduling.tests.factories import HOUR, MONDAY, NOW, CalendarFactory, SessionFactory, student_of

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


def agreed():
    session = SessionFactory()
    return schedule(session, starts_at=TEN, by=student_of(session), now=NOW)


def counts():
    return Notification.objects.count(), OutgoingMail.objects.count(), Telling.objects.count()


def test_booking_writes_that_people_are_to_be_told_and_the_sweep_tells_them_once():
    session = agreed()
    assert counts() == (0, 0, 1)
    assert tell_of_what_waits(NOW) == 1
    assert counts() == (1, 2, 0)
    notice = session.coach.notifications.get()
    assert notice.made_at == NOW
    assert notice.text.startswith(f"Your session with {student_of(session).name} is on ")
    assert tell_of_what_waits(NOW) == 0
    assert counts() == (1, 2, 0)


def test_a_worker_is_nudged_once_it_is_certain(django_capture_on_commit_callbacks, monkeypatch):
    nudged = []
    monkeypatch.setattr(tasks.tell_people, "apply_async", lambda args, **_how: nudged.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        agreed()
        assert nudged == []
    event = Event.objects.get(name=SESSION_SCHEDULED)
    assert nudged == [(event.pk,)]
    tell_people(event.pk)
    tell_people(event.pk)
    assert counts() == (1, 2, 0)


def test_what_is_not_booked_after_all_is_told_to_nobody():
    class Elsewhere(Exception):
        pass

    with pytest.raises(Elsewhere), transaction.atomic():
        agreed()
        raise Elsewhere
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("what", ["cancelled", "moved"])
def test_a_time_that_stands_no_longer_is_not_told(what):
    session = agreed()
    if what == "cancelled":
        cancel_session(session, by=session.coach, now=NOW)
    else:
        move_session(session, starts_at=TEN + 3 * HOUR, by=student_of(session), now=NOW)
    before = counts()
    assert tell_of_what_waits(NOW) == 1
    assert counts() == (*before[:2], 0)


def test_one_that_breaks_is_written_down_and_holds_up_nobody_else(monkeypatch):
    first, second = agreed(), agreed()
    tell = later._later[SESSION_SCHEDULED]

    def breaks_once(session, event):
        tell(session, event)
        if session.pk == first.pk:
            raise ValueError

    monkeypatch.setitem(later._later, SESSION_SCHEDULED, breaks_once)
    assert tell_of_what_waits(NOW) == 2
    assert Event.objects.get(name=TELLING_FAILED).subject == first
    assert counts() == (1, 2, 0)
    assert second.coach.notifications.exists()


def test_of_a_group_its_coach_is_told_and_a_student_who_came_meanwhile_of_the_seat_only():
    coach, student = CalendarFactory().coach, StudentFactory()
    facts = {"title": "Salsa", "duration_minutes": 60, "seats": 5, "least": 0}
    group = publish_session(starts_at=TEN, by=coach, now=NOW, **facts)
    hold_seat(group, by=student, now=NOW)
    take_seat(group, student=student, now=NOW)
    before = OutgoingMail.objects.filter(to=student.email).count()
    assert tell_of_what_waits(NOW) == 1
    assert not OutgoingMail.objects.filter(to=student.email, kind="session_scheduled").exists()
    assert (OutgoingMail.objects.filter(to=student.email).count(), before) == (1, 1)
    assert OutgoingMail.objects.filter(to=coach.email, kind="session_scheduled").count() == 1


def elsewhere(work):
    def and_close():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(and_close).result()


@pytest.mark.django_db(transaction=True)
def test_nothing_becomes_of_a_session_between_the_words_and_their_commit(monkeypatch):
    agreed()
    tell, free = later._later[SESSION_SCHEDULED], []

    def look(session, event):
        lockable = Session.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=session.pk)
        free.append(elsewhere(transaction.atomic(lambda: lockable.exists())))
        tell(session, event)

    monkeypatch.setitem(later._later, SESSION_SCHEDULED, look)
    assert tell_of_what_waits(NOW) == 1
    assert (free, counts()) == ([False], (1, 2, 0))
    assert elsewhere(transaction.atomic(lambda: Session.objects.select_for_update(skip_locked=True).exists()))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once():
    agreed()
    event = Event.objects.get(name=SESSION_SCHEDULED)

    def work():
        try:
            return tell_now(event.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = [each.result() for each in [pool.submit(work) for _worker in range(4)]]
    assert (sum(done), counts()) == (1, (1, 2, 0))
