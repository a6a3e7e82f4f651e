"""Many who want the same seat at the same moment, and what goes wrong where its lock is taken away."""

import threading
from collections import Counter

import pytest

from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.models import Booking, Contract
from contracts.operations import agreement, join_group, start_payment
from contracts.operations.cancelling import cancel_booked_session, cancel_contract, quote_session
from contracts.tests.test_seats import HOUR, MINUTE, all_true, joined, published
from core.clock import now
from core.models import Event
from core.registry import invariants
from payments.operations import settle_checkout
from scheduling.models import Participant, Session, Waiting
from scheduling.operations import decide_group, free_seats, groups, hold_seat, join_line, leave_line, lines, take_seat
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 20


def joining(session, student=None):
    by = student or StudentFactory()
    return lambda: join_group(session, by=by, now=now()) and "kept"


def oversold():
    return len(list(invariants["time: a group session has no more seats taken or kept than it has"]()))


@pytest.fixture
def no_lock(monkeypatch):
    """The session is read without its lock, and everybody counts its seats before anybody takes one."""

    def break_it(clients):
        barrier = threading.Barrier(clients)
        count = groups.reserved_for

        def counting_together(*args):
            found = count(*args)
            barrier.wait(20)
            return found

        monkeypatch.setattr(groups, "locked", lambda row: type(row).objects.get(pk=row.pk))
        monkeypatch.setattr(groups, "reserved_for", counting_together)

    return break_it


def test_of_twenty_who_want_the_last_seat_one_has_it(standin):
    session = published().session
    joined(session, standin)
    results = Counter(together(*(joining(session) for _client in range(CLIENTS))))
    assert results == {"kept": 1, "full": CLIENTS - 1}
    assert (oversold(), Contract.objects.count()) == (0, 2)
    all_true()


def test_control_without_the_lock_a_seat_is_sold_twice(no_lock):
    session = published().session
    students = StudentFactory.create_batch(5)
    no_lock(5)
    results = Counter(together(*(lambda by=each: hold_seat(session, by=by, now=now()).state for each in students)))
    assert (results, oversold()) == ({"held": 5}, 1)


def test_one_student_who_clicks_twenty_times_has_one_seat_and_one_contract():
    session, student = published().session, StudentFactory()
    assert Counter(together(*(joining(session, student) for _client in range(CLIENTS)))) == {"kept": CLIENTS}
    assert (Contract.objects.count(), Participant.objects.filter(role="student").count()) == (1, 1)


def test_a_seat_that_falls_free_is_for_the_first_in_line_whoever_comes_at_that_moment(standin):
    session = published().session
    leaver, _other = joined(session, standin), joined(session, standin)
    first = join_line(session, by=StudentFactory(), now=now())
    quote = quote_session(session, by=leaver.student, now=now()).id
    leaving = lambda: cancel_booked_session(session, by=leaver.student, quote=quote, now=now()) and "left"  # noqa: E731
    results = Counter(together(leaving, *(joining(session) for _client in range(CLIENTS - 1))))
    assert results == {"left": 1, "full": CLIENTS - 1}
    first.refresh_from_db()
    assert (first.state, oversold()) == ("offered", 0)
    all_true()


def test_an_offer_taken_while_its_holder_leaves_the_line_and_others_come(standin):
    session = published().session
    leaver, _other = joined(session, standin), joined(session, standin)
    student = StudentFactory()
    join_line(session, by=student, now=now())
    quote = quote_session(session, by=leaver.student, now=now()).id
    cancel_booked_session(session, by=leaver.student, quote=quote, now=now())
    calls = [joining(session, student), lambda: leave_line(session, by=student, now=now()) and "gone"]
    together(*calls, *(joining(session) for _client in range(CLIENTS - 2)))
    assert (oversold(), Participant.objects.filter(role="student", state="held").count()) == (0, 1)
    all_true()


def test_a_group_called_off_while_a_payment_arrives_keeps_no_money(standin):
    for _round in range(3):
        session = published(CoachFactory()).session
        contract = join_group(session, by=StudentFactory(), now=now())
        payment = _paid_at_stripe(contract, standin)
        quote = quote_session(session, by=session.coach, now=now()).id
        settle = lambda payment=payment: settle_checkout(payment.checkout_session_id, now=now()) and "paid"  # noqa: E731
        cancel = lambda session=session, quote=quote: _cancel(session, quote)  # noqa: E731
        results = together(settle, cancel)
        session.refresh_from_db()
        booking = Booking.objects.get(contract=contract)
        if session.state == Session.State.CANCELLED:
            assert booking.portion.state in {"refunding", "refunded"}, results
        else:
            assert (booking.state, results) == ("confirmed", ["paid", "stale_quote"])
    all_true()


