"""Two things at once to one contract: each round ends one way, whole, and nobody sees an error."""

import threading

import pytest
from django.db import connection

from contracts import operations
from contracts.models import Contract
from contracts.operations import agreement
from contracts.tests.factories import accepted, paying, sent
from core import clock as the_clock
from core.refused import Refused
from core.registry import invariants
from payments.models import Payment
from payments.operations import settle_checkout

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run these at the same moment; what each came to: its result, the code of its refusal, or its error."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        start.wait()
        try:
            results[place] = work()
        except Refused as refusal:
            results[place] = refusal.code
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return results


def settle_and_cancel(standin):
    """Money arrives in the very moment in which the coach calls the contract off."""
    contract = accepted()
    payment = paying(contract, standin)
    return contract, at_once(
        lambda: settle_checkout(payment.checkout_session_id, now=the_clock.now()).state,
        lambda: operations.cancel_contract(contract, by=contract.coach, now=the_clock.now()).state,
    )


def test_money_that_meets_a_cancellation_makes_the_contract_active_or_goes_back(standin, drain):
    for _round in range(6):
        contract, (paid, cancelled) = settle_and_cancel(standin)
        assert paid in {"succeeded", "refunded"}
        assert cancelled in {"cancelled", "not_open", "stale_quote"}
        drain()
        contract.refresh_from_db()
        payment = Payment.objects.get(escrow=contract.escrow)
        assert (contract.state, payment.state) in {("active", "succeeded"), ("cancelled", "refunded")}
    assert {name: list(check()) for name, check in invariants.items() if list(check())} == {}


def test_twenty_answers_to_one_contract_are_one_answer():
    contract = sent()
    answers = [operations.accept_contract, operations.decline_contract] * 10
    results = at_once(
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
    assert at_once(accept, accept) == ["awaiting_payment", "awaiting_payment"]
