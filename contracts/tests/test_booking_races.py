"""Twenty who book at the same moment. Each race has its control: without the guard under test it goes wrong."""

from collections import Counter

import pytest

from accounts.models import CoachProfile, User
from accounts.tests.factories import StudentFactory
from contracts.models import Booking, Contract
from contracts.operations import book_directly, booking, start_payment
from core.registry import invariants
from payments.models import Refund
from payments.operations import settle_checkout
from scheduling.models import Session, TimeClaim
from scheduling.operations import book_consultation, confirm_request, consulting, expire_hold, withdraw_request
from scheduling.operations import booking as timing
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
TEN = MONDAY + 10 * HOUR
CLIENTS = 20


def teacher(**calendar):
    return CalendarFactory(**calendar).coach


def direct(coach, student, starts_at=TEN, kind="direct"):
    facts = {"kind": kind, "starts_at": starts_at, "duration_minutes": 60}
    return lambda: book_directly(coach, by=student, now=NOW, **facts).state


def consults(coach, student, starts_at=TEN):
    return lambda: book_consultation(coach, starts_at=starts_at, by=student, now=NOW).state


def untrue():
    return {name: rows for name, check in invariants.items() if (rows := list(check()))}


def test_of_twenty_who_book_one_slot_exactly_one_gets_it():
    coach = teacher()
    results = Counter(together(*(direct(coach, StudentFactory()) for _client in range(CLIENTS))))
    assert results["awaiting_payment"] == 1
    assert sum(results.values()) - 1 == sum(results[code] for code in ("booked", "taken", "busy"))
    assert (Contract.objects.count(), Booking.objects.count(), TimeClaim.objects.count()) == (1, 1, 2)
    assert untrue() == {}


def test_of_bookings_that_overlap_one_stands():
    coach = teacher()
    calls = [direct(coach, StudentFactory(), TEN + (number % 2) * 30 * MINUTE) for number in range(CLIENTS)]
    assert Counter(together(*calls))["awaiting_payment"] == 1
    assert untrue() == {}


def test_a_student_is_booked_once_by_many_coaches():
    student = StudentFactory()
    results = Counter(together(*(direct(teacher(), student) for _client in range(CLIENTS))))
    assert results["awaiting_payment"] == 1
    assert TimeClaim.objects.filter(user=student).count() == 1
    assert untrue() == {}


def test_a_pair_consults_once_however_many_clicks():
    coach, student = teacher(), StudentFactory()
    calls = [consults(coach, student, TEN + number % 14 * 30 * MINUTE) for number in range(CLIENTS)]
    results = Counter(together(*calls))
    assert results["scheduled"] == 1
    assert set(results) <= {"scheduled", "consultation_used", "booked", "busy"}
    assert Session.objects.filter(uses_up=True).count() == 1


@pytest.fixture
def no_lock(monkeypatch):
    monkeypatch.setattr(timing, "lock_members", lambda ids: list(User.objects.filter(pk__in=ids).order_by("pk")))


def test_control_without_lock_and_look_the_constraint_still_leaves_one_consultation(monkeypatch, no_lock):
    monkeypatch.setattr(consulting, "_refuse_another", lambda *people: None)
    coach, student = teacher(), StudentFactory()
    calls = [consults(coach, student, TEN + number * DAY) for number in range(5)]
    results = Counter(together(*calls))
    assert results == {"scheduled": 1, "consultation_used": 4}


def test_control_without_the_constraint_lock_and_look_a_pair_consults_often(monkeypatch, no_lock):
    monkeypatch.setattr(consulting, "_refuse_another", lambda *people: None)
    coach, student = teacher(), StudentFactory()
    monkeypatch.setattr(Session._meta.get_field("uses_up"), "default", False)
    calls = [consults(coach, student, TEN + number * DAY) for number in range(5)]
    assert Counter(together(*calls)) == {"scheduled": 5}


