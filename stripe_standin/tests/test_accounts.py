"""Connected accounts: made, onboarded on a page, restricted, left."""

import pytest
import stripe

from .conftest import chosen


def new_account(standin, **more):
    given = {
        "type": "express",
        "email": "coach@example.com",
        "capabilities": {"transfers": {"requested": True}},
        **more,
    }
    return standin.stripe.accounts.create(given, chosen("account"))


def new_link(standin, account):
    urls = {"refresh_url": "https://shop.example/again", "return_url": "https://shop.example/done"}
    return standin.stripe.account_links.create({"account": account.id, "type": "account_onboarding", **urls})


def test_a_new_account_may_do_nothing(standin):
    account = new_account(standin, metadata={"coach": "7"})
    assert (account.charges_enabled, account.payouts_enabled, account.details_submitted) == (False, False, False)
    assert (account.capabilities.transfers, account.requirements.disabled_reason) == (
        "inactive",
        "requirements.past_due",
    )
    assert "external_account" in account.requirements.currently_due
    assert (account.metadata["coach"], account.country, account.default_currency) == ("7", "US", "usd")


def test_controller_properties_make_an_express_account_too(standin):
    controller = {"fees": {"payer": "application"}, "losses": {"payments": "application"}}
    account = standin.stripe.accounts.create(
        {"controller": {**controller, "stripe_dashboard": {"type": "express"}}, "country": "DE"}, chosen("account")
    )
    assert (account.controller.stripe_dashboard.type, account.default_currency) == ("express", "eur")


def test_finishing_the_page_enables_the_account(standin):
    account = new_account(standin)
    _, visit, _ = standin.open(new_link(standin, account).url)
    assert "Your name or business name" in standin.open(visit)[2]
    assert standin.submit(visit, outcome="finish", name="Coach Carla")[1] == "https://shop.example/done"
    found = standin.stripe.accounts.retrieve(account.id)
    assert (found.charges_enabled, found.payouts_enabled, found.details_submitted) == (True, True, True)
    assert (found.capabilities.transfers, found.requirements.currently_due) == ("active", [])
    assert (found.business_profile.name, found.external_accounts.data[0].last4) == ("Coach Carla", "6789")


def test_capabilities_can_be_read_one_by_one(standin):
    account = new_account(standin)
    found = standin.stripe.accounts.capabilities.retrieve(account.id, "transfers")
    assert (found.status, found.requested, "external_account" in found.requirements.currently_due) == (
        "inactive",
        True,
        True,
    )
    standin.control("onboard", account=account.id)
    listed = standin.stripe.accounts.capabilities.list(account.id).data
    assert [(one.id, one.status, one.requirements.currently_due) for one in listed] == [("transfers", "active", [])]


def test_finishing_later_changes_nothing(standin):
    account = new_account(standin)
    _, visit, _ = standin.open(new_link(standin, account).url)
    assert standin.submit(visit, outcome="later")[1] == "https://shop.example/done"
    assert standin.stripe.accounts.retrieve(account.id).details_submitted is False


def test_needing_more_leaves_requirements_and_no_payouts(standin):
    account = new_account(standin)
    _, visit, _ = standin.open(new_link(standin, account).url)
    standin.submit(visit, outcome="more")
    found = standin.stripe.accounts.retrieve(account.id)
    assert (found.details_submitted, found.payouts_enabled, found.capabilities.transfers) == (True, False, "inactive")
    assert found.requirements.past_due == ["individual.verification.document"]


def test_a_link_opens_once(standin):
    link = new_link(standin, new_account(standin))
    assert "/connect/visit/" in standin.open(link.url)[1]
    assert standin.open(link.url)[1] == "https://shop.example/again"


def test_a_link_is_too_old_after_five_minutes(standin):
    link = new_link(standin, new_account(standin))
    assert link.expires_at - link.created == 300
    standin.move_clock(301)
    assert standin.open(link.url)[1] == "https://shop.example/again"


def test_the_platform_knows_its_own_account(standin):
    own = standin.stripe.accounts.retrieve_current()
    coach = standin.coach()
    assert own.type == "standard" and own.charges_enabled
    assert [account.id for account in standin.stripe.accounts.list().data] == [coach]


def test_updating_an_account_tells_what_changed(standin):
    account = new_account(standin, metadata={"coach": "7"})
    standin.stripe.accounts.update(account.id, {"metadata": {"coach": "8"}}, chosen("account"))
    event = standin.stripe.events.list({"type": "account.updated"}, {"stripe_account": account.id}).data[0]
    assert (event.account, event.data.object["metadata"]["coach"]) == (account.id, "8")
    assert event.data.previous_attributes["metadata"]["coach"] == "7"


def test_acting_for_an_account_that_is_not_ours_is_refused(standin):
    with pytest.raises(stripe.PermissionError) as refusal:
        standin.stripe.balance.retrieve({}, {"stripe_account": "acct_unknown"})
    assert refusal.value.http_status == 403


def test_the_express_dashboard_shows_money_and_pays_it_out(standin):
    coach = standin.coach(settings={"payouts": {"schedule": {"interval": "manual"}}})
    charge = standin.paid(20000, "4000000000000077")
    standin.transfer(5000, coach, charge.id, description="Session 1")
    url = standin.stripe.accounts.login_links.create(coach, {}, chosen("login")).url
    page = standin.open(url)[2]
    assert "Session 1" in page and "50.00 USD" in page and "Pay out now" in page
    standin.submit(url, currency="usd")
    payout = standin.stripe.payouts.list({}, {"stripe_account": coach}).data[0]
    assert (payout.amount, payout.status, payout.automatic) == (5000, "pending", False)
    assert standin.balance(coach) == (0, 0)


def test_no_dashboard_before_onboarding(standin):
    with pytest.raises(stripe.InvalidRequestError, match="not completed onboarding"):
        standin.stripe.accounts.login_links.create(new_account(standin).id, {}, chosen("login"))


def test_an_account_that_leaves_tells_so_and_is_gone(standin):
    coach = standin.coach()
    standin.control("deauthorize", account=coach)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.stripe.accounts.retrieve(coach)
    assert refusal.value.code == "resource_missing"
