"""Calling off at the same moment: once, by the quote that stands, with the control of each guard."""

import threading
from collections import Counter

import pytest

from contracts.models import Booking, Cancellation
from contracts.operations import cancel_booked_session, cancel_contract, cancelling, quote_contract, quote_session
from contracts.tests.factories import active, scheduled
from core import clock as the_clock
from core.registry import invariants
from payments.books import where_is
from payments.models import Refund
from scheduling.operations import agree_to_move, move_session
from scheduling.tests.factories import DAY
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


def cancelling_of(session, contract, by):
    now = the_clock.now()
    quote = quote_session(session, by=by, now=now).id
    return lambda: cancel_booked_session(session, by=by, quote=quote, now=now).role


def all_is_right():
    return {name: list(check()) for name, check in invariants.items() if list(check())} == {}


def test_twenty_clicks_pay_back_once(standin, drain):
    contract = active(standin)
    session = scheduled(contract)
    works = [cancelling_of(session, contract, by) for by in [contract.student, contract.coach] * 10]
    answers = Counter(together(*works))
    assert answers["student"] + answers["coach"] == 1
    assert answers["begun"] == 19
    drain()
    assert Refund.objects.get().amount_cents == 5000
    assert where_is(contract.escrow)["refunded"] == 5000
    assert Cancellation.objects.count() == 1
    assert all_is_right()


def test_without_the_lock_two_clicks_pass_by_the_same_quote(standin, monkeypatch):
    contract = active(standin)
    session = scheduled(contract)
    both_have_read, checked = threading.Barrier(2), cancelling._given

    def read_together(quote, shown):
        both_have_read.wait(20)
        return checked(quote, shown)

    works = [cancelling_of(session, contract, contract.student)] * 2
    monkeypatch.setattr(cancelling, "_lock_sessions", lambda sessions: None)
    monkeypatch.setattr(cancelling, "_given", read_together)
    answers = together(*works)
    assert "student" in answers
    assert "begun" not in answers  # nobody is told that it is too late; only the money's own lock stops the second
    assert Refund.objects.count() == 1  # the money itself goes one way, whoever asks


def test_a_session_is_moved_or_called_off_by_the_quote_but_not_both(standin):
    for _round in range(4):
        contract = active(standin)
        session = scheduled(contract)
        move = move_session(session, starts_at=session.starts_at + DAY, by=contract.coach, now=the_clock.now())
        call_off = cancelling_of(session, contract, contract.student)
        agree = lambda: agree_to_move(move, by=contract.student, now=the_clock.now()).state  # noqa: B023, E731
        answers = Counter(together(*[call_off] * 10, *[agree] * 10))
        booking = Booking.objects.get(session=session)
        if booking.state == "cancelled":
            assert answers == {"student": 1, "begun": 9, "answered": 10}
        else:
            assert answers == {"agreed": 1, "answered": 9, "stale_quote": 10}
    assert all_is_right()


def test_without_the_lock_an_old_quote_is_executed_on_a_session_that_moved(standin, monkeypatch):
    contract = active(standin)
    session = scheduled(contract)
    move = move_session(session, starts_at=session.starts_at + DAY, by=contract.coach, now=the_clock.now())
    call_off, checked = cancelling_of(session, contract, contract.student), cancelling._given

    def while_it_moves(quote, shown):
        together(lambda: agree_to_move(move, by=contract.student, now=the_clock.now()).state)
        return checked(quote, shown)

    monkeypatch.setattr(cancelling, "_lock_sessions", lambda sessions: None)
    monkeypatch.setattr(cancelling, "_given", while_it_moves)
    assert call_off() == "student"
    session.refresh_from_db()
    assert (session.version, session.state) == (2, "cancelled")


def test_a_contract_and_its_session_called_off_at_once_pay_back_each_cent_once(standin, drain):
    contract = active(standin)
    session = scheduled(contract)
    now = the_clock.now()
    whole = quote_contract(contract, by=contract.coach, now=now).id
    works = [lambda: cancel_contract(contract, by=contract.coach, quote=whole, now=now).state] * 10
    answers = Counter(together(*works, *[cancelling_of(session, contract, contract.student)] * 10))
    assert answers["cancelled"] + answers["student"] == 1
    drain()
    assert where_is(contract.escrow)["refunded"] == (20000 if answers["cancelled"] else 5000)
    assert all_is_right()
