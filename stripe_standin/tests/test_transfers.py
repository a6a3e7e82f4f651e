"""Transfers and their reversals: what is allowed, and where the money is afterwards."""

import pytest
import stripe

from .conftest import DAY, chosen


def reverse(standin, transfer, **given):
    return standin.stripe.transfers.reversals.create(transfer.id, given, chosen("reversal"))


def test_a_transfer_with_a_source_moves_when_the_charge_is_available(standin):
    coach, charge = standin.coach(), standin.paid(20000)
    standin.settle()
    transfer = standin.transfer(8500, coach, charge.id, transfer_group="contract_1", metadata={"session": "1"})
    assert (transfer.amount, transfer.source_transaction, transfer.reversed) == (8500, charge.id, False)
    assert (standin.balance(), standin.balance(coach)) == ((0, 19390 - 8500), (0, 8500))
    standin.move_clock(2 * DAY + 1)
    assert (standin.balance(), standin.balance(coach)) == ((10890, 0), (8500, 0))


def test_the_coach_sees_a_payment_from_the_transfer(standin):
    coach, charge = standin.coach(), standin.paid(20000)
    transfer = standin.transfer(8500, coach, charge.id)
    payment = standin.stripe.charges.retrieve(transfer.destination_payment, {}, {"stripe_account": coach})
    assert (payment.amount, payment.source_transfer, payment.status) == (8500, transfer.id, "succeeded")


def test_the_group_is_given_or_the_charges_own(standin):
    coach, charge = standin.coach(), standin.paid(payment_intent_data={"transfer_group": "contract_1"})
    assert standin.transfer(100, coach, charge.id).transfer_group == "contract_1"
    assert standin.transfer(100, coach, charge.id, transfer_group="contract_2").transfer_group == "contract_2"
    listed = standin.stripe.transfers.list({"transfer_group": "contract_1"}).data
    assert [found.transfer_group for found in listed] == ["contract_1"]
    assert len(standin.stripe.transfers.list({"destination": coach}).data) == 2


def test_without_a_source_the_available_balance_is_the_limit(standin):
    coach = standin.coach()
    standin.paid(20000)
    standin.settle()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.transfer(100, coach)
    assert refusal.value.code == "balance_insufficient"
    standin.move_clock(2 * DAY + 1)
    assert standin.transfer(19390, coach).source_transaction is None
    assert standin.balance() == (0, 0)


def test_the_transfers_of_a_charge_cannot_exceed_it(standin):
    coach, charge = standin.coach(), standin.paid(20000)
    standin.transfer(15000, coach, charge.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.transfer(5001, coach, charge.id)
    assert (refusal.value.code, refusal.value.param) == ("amount_too_large", "amount")
    assert standin.transfer(5000, coach, charge.id).amount == 5000


def test_what_was_reversed_may_be_transferred_again(standin):
    coach, charge = standin.coach(), standin.paid(20000)
    reverse(standin, standin.transfer(20000, coach, charge.id))
    assert standin.transfer(20000, coach, charge.id).amount == 20000


def test_an_account_without_the_capability_gets_nothing(standin):
    charge = standin.paid(20000)
    account = standin.stripe.accounts.create({"type": "express"}, chosen("account"))
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.transfer(100, account.id, charge.id)
    assert (refusal.value.http_status, refusal.value.code) == (400, "insufficient_capabilities_for_transfer")
    assert standin.stripe.transfers.list().data == []


def test_a_restricted_account_gets_nothing_until_it_is_onboarded_again(standin):
    coach, charge = standin.coach(), standin.paid(20000)
    standin.control("restrict", account=coach)
    with pytest.raises(stripe.InvalidRequestError):
        standin.transfer(100, coach, charge.id)
    standin.control("onboard", account=coach)
    assert standin.transfer(100, coach, charge.id).amount == 100


@pytest.mark.parametrize("wrong", ["acct_unknown", "ch_1"])
def test_an_unknown_destination_is_refused(standin, wrong):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.transfer(100, wrong)
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "destination")


def test_another_currency_than_the_charges_is_refused(standin):
    coach, charge = standin.coach(), standin.paid(20000, currency="eur")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.transfer(100, coach, charge.id)
    assert refusal.value.param == "currency"


def test_a_reversal_brings_the_money_back(standin):
    coach, charge = standin.coach(), standin.paid(20000)
    standin.settle()
    transfer = standin.transfer(8500, coach, charge.id)
    first = reverse(standin, transfer, amount=3000)
    assert (first.amount, first.transfer) == (3000, transfer.id)
    assert (standin.balance(), standin.balance(coach)) == ((0, 19390 - 5500), (0, 5500))
    reverse(standin, transfer)
    found = standin.stripe.transfers.retrieve(transfer.id)
    assert (found.amount_reversed, found.reversed, found.reversals.data[0].amount) == (8500, True, 5500)
    assert [made.amount for made in standin.stripe.transfers.reversals.list(transfer.id).data] == [5500, 3000]
    assert standin.stripe.transfers.reversals.retrieve(transfer.id, first.id).amount == 3000
    assert standin.balance(coach) == (0, 0)


def test_no_more_can_be_reversed_than_is_left(standin):
    coach, charge = standin.coach(), standin.paid(20000)
    transfer = standin.transfer(8500, coach, charge.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        reverse(standin, transfer, amount=8501)
    assert refusal.value.code == "amount_too_large"
    reverse(standin, transfer)
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        reverse(standin, transfer)


def test_what_the_coach_was_paid_out_cannot_be_reversed(standin):
    coach, charge = standin.coach(), standin.paid(20000, "4000000000000077")
    transfer = standin.transfer(8500, coach, charge.id)
    given = {"amount": 8000, "currency": "usd"}
    standin.stripe.payouts.create(given, {"stripe_account": coach, **chosen("payout")})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        reverse(standin, transfer)
    assert refusal.value.code == "balance_insufficient"
    assert reverse(standin, transfer, amount=500).amount == 500
