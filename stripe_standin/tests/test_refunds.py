"""Refunds: whole, in parts, too much, failing later."""

import pytest
import stripe

from .conftest import chosen


def refund(standin, **given):
    return standin.stripe.refunds.create(given, chosen("refund"))


def test_a_refund_in_parts_and_then_the_rest(standin):
    charge = standin.paid(20000)
    standin.settle()
    part = refund(standin, payment_intent=charge.payment_intent, amount=5000, reason="requested_by_customer")
    assert (part.status, part.amount, part.charge, part.reason) == (
        "succeeded",
        5000,
        charge.id,
        "requested_by_customer",
    )
    assert standin.balance() == (0, 14390)
    found = standin.stripe.charges.retrieve(charge.id)
    assert (found.amount_refunded, found.refunded) == (5000, False)
    assert refund(standin, charge=charge.id).amount == 15000
    found = standin.stripe.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (found.amount_refunded, found.refunded, len(found.refunds.data)) == (20000, True, 2)
    assert standin.balance() == (0, -610)


def test_more_than_is_left_is_refused(standin):
    charge = standin.paid(20000)
    refund(standin, charge=charge.id, amount=15000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refund(standin, charge=charge.id, amount=5001)
    assert (refusal.value.http_status, refusal.value.param) == (400, "amount")


def test_a_second_whole_refund_is_refused(standin):
    charge = standin.paid(20000)
    refund(standin, charge=charge.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refund(standin, charge=charge.id)
    assert refusal.value.code == "charge_already_refunded"


def test_what_was_never_paid_cannot_be_refunded(standin):
    session = standin.session()
    intent = standin.control("pay", session=session.id, card="4000000000000002")["payment_intent"]
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        refund(standin, payment_intent=intent)


def test_the_events_of_a_refund(standin):
    charge = standin.paid(20000)
    refund(standin, charge=charge.id, amount=5000)
    standin.settle()
    events = standin.stripe.events.list({"limit": 50}).data
    told = [event.type for event in reversed(events) if "refund" in event.type]
    assert told == ["refund.created", "charge.refunded", "refund.updated"]


def test_card_5126_takes_the_refund_back_later(standin):
    charge = standin.paid(20000, "4000000000005126")
    standin.settle()
    made = refund(standin, charge=charge.id, amount=5000)
    assert (made.status, standin.balance()) == ("succeeded", (0, 14390))
    standin.settle()
    found = standin.stripe.refunds.retrieve(made.id)
    assert (found.status, found.failure_reason) == ("failed", "unknown")
    assert sum(standin.balance()) == 19390
    assert standin.stripe.charges.retrieve(charge.id).amount_refunded == 0
    back = standin.stripe.balance_transactions.retrieve(found.failure_balance_transaction)
    assert (back.amount, back.type, back.source) == (5000, "refund_failure", made.id)
    assert standin.stripe.events.list({"type": "refund.failed"}).data[0].data.object["id"] == made.id


def test_a_refund_needs_one_payment(standin):
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        refund(standin, amount=100)


def test_refunds_are_listed_by_payment(standin):
    charge, other = standin.paid(20000), standin.paid(20000)
    refund(standin, charge=charge.id, amount=100)
    refund(standin, charge=other.id, amount=200)
    listed = standin.stripe.refunds.list({"payment_intent": charge.payment_intent}).data
    assert [found.amount for found in listed] == [100]