def test_the_last_student_needed_joins_while_it_is_decided(standin):
    session = published(least=1).session
    contract = join_group(session, by=StudentFactory(), now=now())
    payment = _paid_at_stripe(contract, standin)
    late = session.starts_at - 24 * HOUR
    together(
        lambda: settle_checkout(payment.checkout_session_id, now=now()) and "paid",
        *(lambda: decide_group(session, now=late).state for _client in range(CLIENTS - 1)),
    )
    session.refresh_from_db()
    booking = Booking.objects.get(contract=contract)
    came_to = (session.state, booking.portion.state)
    assert came_to in {("scheduled", "held"), ("cancelled", "refunding")}
    assert Waiting.objects.count() == 0
    all_true()


def a_seat_that_falls_free_by_itself():
    """Nobody paid the last seat in time, and two wait for it; the moment from which it is free."""
    session = published().session
    kept, _spent = (hold_seat(session, by=StudentFactory(), now=now()) for _number in range(2))
    first, _second = (join_line(session, by=StudentFactory(), now=now()) for _number in range(2))
    session.participants.filter(pk=kept.pk).update(state="taken", hold_expires_at=None)
    return session, first, now() + 15 * MINUTE


def offers(session):
    return Event.objects.about(session).filter(name="seat_offered").count()


def sweeping(session, at):
    return lambda: free_seats(session, now=at) >= 0


def seating(session, at):
    by = StudentFactory()
    return lambda: hold_seat(session, by=by, now=at).state


def test_sweeps_and_clicks_at_once_offer_a_free_seat_to_the_first_in_line_and_nobody_else():
    session, first, late = a_seat_that_falls_free_by_itself()
    calls = [sweeping(session, late), seating(session, late)] * (CLIENTS // 2)
    assert Counter(together(*calls)) == {True: 10, "full": 10}
    first.refresh_from_db()
    assert (first.state, offers(session), oversold()) == ("offered", 1, 0)


def test_control_without_the_lock_one_seat_is_offered_more_than_once(monkeypatch):
    session, _first, late = a_seat_that_falls_free_by_itself()
    barrier, count = threading.Barrier(2), lines.reserved_for

    def counting_together(*args):
        found = count(*args)
        barrier.wait(20)
        return found

    free_seats(session, now=late - MINUTE)
    session.participants.filter(state="held").update(state="left")
    monkeypatch.setattr(groups, "locked", lambda row: type(row).objects.get(pk=row.pk))
    monkeypatch.setattr(lines, "reserved_for", counting_together)
    together(sweeping(session, late), sweeping(session, late))
    assert offers(session) == 2


def taking(session, at):
    student = StudentFactory()
    return lambda: take_seat(session, student=student, now=at).state


def test_nobody_is_told_that_they_have_a_seat_in_a_group_that_is_called_off():
    """Ten take a seat while it is decided ten times whether the one who is needed has come."""
    for _round in range(3):
        session = published(seats=20, least=1).session
        late = session.starts_at - 24 * HOUR
        deciding = lambda session=session, late=late: decide_group(session, now=late).went_ahead_at is not None  # noqa: E731
        results = Counter(together(*[taking(session, late), deciding] * (CLIENTS // 2)))
        session.refresh_from_db()
        if session.state == "cancelled":
            assert set(results) == {"wrong_state", False}
        else:
            assert (results["taken"], results[False], session.went_ahead_at) == (10, 0, late)


def test_control_without_the_lock_a_group_is_called_off_although_enough_have_come(monkeypatch):
    session = published(least=1).session
    late, few = session.starts_at - 24 * HOUR, groups._has_few
    told, comes = [], taking(session, late)

    def while_somebody_comes(row):
        found = few(row)
        told.extend(together(comes))
        return found

    monkeypatch.setattr(groups, "locked", lambda row: type(row).objects.get(pk=row.pk))
    monkeypatch.setattr(groups, "_has_few", while_somebody_comes)
    assert (decide_group(session, now=late).state, told) == ("cancelled", ["taken"])


def _paid_at_stripe(contract, standin):
    payment = start_payment(contract, by=contract.student, now=now())
    standin.pay(payment.checkout_session_id)
    return payment


def _cancel(session, quote):
    return cancel_booked_session(session, by=session.coach, quote=quote, now=now()) and "called off"


def test_a_seat_that_is_paid_for_while_it_is_given_back_is_not_lost(standin, monkeypatch):
    session = published().session
    contract = join_group(session, by=StudentFactory(), now=now())
    payment = start_payment(contract, by=contract.student, now=now())
    standin.pay(payment.checkout_session_id)
    paying = threading.Thread(target=together, args=[lambda: settle_checkout(payment.checkout_session_id, now=now())])
    checked = agreement._refuse_unless_open

    def pay_meanwhile(contract):
        checked(contract)
        paying.start()
        paying.join(1)

    monkeypatch.setattr(agreement, "_refuse_unless_open", pay_meanwhile)
    cancel_contract(contract, by=contract.student, now=now())
    paying.join(20)
    contract.refresh_from_db()
    [seat] = session.participants.filter(role="student").values_list("state", flat=True)
    assert (contract.state, seat) in {("active", "taken"), ("cancelled", "left")}
    all_true()
