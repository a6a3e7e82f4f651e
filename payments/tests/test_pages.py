"""The coach's payout page, and the way to Stripe and back."""

import pytest
from django.test import Client

from accounts.tests.factories import CoachFactory, StudentFactory
from payments import operations
from payments.models import ConnectAccount, Transfer
from payments.tests.factories import make_escrow, onboard, pay, portion_of, release_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def coach(client):
    coach = CoachFactory()
    client.force_login(coach)
    return coach


@pytest.mark.parametrize("path", ["/payouts/return/", "/payouts/refresh/"])
def test_pages_of_payouts_are_for_coaches_who_are_signed_in(client, path):
    assert client.get(path).status_code == 302
    client.force_login(StudentFactory())
    assert client.get(path).status_code == 404


def test_who_does_not_teach_is_asked_whether_to_begin(client):
    assert client.get("/payouts/").url == "/accounts/login/?next=/payouts/"
    client.force_login(StudentFactory())
    assert client.get("/payouts/").url == "/profile/become/coach/"


@pytest.mark.parametrize("path", ["/payouts/onboard/", "/payouts/dashboard/"])
def test_buttons_of_payouts_are_for_coaches_who_are_signed_in(client, path):
    assert client.get(path).status_code == 302
    client.force_login(StudentFactory())
    assert client.post(path).status_code == 404
    assert client.get(path).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(CoachFactory())
    assert careful.post(path).status_code == 403


def test_a_coach_without_an_account_is_asked_to_connect(client, coach):
    page = client.get("/payouts/").content.decode()
    assert "You have no account at Stripe yet." in page
    assert "Connect with Stripe" in page
    assert "No transfers yet" in page


def test_the_button_leads_to_stripe_and_the_way_back_asks_stripe(client, coach, standin):
    answer = client.post("/payouts/onboard/")
    assert answer.status_code == 302
    assert "/connect/onboarding/" in answer["Location"]
    account = ConnectAccount.objects.get(user=coach)
    page = client.get("/payouts/return/", follow=True).content.decode()
    assert "Finish onboarding" in page, "coming back proves nothing"
    standin.onboard(account.stripe_id)
    page = client.get("/payouts/return/", follow=True).content.decode()
    assert "Stripe can pay you." in page
    assert "Finish onboarding" not in page
    assert "Open Stripe" in page


def test_a_link_that_was_too_old_is_replaced_by_the_next_click_only(client, coach, standin):
    assert client.get("/payouts/refresh/")["Location"] == "/payouts/"
    assert not ConnectAccount.objects.filter(user=coach).exists(), "looking at a page makes no account"
    first = client.post("/payouts/onboard/")["Location"]
    told = client.get("/payouts/refresh/", follow=True).content.decode()
    assert "That link was too old. Please press the button again." in told
    assert client.post("/payouts/onboard/")["Location"] != first


def test_the_way_back_without_an_account_leads_to_the_page(client, coach):
    assert client.get("/payouts/return/")["Location"] == "/payouts/"


def test_the_dashboard_opens_for_a_coach_who_is_onboarded(client, coach, standin, clock):
    assert client.post("/payouts/dashboard/")["Location"] == "/dashboard/", "a message says why"
    onboard(coach, standin, now=clock.now())
    assert "/express/" in client.post("/payouts/dashboard/")["Location"]


def test_when_stripe_is_away_the_coach_is_told(client, coach, standin):
    standin.post("fail", mode="500_before", path_contains="/v1/accounts", method="POST")
    answer = client.post("/payouts/onboard/", headers={"referer": "http://testserver/payouts/"})
    assert answer["Location"] == "http://testserver/payouts/"
    assert "cannot reach Stripe" in client.get("/payouts/").content.decode()


def test_each_transfer_says_where_it_is(client, coach, standin, clock, drain):
    escrow = make_escrow(payee=coach)
    pay(escrow, standin, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    page = client.get("/payouts/").content.decode()
    assert "This waits until you have finished the onboarding with Stripe." in page
    assert "$306.00" in page, "held after our fee"
    assert page.count("$102.00") == 2, "owed, and in the list"
    onboard(coach, standin, now=clock.now())
    assert "wait some days after the first release" in client.get("/payouts/").content.decode()
    clock.advance(days=8)
    drain()
    page = client.get("/payouts/").content.decode()
    assert "waiting" not in page
    assert "sent" in page


def test_a_frozen_and_an_unanswered_transfer_say_so(client, coach, standin, clock):
    escrow = make_escrow(payee=coach)
    pay(escrow, standin, now=clock.now())
    onboard(coach, standin, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    operations.release(portion_of(escrow, 2), by=None, now=clock.now())
    now = clock.advance(days=8)
    assert "This is on its way." in client.get("/payouts/").content.decode()
    operations.freeze(portion_of(escrow, 1), now=now)
    standin.post("fail", mode="timeout_before", path_contains="/v1/transfers", method="POST", seconds=0.1)
    operations.send_transfer(Transfer.objects.get(portion__number=2), now=now)
    page = client.get("/payouts/").content.decode()
    assert "This is frozen while a problem is being solved." in page
    assert "We wait for Stripe&#x27;s answer." in page


def test_nobody_sees_the_transfers_of_others(client, coach, standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    release_all(escrow, now=clock.now())
    page = client.get("/payouts/").content.decode()
    assert escrow.label not in page
    assert "$" not in page


def test_the_list_costs_the_same_for_one_transfer_and_for_twenty(
    client, coach, standin, clock, django_assert_num_queries, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    escrow = make_escrow(payee=coach, parts=20)
    pay(escrow, standin, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    client.get("/payouts/")
    with CaptureQueriesContext(connection) as one:
        client.get("/payouts/")
    release_all(escrow, now=clock.now())
    with django_assert_num_queries(len(one)):
        page = client.get("/payouts/").content.decode()
    assert page.count("$20.40") >= 20
    assert len(one) <= 12
