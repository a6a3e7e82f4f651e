"""Each truth can be broken, and is then found: by name, and alone where it stands alone."""

from datetime import UTC, datetime

import pgtrigger
import pytest
from django.db import connection

from accounts.tests.factories import CoachFactory
from payments import operations
from payments.models import Escrow, LedgerAccount, LedgerEntry, Payment, Portion, Refund, RefundPart, Transfer
from payments.operations import ledger
from payments.tests.factories import broken, make_escrow, onboard, pay, portion_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def escrow(standin, clock, drain):
    """One portion transferred, one refunded, one coming back, one held."""
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    operations.refund([portion_of(escrow, 2)], reason="x", by=None, now=clock.now())
    clock.advance(days=8)
    drain()
    operations.refund([portion_of(escrow, 3)], reason="x", by=None, now=clock.now())
    assert broken() == {}
    return escrow


def rewrite_the_books(statement, *facts):
    """What nobody can do to the append-only table, but a restored backup might."""
    with pgtrigger.ignore("payments.LedgerEntry:ledger_append_only"), connection.cursor() as cursor:
        cursor.execute(statement, facts)


def post(escrow, debit, credit, kind, cents=100, stripe_id="x_1"):
    LedgerEntry.objects.create(
        debit=debit, credit=credit, amount_cents=cents, key=f"test:{kind}", kind=kind, escrow=escrow,
        stripe_id=stripe_id, made_at=NOW,
    )  # fmt: skip


def lose_an_entry(escrow):
    rewrite_the_books("DELETE FROM payments_ledgerentry WHERE kind = 'refunded'")


def mix_currencies(escrow):
    post(escrow, ledger.cash("usd"), ledger.fees("eur"), "stripe_fee")


def move_cash_without_stripe(escrow):
    post(escrow, ledger.stripe_fees("usd"), ledger.cash("usd"), "stripe_fee", stripe_id="")


def move_cash_by_a_release(escrow):
    post(None, ledger.stripe_fees("usd"), ledger.cash("usd"), "released")


def tamper_a_balance(escrow):
    LedgerAccount.objects.filter(escrow=escrow).update(balance_cents=1)


def change_a_portion(escrow):
    Portion.objects.filter(escrow=escrow, number=4).update(gross_cents=11000)


def release_without_books(escrow):
    Portion.objects.filter(escrow=escrow, number=4).update(state="released")


def hold_what_was_refunded(escrow):
    Portion.objects.filter(escrow=escrow, number=2).update(state="held")


def transfer_another_amount(escrow):
    Transfer.objects.update(amount_cents=10201)


def transfer_what_is_held(escrow):
    Transfer.objects.update(portion=portion_of(escrow, 4))


def forget_a_transfer(escrow):
    Transfer.objects.update(state="refused")


def owe_a_coach_more(escrow):
    account = ledger.owed_to(escrow.payee, "usd")
    post(escrow, ledger.held(escrow), account, "released")
    LedgerAccount.objects.filter(pk=account.pk).update(balance_cents=7)


def divide_a_refund_wrongly(escrow):
    RefundPart.objects.update(amount_cents=11999)


def refund_more_than_was_paid(escrow):
    payment = Payment.objects.get()
    Refund.objects.create(payment=payment, amount_cents=48000, reason="x", planned_at=NOW, due_at=NOW, state="made")


def lose_a_refund_on_its_way(escrow):
    Refund.objects.filter(state="planned").update(state="refused")


@pytest.mark.parametrize(
    ("breaking", "name"),
    [
        (lose_an_entry, "ledger: a kept balance is the sum of its entries, and nobody owes below zero"),
        (tamper_a_balance, "ledger: a kept balance is the sum of its entries, and nobody owes below zero"),
        (mix_currencies, "ledger: an entry stays within one currency"),
        (mix_currencies, "ledger: all accounts of a currency add up to zero"),
        (move_cash_without_stripe, "ledger: every cash entry names its object at Stripe"),
        (move_cash_by_a_release, "ledger: every cash entry names its object at Stripe"),
        (tamper_a_balance, "escrow: paid = released + fee + refunded + held"),
        (lose_an_entry, "escrow: paid = released + fee + refunded + held"),
        (change_a_portion, "escrow: held = its held and returning portions + surplus that no portion takes"),
        (release_without_books, "portion: goes one way only, and once"),
        (hold_what_was_refunded, "portion: goes one way only, and once"),
        (transfer_another_amount, "transfer: at most one made for a portion, of a released one, and of its net"),
        (transfer_what_is_held, "transfer: at most one made for a portion, of a released one, and of its net"),
        (forget_a_transfer, "transfer: every released portion has one on its way"),
        (owe_a_coach_more, "coach: owed = released - transferred"),
        (divide_a_refund_wrongly, "refund: its parts add up to it, and all refunds of a payment to no more than it"),
        (refund_more_than_was_paid, "refund: its parts add up to it, and all refunds of a payment to no more than it"),
        (lose_a_refund_on_its_way, "refund: a portion on its way back belongs to one refund that is on its way"),
    ],
)
def test_a_broken_truth_is_found(escrow, breaking, name):
    breaking(escrow)
    assert name in broken()


def test_an_empty_house_and_one_where_nothing_is_paid_are_in_order():
    assert broken() == {}
    make_escrow(payee=CoachFactory())
    assert Escrow.objects.count() == 1
    assert broken() == {}
