"""Money by API: words, amounts, strangers, pages."""

import pytest
from rest_framework.test import APIClient

from accounts.tests.factories import CoachFactory, StudentFactory
from payments import operations
from payments.models import ConnectAccount
from payments.tests.factories import make_escrow, onboard, pay, portion_of

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def as_(client):
    def sign_in(user):
        api = APIClient()
        api.force_authenticate(user)
        return api

    return sign_in


@pytest.fixture
def escrow(standin, clock, drain):
    """Paid, one part transferred, one given back."""
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    clock.advance(days=8)
    operations.refund([portion_of(escrow, 2)], reason="x", by=None, now=clock.now())
    drain()
    return escrow


@pytest.mark.parametrize("path", ["connect/status", "transactions", "payouts"])
def test_strangers_must_sign_in(path):
    assert APIClient().get(f"{V1}/{path}/").status_code == 401
    assert APIClient().post(f"{V1}/connect/onboard/").status_code == 401


def test_a_student_is_not_paid(as_):
    student = as_(StudentFactory())
    for answer in (student.get(f"{V1}/connect/status/"), student.post(f"{V1}/connect/onboard/")):
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_onboarding_gives_a_link_and_the_same_key_the_same_link(as_, standin):
    coach = as_(CoachFactory())
    first, again = (coach.post(f"{V1}/connect/onboard/", headers={"Idempotency-Key": "k1"}) for _ in range(2))
    other = coach.post(f"{V1}/connect/onboard/")
    assert first.status_code == again.status_code == other.status_code == 200
    assert first.json() == again.json() != other.json()
    assert ConnectAccount.objects.count() == 1


def test_onboarding_without_stripe_is_a_refusal_with_a_code(as_, standin):
    standin.post("fail", mode="429", path_contains="/v1/accounts", method="POST")
    answer = as_(CoachFactory()).post(f"{V1}/connect/onboard/")
    assert (answer.status_code, answer.json()["code"]) == (409, "stripe_unreachable")


def test_the_status_of_a_coach_without_an_account(as_):
    body = as_(CoachFactory()).get(f"{V1}/connect/status/").json()
    assert body == {
        "status": "none",
        "detail": "You have no account at Stripe yet.",
        "details_submitted": False,
        "payouts_enabled": False,
        "transfers_active": False,
        "requirements_due": [],
        "checked_at": None,
        "balances": [],
    }


def test_the_status_of_a_coach_with_money(as_, escrow):
    body = as_(escrow.payee).get(f"{V1}/connect/status/").json()
    assert (body["status"], body["checked_at"][-1]) == ("active", "Z")
    usd = {"currency": "usd"}
    assert body["balances"] == [
        {
            "held": {"amount_cents": 20400} | usd,
            "owed": {"amount_cents": 0} | usd,
            "sent": {"amount_cents": 10200} | usd,
        }
    ]


def test_what_a_student_paid_and_got_back(as_, escrow):
    body = as_(escrow.payer).get(f"{V1}/transactions/").json()
    assert (body["next"], body["previous"]) == (None, None)
    lines = [
        (row["type"], row["status"], row["amount"]["amount_cents"], row["contract_number"]) for row in body["results"]
    ]
    assert lines == [
        ("refund", "succeeded", 12000, escrow.label),
        ("contract", "partially_refunded", 48000, escrow.label),
    ]


def test_what_was_sent_to_a_coach(as_, escrow):
    api = as_(escrow.payee)
    (row,) = api.get(f"{V1}/transactions/").json()["results"]
    assert (row["type"], row["status"], row["amount"]) == (
        "transfer",
        "succeeded",
        {"amount_cents": 10200, "currency": "usd"},
    )
    (payout,) = api.get(f"{V1}/payouts/").json()["results"]
    assert (payout["amount"], payout["contract_number"], payout["part"]) == (row["amount"], escrow.label, 1)
    assert payout["stripe_id"].startswith("tr_")


def test_nobody_sees_the_money_of_others(as_, escrow):
    for stranger in (StudentFactory(), CoachFactory()):
        assert as_(stranger).get(f"{V1}/transactions/").json()["results"] == []
        assert as_(stranger).get(f"{V1}/payouts/").json()["results"] == []


def test_pages_of_transactions_leave_none_out_and_show_none_twice(as_, standin, clock):
    payer = StudentFactory()
    for _each in range(3):
        escrow = make_escrow(payer=payer)
        pay(escrow, standin, now=clock.now())
        operations.refund(list(escrow.portions.all()), reason="x", by=None, now=clock.now())
    api, seen, url = as_(payer), [], f"{V1}/transactions/?page_size=2"
    while url:
        body = api.get(url).json()
        assert len(body["results"]) == 2
        seen += [row["id"] for row in body["results"]]
        url = body["next"]
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize(
    ("query", "field"), [("cursor=nonsense", "cursor"), ("cursor=%FF", "cursor"), ("page_size=x", "page_size")]
)
def test_a_page_that_cannot_be_read_is_400(as_, query, field):
    answer = as_(StudentFactory()).get(f"{V1}/transactions/?{query}")
    assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (400, "invalid", [field])


def test_a_list_costs_the_same_for_one_and_for_twenty(as_, standin, clock, django_assert_num_queries):
    escrow = make_escrow(parts=20)
    pay(escrow, standin, now=clock.now())
    api = as_(escrow.payer)
    with django_assert_num_queries(3):
        api.get(f"{V1}/transactions/")
    for portion in escrow.portions.all():
        operations.refund([portion], reason="x", by=None, now=clock.now())
    with django_assert_num_queries(3):
        assert len(api.get(f"{V1}/transactions/").json()["results"]) == 20
