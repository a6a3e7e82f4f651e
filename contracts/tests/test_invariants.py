"""Truths that hold after all that the operations do, and that notice when a row says otherwise."""

import pytest

from contracts.models import Contract
from contracts.operations import cancel_booked_session, cancel_contract, quote_contract, quote_session
from contracts.tests.factories import accepted, active, paying, scheduled
from core import clock as the_clock
from core.registry import invariants
from payments.models import Portion, Refund
from payments.operations import settle_checkout

pytestmark = pytest.mark.django_db
KEEPS_NOTHING = "contract: one that came to nothing keeps no money that is on its way to nobody"


def broken():
    return {name: rows for name, check in invariants.items() if (rows := list(check()))}


def called_off(contract):
    now = the_clock.now()
    quote = quote_contract(contract, by=contract.student, now=now)
    cancel_contract(contract, by=contract.student, quote=quote.id, now=now)


@pytest.mark.parametrize("state", ["cancelled", "declined", "expired"])
def test_money_that_is_held_for_a_contract_that_came_to_nothing_is_noticed(state, standin):
    active(standin)
    assert KEEPS_NOTHING not in broken()
    Contract.objects.update(state=state)
    rows = broken()[KEEPS_NOTHING]
    assert [row["gross_cents"] for row in rows] == [5000] * 4
    assert {row["escrow__contract__state"] for row in rows} == {state}


def test_a_payment_of_which_no_portion_knows_is_noticed(standin):
    contract = active(standin)
    Portion.objects.update(state="unfunded", payment=None)
    Contract.objects.update(state="expired")
    [row] = broken()[KEEPS_NOTHING]
    assert (row["amount_cents"], row["escrow__contract__number"]) == (20000, contract.number)


def test_what_goes_back_is_on_its_way(standin, drain):
    called_off(active(standin))
    assert set(Portion.objects.values_list("state", flat=True)) == {"refunding"}
    assert broken() == {}
    drain()
    assert set(Portion.objects.values_list("state", flat=True)) == {"refunded"}
    assert broken() == {}


def test_a_payment_that_comes_too_late_is_on_its_way_back(standin):
    contract = accepted()
    payment = paying(contract, standin)
    cancel_contract(contract, by=contract.student, now=the_clock.now())
    settle_checkout(payment.checkout_session_id, now=the_clock.now())
    assert Refund.objects.get().amount_cents == 20000
    assert broken() == {}


def test_what_is_kept_for_a_late_cancellation_has_its_day(standin):
    contract = active(standin, session_count=1)
    session = scheduled(contract)
    late = session.starts_at - (session.ends_at - session.starts_at) * 2
    quote = quote_session(session, by=contract.student, now=late)
    cancel_booked_session(session, by=contract.student, quote=quote.id, now=late)
    contract.refresh_from_db()
    assert contract.state in {"cancelled", "completed"}
    Contract.objects.update(state="cancelled")
    assert KEEPS_NOTHING not in broken()


def test_what_stripe_did_not_give_back_is_left_to_staff(standin):
    called_off(active(standin))
    Portion.objects.update(state="held")
    Refund.objects.update(state="refused")
    Contract.objects.update(state="cancelled")
    assert KEEPS_NOTHING not in broken()
