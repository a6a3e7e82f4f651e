"""A whole story, and the word of an independent referee that every exchange in it fits Stripe's own types."""

import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from stripe_standin.config import Endpoint

from .conftest import DAY, chosen

ROOT = Path(__file__).parents[2]
REFEREE = ROOT.parent / "shared" / "tools" / "stripe_contract"


def test_every_exchange_of_a_whole_story_fits_stripes_types(make_standin, receiver, tmp_path):
    if not (REFEREE / "check").exists():
        pytest.skip("the referee (../shared/tools/stripe_contract) is not here: the exchange log was not checked")
    log = tmp_path / "exchanges.jsonl"
    hooks = [Endpoint(receiver.url, "whsec_a"), Endpoint(receiver.url, "whsec_b", connect=True)]
    standin = make_standin(log=str(log), webhooks=hooks)
    standin.control("pause-deliveries")
    for chapter in (money_comes, money_is_passed_on, money_goes_back, disputes_are_fought, lists_are_read, all_fails):
        chapter(standin)
        standin.control("deliver")
    checked = subprocess.run(
        ["bash", str(REFEREE / "check"), str(log), sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert checked.stdout.strip().endswith(" 0 findings"), checked.stdout[-5000:] + checked.stderr
    assert len(set(receiver.types())) > 25


def money_comes(standin):
    api = standin.stripe
    customer = api.customers.create({"email": "ann@example.com", "name": "Ann"}, chosen("customer"))
    address = {"city": "Bern", "country": "CH", "line1": "Gasse 1"}
    api.customers.update(customer.id, {"metadata": {"a": "1"}, "address": address}, chosen("customer"))
    api.customers.retrieve(customer.id, {"expand": ["sources", "subscriptions"]})
    facts = {"transfer_group": "contract_1", "metadata": {"contract": "1"}}
    session = standin.session(20000, customer=customer.id, payment_intent_data=facts, metadata={"contract": "1"})
    for card in ("4000000000000002", "4000000000003220"):
        standin.control("pay", session=session.id, card=card)
    deep = {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items.data.discounts", "customer"]}
    deep["expand"].append("total_details.breakdown")
    api.checkout.sessions.retrieve(session.id, deep)
    standin.settle()
    found = api.checkout.sessions.retrieve(session.id, deep)
    api.payment_methods.retrieve(found.payment_intent.payment_method)
    api.checkout.sessions.expire(standin.session().id, {}, chosen("expire"))
    guest = standin.session(4000, customer_creation="always", customer_email="bob@example.com")
    standin.control("pay", session=guest.id)
    product = api.products.create({"name": "Plan"}, chosen("product"))
    given = {"product": product.id, "currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}}
    wide = {"expand": ["currency_options", "tiers", "product"]}
    api.prices.retrieve(api.prices.create(given, chosen("price")).id, wide)
    api.products.update(product.id, {"description": "Every month"}, chosen("product"))
    api.products.retrieve(product.id)
    api.products.features.list(product.id)
    gone = api.customers.create({}, chosen("customer"))
    api.customers.delete(gone.id)
    api.customers.retrieve(gone.id)


def money_is_passed_on(standin):
    api, coach = standin.stripe, standin.coach()
    links = {"refresh_url": "https://a.example/", "return_url": "https://b.example/", "type": "account_onboarding"}
    api.account_links.create({"account": coach, **links})
    api.accounts.login_links.create(coach, {}, chosen("login"))
    for bank in api.accounts.external_accounts.list(coach).data:
        api.accounts.external_accounts.retrieve(coach, bank.id)
    for capability in api.accounts.capabilities.list(coach).data:
        api.accounts.capabilities.retrieve(coach, capability.id)
    api.accounts.update(coach, {"metadata": {"coach": "1"}}, chosen("account"))
    api.accounts.retrieve(coach)
    charge = standin.paid(30000, "4000000000000077", payment_intent_data={"transfer_group": "contract_2"})
    standin.settle()
    transfer = standin.transfer(9000, coach, charge.id, transfer_group="contract_2", description="Session 1")
    api.transfers.update(transfer.id, {"metadata": {"session": "1"}}, chosen("transfer"))
    standin.transfer(100, coach)
    options = {"stripe_account": coach}
    api.charges.retrieve(transfer.destination_payment, {"expand": ["balance_transaction"]}, options)
    api.payouts.create({"amount": 2000, "currency": "usd"}, {**options, **chosen("payout")})
    failing = api.payouts.create({"amount": 1000, "currency": "usd"}, {**options, **chosen("payout")})
    cancelled = api.payouts.create({"amount": 1000, "currency": "usd"}, {**options, **chosen("payout")})
    api.payouts.cancel(cancelled.id, {}, {**options, **chosen("payout")})
    standin.control("fail-payout", payout=failing.id)
    reversal = api.transfers.reversals.create(transfer.id, {"amount": 500}, chosen("reversal"))
    api.transfers.reversals.retrieve(transfer.id, reversal.id)
    standin.move_clock(3 * DAY)
    for found in api.payouts.list({}, options).data:
        api.payouts.retrieve(found.id, {"expand": ["balance_transaction", "destination"]}, options)
    standin.control("restrict", account=coach)
    api.accounts.retrieve(coach)
    leaver = standin.coach()
    standin.control("deauthorize", account=leaver)


def money_goes_back(standin):
    api = standin.stripe
    for card in ("4242424242424242", "4000000000005126"):
        charge = standin.paid(8000, card)
        refund = api.refunds.create({"charge": charge.id, "amount": 3000}, chosen("refund"))
        api.refunds.create({"payment_intent": charge.payment_intent, "reason": "duplicate"}, chosen("refund"))
        standin.settle()
        api.refunds.retrieve(refund.id, {"expand": ["charge", "balance_transaction", "payment_intent"]})
        api.charges.retrieve(charge.id, {"expand": ["refunds"]})


def disputes_are_fought(standin):
    api = standin.stripe
    for words in ("winning_evidence", "losing_evidence"):
        charge = standin.paid(8000, "4000000000000259")
        standin.settle()
        dispute = api.disputes.list({"charge": charge.id}).data[0]
        given = {"evidence": {"uncategorized_text": words}, "submit": True}
        api.disputes.update(dispute.id, given, chosen("evidence"))
        standin.settle()
        api.disputes.retrieve(dispute.id)
    given_up = standin.control("dispute", charge=standin.paid(8000).id)
    api.disputes.close(given_up["id"], {}, chosen("close"))


def lists_are_read(standin):
    api = standin.stripe
    api.accounts.retrieve_current()
    customer = api.checkout.sessions.list({"limit": 100}).data[-1].customer
    api.customers.payment_methods.list(customer, {"type": "card"})
    api.balance.retrieve()
    resources = (
        api.accounts, api.balance_transactions, api.charges, api.checkout.sessions, api.customers, api.disputes,
        api.events, api.payment_intents, api.prices, api.products, api.refunds, api.transfers, api.webhook_endpoints,
    )  # fmt: skip
    for resource in resources:
        found = list(resource.list({"limit": 100}).auto_paging_iter())
        assert found
        if resource is not api.accounts:
            resource.retrieve(found[0].id)
    api.events.list({"types": ["charge.updated", "refund.failed"], "created": {"gte": 1}})
    api.balance_transactions.list({"type": "charge", "limit": 3})
    api.transfers.list({"transfer_group": "contract_2"})
    session = api.checkout.sessions.list({"status": "complete"}).data[0]
    api.checkout.sessions.line_items.list(session.id)
    given = {"url": "https://example.com/", "enabled_events": ["customer.created"], "connect": True}
    endpoint = api.webhook_endpoints.create(given, chosen("endpoint"))
    api.webhook_endpoints.delete(endpoint.id)


def all_fails(standin):
    api, refused = standin.stripe, stripe.StripeError
    for mode in ("500_before", "500_after", "429", "timeout_after"):
        standin.control("fail", mode=mode, seconds=0.01)
        with pytest.raises(refused):
            api.customers.create({}, chosen("customer"))
    wrong = (
        lambda: api.customers.retrieve("cus_unknown"),
        lambda: standin.transfer(100, "acct_unknown"),
        lambda: api.refunds.create({"charge": "ch_unknown"}, chosen("refund")),
        lambda: standin.session(10),
    )
    for call in wrong:
        with pytest.raises(refused):
            call()
