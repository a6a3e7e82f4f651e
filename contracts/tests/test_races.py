"""Two things at once to one contract: each round ends one way, whole, and nobody sees an error."""

import threading

import pytest

from contracts import operations
from contracts.models import Contract
from contracts.operations import agreement
from contracts.tests.factories import accepted, paying, sent
from core import clock as the_clock
from core.models import Event
from core.registry import invariants
from payments.models import Payment
from payments.operations import settle_checkout
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


def paid_at_stripe(standin):
    contract = accepted()
    return contract, paying(contract, standin)


def settle_and_cancel(contract, payment):
    """Money arrives in the very moment in which the coach calls the contract off."""
    return together(
        lambda: settle_checkout(payment.checkout_session_id, now=the_clock.now()).state,
        cancelling(contract),
    )


def cancelling(contract):
    return lambda: operations.cancel_contract(contract, by=contract.coach, now=the_clock.now()).state


def test_money_that_meets_a_cancellation_makes_the_contract_active_or_goes_back(standin, drain):
    for _round in range(6):
        contract, payment = paid_at_stripe(standin)
        paid, cancelled = settle_and_cancel(contract, payment)
        assert paid in {"succeeded", "refunded"}
        assert cancelled in {"cancelled", "not_open", "stale_quote"}
        drain()
        contract.refresh_from_db()
        payment = Payment.objects.get(escrow=contract.escrow)
        assert (contract.state, payment.state) in {("active", "succeeded"), ("cancelled", "refunded")}
        told = set(Event.objects.about(contract).values_list("name", flat=True))
        assert len(told & {"contract_activated", "contract_cancelled"}) == 1
    assert {name: list(check()) for name, check in invariants.items() if list(check())} == {}


def test_without_the_lock_a_contract_is_called_off_after_it_has_begun(standin, monkeypatch):
    """The control: its payment arrives after the cancellation has read it."""
    contract, payment = paid_at_stripe(standin)
    told = []

    def read(row):
        if not told:
            told.extend(together(lambda: settle_checkout(payment.checkout_session_id, now=the_clock.now()).state))
        return row

    monkeypatch.setattr(agreement, "locked", read)
    assert (cancelling(contract)(), told) == ("cancelled", ["succeeded"])
    names = set(Event.objects.about(contract).values_list("name", flat=True))
    assert {"contract_activated", "contract_cancelled"} <= names


def test_twenty_answers_to_one_contract_are_one_answer():
    contract = sent()
    answers = [operations.accept_contract, operations.decline_contract] * 10
    results = together(
        *(lambda answer=answer: answer(contract, by=contract.coach, now=the_clock.now()).state for answer in answers)
    )
    assert results.count("wrong_state") == 19
    contract.refresh_from_db()
    assert [result for result in results if result != "wrong_state"] == [contract.state]


def test_without_the_lock_a_contract_is_answered_twice(monkeypatch):
    """The control of the race above: read without lock, both answers find the contract waiting."""
    both_have_read = threading.Barrier(2)

    def read(contract):
        fresh = Contract.objects.get(pk=contract.pk)
        both_have_read.wait(5)
        return fresh

    contract = sent()
    monkeypatch.setattr(agreement, "locked", read)
    accept = lambda: operations.accept_contract(contract, by=contract.coach, now=the_clock.now()).state  # noqa: E731
    assert together(accept, accept) == ["awaiting_payment", "awaiting_payment"]