def test_a_pair_has_one_trial_however_many_clicks():
    coach, student = teacher(), StudentFactory()
    calls = [direct(coach, student, TEN + number * HOUR, "trial") for number in range(6)]
    results = Counter(together(*calls))
    assert results == {"awaiting_payment": 1, "trial_used": 5}
    assert Contract.objects.count() == 1


def test_control_without_the_look_the_constraint_leaves_one_trial(monkeypatch):
    monkeypatch.setattr(booking, "_refuse_second_trial", lambda *people: None)
    coach, student = teacher(), StudentFactory()
    results = together(*(direct(coach, student, TEN + number * HOUR, "trial") for number in range(4)))
    assert (results.count("awaiting_payment"), Contract.objects.count()) == (1, 1)
    assert sum("one_trial_per_pair" in result for result in results) == 3


def test_a_coach_s_yes_and_a_student_s_withdrawal_at_once_leave_one_of_the_two():
    session = book_consultation(teacher(confirms="request"), starts_at=TEN, by=StudentFactory(), now=NOW)
    calls = [lambda: confirm_request(session, by=session.coach, now=NOW).state] * 10
    calls += [lambda: withdraw_request(session, by=session.booked_by, now=NOW).state] * 10
    results = Counter(together(*calls))
    session.refresh_from_db()
    assert results[session.state] == (10 if session.state == "scheduled" else 1)
    assert TimeClaim.objects.count() == (2 if session.state == "scheduled" else 0)
    assert untrue() == {}


def test_two_requests_are_confirmed_at_once():
    coach = teacher(confirms="request")
    sessions = [
        book_consultation(coach, starts_at=TEN + number * HOUR, by=StudentFactory(), now=NOW) for number in range(2)
    ]
    calls = [lambda each=each: confirm_request(each, by=coach, now=NOW).state for each in sessions * 10]
    assert Counter(together(*calls)) == {"scheduled": CLIENTS}
    assert untrue() == {}


def test_late_money_and_a_new_booking_of_the_same_time_leave_one_of_the_two(standin, clock):
    clock.travel_to(NOW)
    coach, first = teacher(), StudentFactory()
    contract = book_directly(coach, kind="direct", starts_at=TEN, duration_minutes=60, by=first, now=NOW)
    payment = start_payment(contract, by=first, now=NOW)
    standin.pay(payment.checkout_session_id)
    expire_hold(contract.bookings.get().session, now=NOW + 15 * MINUTE)
    late = NOW + 16 * MINUTE

    def pays():
        settle_checkout(payment.checkout_session_id, now=late)
        return "settled"

    def books(student):
        facts = {"kind": "direct", "starts_at": TEN, "duration_minutes": 60, "by": student, "now": late}
        return lambda: book_directly(coach, **facts).state

    results = Counter(together(pays, *(books(StudentFactory()) for _client in range(10))))
    contract.refresh_from_db()
    assert results["settled"] == 1
    if contract.state == "active":
        assert results["awaiting_payment"] == 0
    else:
        assert (results["awaiting_payment"], Refund.objects.get().amount_cents) == (1, 6000)
    assert TimeClaim.objects.filter(user=coach).count() == 1
    assert untrue() == {}


def test_money_and_the_end_of_the_hold_at_once_leave_one_truth(standin, clock):
    clock.travel_to(NOW)
    contract = book_directly(teacher(), kind="direct", starts_at=TEN, duration_minutes=60, by=StudentFactory(), now=NOW)
    payment = start_payment(contract, by=contract.student, now=NOW)
    standin.pay(payment.checkout_session_id)
    session, late = contract.bookings.get().session, NOW + 15 * MINUTE
    calls = [lambda: settle_checkout(payment.checkout_session_id, now=late).state] * 5
    calls += [lambda: expire_hold(session, now=late).state] * 5
    results = Counter(together(*calls))
    contract.refresh_from_db()
    assert (contract.state, results["succeeded"]) == ("active", 5)
    assert CoachProfile.objects.count() == 1
    assert untrue() == {}
