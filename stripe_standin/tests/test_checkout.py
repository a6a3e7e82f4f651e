"""Checkout: created by the API, paid on its page, left, declined, authenticated, expired."""

import pytest
import stripe

from .conftest import DAY, chosen, link_in


def test_a_new_session_is_open_and_unpaid_and_has_a_page(standin):
    session = standin.session(20000, client_reference_id="contract-1", metadata={"contract": "1"})
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 20000)
    assert (session.client_reference_id, session.metadata["contract"]) == ("contract-1", "1")
    assert session.payment_intent is None
    assert session.url == f"{standin.server.address}/c/pay/{session.id}"


def test_the_page_shows_what_is_bought_and_that_no_money_is_real(standin):
    status, _, page = standin.open(standin.session(20000).url)
    assert status == 200
    assert "Pay 200.00 USD" in page and "Four sessions" in page
    assert "Stand-in for Stripe: no real money" in page
    assert link_in(page, "Go back") == "https://shop.example/back"


def test_paying_leads_back_to_the_shop_with_the_session_in_the_address(standin):
    session = standin.session(20000)
    status, where, _ = standin.submit(session.url, card="4242424242424242", email="ann@example.com", name="Ann")
    assert (status, where) == (303, f"https://shop.example/paid?session={session.id}")
    expanded = standin.stripe.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (expanded.status, expanded.payment_status, expanded.url) == ("complete", "paid", None)
    assert expanded.payment_intent.status == "succeeded"
    charge = expanded.payment_intent.latest_charge
    assert (charge.amount, charge.paid, charge.payment_method_details.card.last4) == (20000, True, "4242")
    assert (charge.billing_details.email, charge.billing_details.name) == ("ann@example.com", "Ann")


def test_facts_for_the_payment_reach_intent_and_charge(standin):
    charge = standin.paid(payment_intent_data={"transfer_group": "contract_7", "metadata": {"contract": "7"}})
    intent = standin.stripe.payment_intents.retrieve(charge.payment_intent)
    assert (charge.transfer_group, charge.metadata["contract"]) == ("contract_7", "7")
    assert (intent.transfer_group, intent.metadata["contract"]) == ("contract_7", "7")


@pytest.mark.parametrize(
    ("card", "decline_code", "words"),
    [
        ("4000000000000002", "generic_decline", "Your card was declined."),
        ("4000000000009995", "insufficient_funds", "Your card has insufficient funds."),
    ],
)
def test_a_declined_card_is_told_and_another_may_be_tried(standin, card, decline_code, words):
    session = standin.session()
    status, where, _ = standin.submit(session.url, card=card)
    assert (status, where) == (303, session.url)
    assert words in standin.open(session.url)[2]
    tried = standin.stripe.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (tried.status, tried.payment_status) == ("open", "unpaid")
    assert tried.payment_intent.status == "requires_payment_method"
    assert tried.payment_intent.last_payment_error.decline_code == decline_code
    assert tried.payment_intent.latest_charge.status == "failed"
    standin.submit(session.url, card="4242424242424242")
    assert standin.stripe.payment_intents.retrieve(tried.payment_intent.id).status == "succeeded"


def test_3d_secure_is_asked_for_and_pays_when_passed(standin):
    session = standin.session()
    _, where, _ = standin.submit(session.url, card="4000000000003220")
    assert where == f"{session.url}/authenticate"
    assert "3-D Secure" in standin.open(where)[2]
    assert standin.stripe.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    _, where, _ = standin.submit(where, outcome="complete")
    assert where.startswith("https://shop.example/paid")
    found = standin.stripe.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    details = found.payment_intent.latest_charge.payment_method_details.card
    assert (found.payment_status, details.three_d_secure.result) == ("paid", "authenticated")


def test_3d_secure_that_fails_leaves_the_session_open(standin):
    session = standin.session()
    _, where, _ = standin.submit(session.url, card="4000000000003220")
    assert standin.submit(where, outcome="fail")[1] == session.url
    assert "unable to authenticate" in standin.open(session.url)[2]
    assert standin.stripe.checkout.sessions.retrieve(session.id).status == "open"


