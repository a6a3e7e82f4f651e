"""Paging, filters and expand, as Stripe's client uses them."""

import pytest
import stripe

from .conftest import chosen


def customers(standin, count):
    made = [standin.stripe.customers.create({"name": f"{n}"}, chosen("customer")).id for n in range(count)]
    return made[::-1]


def test_lists_are_newest_first_and_say_whether_there_is_more(standin):
    ids = customers(standin, 5)
    page = standin.stripe.customers.list({"limit": 2})
    assert ([found.id for found in page.data], page.has_more) == (ids[:2], True)
    page = standin.stripe.customers.list({"limit": 3, "starting_after": ids[1]})
    assert ([found.id for found in page.data], page.has_more) == (ids[2:], False)


def test_ending_before_goes_back(standin):
    ids = customers(standin, 5)
    page = standin.stripe.customers.list({"limit": 2, "ending_before": ids[3]})
    assert ([found.id for found in page.data], page.has_more) == (ids[1:3], True)


def test_the_client_pages_through_everything(standin):
    ids = customers(standin, 25)
    assert [found.id for found in standin.stripe.customers.list({"limit": 10}).auto_paging_iter()] == ids


def test_ten_are_given_when_nothing_is_said(standin):
    customers(standin, 12)
    assert len(standin.stripe.customers.list().data) == 10


def test_an_unknown_cursor_is_refused(standin):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.stripe.customers.list({"starting_after": "cus_unknown"})
    assert refusal.value.param == "starting_after"


def test_objects_of_one_account_are_not_in_the_lists_of_another(standin):
    coach = standin.coach()
    made = standin.stripe.customers.create({}, {"stripe_account": coach, **chosen("customer")})
    assert standin.stripe.customers.list().data == []
    assert [c.id for c in standin.stripe.customers.list({}, {"stripe_account": coach}).data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError):
        standin.stripe.customers.retrieve(made.id)


def test_expand_reaches_through_lists_and_levels(standin):
    standin.paid()
    standin.settle()
    listed = standin.stripe.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]})
    assert listed.data[0].latest_charge.balance_transaction.fee == 320


def test_what_cannot_be_expanded_is_refused(standin):
    charge = standin.paid()
    for wrong in ("amount", "nothing", "status", "payment_intent.amount"):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            standin.stripe.charges.retrieve(charge.id, {"expand": [wrong]})
        assert refusal.value.http_status == 400


def test_what_is_left_out_of_answers_comes_when_it_is_asked_for(standin):
    session = standin.session(2500)
    plain = standin.api("GET", f"/v1/checkout/sessions/{session.id}")[2]
    assert "line_items" not in plain and "breakdown" not in plain["total_details"]
    wanted = ["line_items.data.discounts", "total_details.breakdown"]
    asked = "&".join(f"expand[]={name}" for name in wanted)
    whole = standin.api("GET", f"/v1/checkout/sessions/{session.id}?{asked}")[2]
    assert whole["line_items"]["data"][0]["discounts"] == []
    assert whole["total_details"]["breakdown"] == {"discounts": [], "taxes": []}
    price = whole["line_items"]["data"][0]["price"]["id"]
    prices = standin.api("GET", f"/v1/prices/{price}?expand[]=currency_options&expand[]=tiers")[2]
    assert prices["currency_options"]["usd"]["unit_amount"] == 2500


def test_a_payout_expands_to_the_bank_account_it_went_to(standin):
    coach = standin.coach()
    standin.transfer(5000, coach, standin.paid(20000, "4000000000000077").id)
    options = {"stripe_account": coach, **chosen("payout")}
    given = {"amount": 3000, "currency": "usd", "expand": ["destination"]}
    bank = standin.stripe.payouts.create(given, options).destination
    assert (bank.object, bank.last4, bank.account) == ("bank_account", "6789", coach)
    assert [found.id for found in standin.stripe.accounts.external_accounts.list(coach).data] == [bank.id]


def test_what_is_null_stays_null_when_expanded(standin):
    charge = standin.paid()
    assert standin.stripe.charges.retrieve(charge.id, {"expand": ["balance_transaction"]}).balance_transaction is None
