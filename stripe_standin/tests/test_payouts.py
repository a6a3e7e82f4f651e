"""Payouts of connected accounts: asked for, automatic, failed, cancelled."""

import pytest
import stripe

from .conftest import DAY, chosen


def rich_coach(standin, interval="manual"):
    coach = standin.coach(settings={"payouts": {"schedule": {"interval": interval}}})
    standin.transfer(5000, coach, standin.paid(20000, "4000000000000077").id)
    return coach


def pay_out(standin, coach, amount):
    options = {"stripe_account": coach, **chosen("payout")}
    return standin.stripe.payouts.create({"amount": amount, "currency": "usd"}, options)


def types(standin, coach):
    events = standin.stripe.events.list({"limit": 50}, {"stripe_account": coach}).data
    return [event.type for event in reversed(events) if event.type.startswith("payout")]


def test_a_payout_arrives_a_day_later(standin):
    coach = rich_coach(standin)
    payout = pay_out(standin, coach, 3000)
    assert (payout.status, standin.balance(coach)) == ("pending", (2000, 0))
    standin.move_clock(DAY + 1)
    found = standin.stripe.payouts.retrieve(payout.id, {}, {"stripe_account": coach})
    assert found.status == "paid"
    assert types(standin, coach) == ["payout.created", "payout.updated", "payout.paid"]


def test_no_more_than_is_available_is_paid_out(standin):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        pay_out(standin, rich_coach(standin), 5001)
    assert refusal.value.code == "balance_insufficient"


def test_a_pending_payout_can_be_cancelled(standin):
    coach = rich_coach(standin)
    payout = pay_out(standin, coach, 3000)
    options = {"stripe_account": coach, **chosen("cancel")}
    assert standin.stripe.payouts.cancel(payout.id, {}, options).status == "canceled"
    assert standin.balance(coach) == (5000, 0)


def test_a_failed_payout_is_back_in_the_balance(standin):
    coach = rich_coach(standin)
    payout = pay_out(standin, coach, 3000)
    standin.control("fail-payout", payout=payout.id)
    found = standin.stripe.payouts.retrieve(payout.id, {}, {"stripe_account": coach})
    assert (found.status, found.failure_code) == ("failed", "account_closed")
    assert standin.balance(coach) == (5000, 0)


def test_a_daily_account_is_paid_out_on_the_day_after(standin):
    coach = rich_coach(standin, "daily")
    standin.move_clock(DAY)
    payouts = standin.stripe.payouts.list({}, {"stripe_account": coach}).data
    assert [(payout.amount, payout.automatic) for payout in payouts] == [(5000, True)]
    assert standin.balance(coach) == (0, 0)


def test_a_manual_account_is_not(standin):
    coach = rich_coach(standin)
    standin.move_clock(5 * DAY)
    assert standin.stripe.payouts.list({}, {"stripe_account": coach}).data == []
