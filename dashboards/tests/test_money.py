"""The numbers on the money pages are those of the ledger, to the cent, and only for the two parties."""

import re

import pytest
from django.db.models import Sum

from accounts.tests.factories import StudentFactory
from contracts.tests.factories import active, held_session, sent
from dashboards.money import equations, totals
from payments.models import Escrow, LedgerEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(standin, clock, drain):
    """$200 paid in four: one released, one refunded, two held."""
    contract = active(standin)
    held_session(contract, clock, number=1)
    held_session(contract, clock, number=2, who="student")
    clock.advance(hours=25)
    drain()
    return contract


def ledger(kind):
    return LedgerEntry.objects.filter(kind=kind).aggregate(sum=Sum("amount_cents"))["sum"] or 0


def page_of(client, person, path="/money/"):
    client.force_login(person)
    return client.get(path).content.decode()


def test_the_equation_is_that_of_the_ledger(contract):
    equation = equations([contract.escrow])[contract.escrow_id]
    assert (equation.paid, equation.released, equation.fee, equation.refunded, equation.held) == (
        ledger("paid"),
        ledger("released"),
        ledger("fee"),
        ledger("refunded"),
        contract.escrow.held_account.balance_cents,
    )
    assert (equation.paid, equation.released, equation.fee, equation.refunded, equation.held) == (
        20000,
        4250,
        750,
        5000,
        10000,
    )


def test_the_picture_is_as_wide_as_what_was_paid(contract):
    parts = equations([contract.escrow])[contract.escrow_id].parts
    assert [(part["key"], part["x"], part["width"]) for part in parts] == [
        ("released", 0, 212),
        ("fee", 212, 38),
        ("refunded", 250, 250),
        ("held", 500, 500),
    ]


def test_sums_are_one_for_each_currency(contract, standin):
    active(standin, request__student=contract.student, currency="eur")
    both = totals(Escrow.objects.filter(payer=contract.student))
    assert [(each.currency, each.paid, each.held) for each in both] == [("eur", 20000, 20000), ("usd", 20000, 10000)]


@pytest.mark.parametrize("party", ["student", "coach"])
@pytest.mark.parametrize("path", ["/money/", "/money/{label}/"])
def test_both_parties_read_the_numbers(client, contract, party, path):
    page = page_of(client, getattr(contract, party), path.format(label=contract.escrow.label))
    for amount in ["$200.00", "$42.50", "$7.50", "$50.00", "$100.00"]:
        assert amount in page


def test_the_detail_lists_the_ledgers_lines(client, contract):
    page = page_of(client, contract.student, f"/money/{contract.escrow.label}/")
    lines = page.partition("The ledger, line by line")[2]
    kinds = re.findall(r"<td>(Paid|Released|Platform fee|Refunded|Transferred|Stripe)", lines)
    assert kinds == ["Paid", "Released", "Platform fee", "Refunded"]


def test_the_coach_reads_why_money_has_not_arrived(client, contract):
    page = page_of(client, contract.coach, f"/money/{contract.escrow.label}/")
    assert "This waits until you have finished the onboarding with Stripe." in page
    assert "This is held until the session is done." in page
    assert "onboarding with Stripe" not in page_of(client, contract.student, f"/money/{contract.escrow.label}/")


def test_a_stranger_finds_nothing(client, contract):
    stranger = StudentFactory()
    client.force_login(stranger)
    assert client.get(f"/money/{contract.escrow.label}/").status_code == 404
    assert contract.escrow.label not in page_of(client, stranger)


def test_a_contract_that_is_not_paid_is_not_listed_but_has_its_page(client):
    contract = sent()
    assert contract.escrow.label not in page_of(client, contract.student)
    assert "Nothing has been paid yet." in page_of(client, contract.student, f"/money/{contract.escrow.label}/")


def test_the_list_asks_the_database_the_same_for_1_and_for_many(client, contract, standin, django_assert_num_queries):
    client.force_login(contract.coach)
    client.get("/money/")
    with django_assert_num_queries(9):
        client.get("/money/")
    for _number in range(4):
        active(standin, coach=contract.coach)
    with django_assert_num_queries(9):
        client.get("/money/")