def test_who_paid_is_known_from_the_try_that_succeeded(standin):
    session = standin.session()
    standin.submit(session.url, card="4000000000000002", email="wrong@example.com")
    assert standin.stripe.checkout.sessions.retrieve(session.id).customer_details is None
    standin.submit(session.url, card="4242424242424242", email="ann@example.com", name="Ann")
    details = standin.stripe.checkout.sessions.retrieve(session.id).customer_details
    assert (details.email, details.name) == ("ann@example.com", "Ann")


def test_a_customer_is_made_only_when_wished(standin):
    guest = standin.session(customer_email="ann@example.com")
    standin.control("pay", session=guest.id)
    assert standin.stripe.checkout.sessions.retrieve(guest.id).customer is None
    kept = standin.session(customer_email="ann@example.com", customer_creation="always")
    charge = standin.stripe.charges.retrieve(standin.control("pay", session=kept.id)["charge"])
    customer = standin.stripe.checkout.sessions.retrieve(kept.id, {"expand": ["customer"]}).customer
    assert (customer.email, charge.customer) == ("ann@example.com", customer.id)


def test_paying_twice_charges_once(standin):
    session = standin.session()
    ways = [standin.submit(session.url, card="4242424242424242")[1] for _ in range(2)]
    assert ways[0] == ways[1] == f"https://shop.example/paid?session={session.id}"
    assert len(standin.stripe.charges.list().data) == 1
    assert "Already paid" in standin.open(session.url)[2]


def test_an_expired_session_cannot_be_paid(standin):
    session = standin.session()
    standin.stripe.checkout.sessions.expire(session.id, {}, chosen("expire"))
    assert "expired" in standin.open(session.url)[2]
    assert standin.submit(session.url, card="4242424242424242")[1] == session.url
    assert standin.stripe.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    assert standin.stripe.charges.list().data == []


def test_a_paid_session_cannot_be_expired(standin):
    session = standin.session()
    standin.control("pay", session=session.id)
    with pytest.raises(stripe.InvalidRequestError, match="This one is complete"):
        standin.stripe.checkout.sessions.expire(session.id, {}, chosen("expire"))


def test_a_session_expires_by_itself_after_a_day_with_what_was_tried_in_it(standin):
    session = standin.session()
    standin.submit(session.url, card="4000000000000002")
    standin.move_clock(DAY + 1)
    found = standin.stripe.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (found.status, found.url, found.payment_intent.status) == ("expired", None, "canceled")


def test_expiry_is_half_an_hour_to_a_day_away(standin):
    now = standin.world.now()
    assert standin.session(expires_at=now + 1800).expires_at == now + 1800
    for wrong in (now + 600, now + 2 * DAY):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            standin.session(expires_at=wrong)
        assert refusal.value.param == "expires_at"


def test_line_items_are_listed_and_included_when_asked_for(standin):
    session = standin.session(2500)
    listed = standin.stripe.checkout.sessions.line_items.list(session.id).data
    assert [(item.description, item.amount_total, item.quantity) for item in listed] == [("Four sessions", 2500, 1)]
    included = standin.stripe.checkout.sessions.retrieve(session.id, {"expand": ["line_items.data.price.product"]})
    assert included.line_items.data[0].price.product.name == "Four sessions"


def test_an_amount_below_the_smallest_is_refused(standin):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.session(49)
    assert refusal.value.code == "amount_too_small"


def test_a_currency_without_cents_is_charged_in_whole_units(standin):
    session = standin.session(5000, "jpy")
    assert "Pay 5,000 JPY" in standin.open(session.url)[2]
    charge = standin.control("pay", session=session.id)["charge"]
    standin.settle()
    found = standin.stripe.charges.retrieve(charge, {"expand": ["balance_transaction"]})
    assert (found.amount, found.balance_transaction.fee, found.balance_transaction.net) == (5000, 175, 4825)


def test_the_receipt_is_a_page(standin):
    charge = standin.paid(20000)
    status, _, page = standin.open(charge.receipt_url)
    assert status == 200 and "200.00 USD" in page and "Visa ending in 4242" in page
