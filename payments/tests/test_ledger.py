"""The books: once for each key, append-only, never below zero."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.tests.factories import CoachFactory
from payments.models import LedgerAccount, LedgerEntry
from payments.operations import ledger
from payments.tests.factories import broken, make_escrow

pytestmark = pytest.mark.django_db
Kind = LedgerEntry.Kind


def pay_in(escrow, cents, now, key="paid:1"):
    cash, held = ledger.cash("usd"), ledger.held(escrow)
    facts = {"key": key, "kind": Kind.PAID, "escrow": escrow, "stripe_id": "ch_1", "now": now}
    return ledger.post(debit=cash, credit=held, amount_cents=cents, **facts)


def test_an_entry_moves_the_kept_balance(clock):
    escrow = make_escrow()
    pay_in(escrow, 48000, clock.now())
    assert LedgerAccount.objects.get(escrow=escrow).balance_cents == 48000
    assert LedgerAccount.objects.get(kind="cash").balance_cents == 0, "cash is a sum, not a kept balance"


def test_the_same_key_again_changes_nothing(clock):
    escrow = make_escrow()
    first = pay_in(escrow, 48000, clock.now())
    assert pay_in(escrow, 48000, clock.now()) == first
    assert LedgerEntry.objects.count() == 1
    assert LedgerAccount.objects.get(escrow=escrow).balance_cents == 48000


def test_the_same_key_with_another_amount_is_a_mistake_of_ours(clock):
    escrow = make_escrow()
    pay_in(escrow, 48000, clock.now())
    with pytest.raises(ledger.BooksDiffer):
        pay_in(escrow, 48001, clock.now())


def test_a_release_moves_a_debt_from_the_student_to_the_coach(clock):
    escrow = make_escrow()
    pay_in(escrow, 48000, clock.now())
    held, coach = ledger.held(escrow), ledger.owed_to(escrow.payee, "usd")
    facts = {"key": "released:1", "kind": Kind.RELEASED, "escrow": escrow, "now": clock.now()}
    ledger.post(debit=held, credit=coach, amount_cents=10200, **facts)
    assert LedgerAccount.objects.get(pk=held.pk).balance_cents == 37800
    assert LedgerAccount.objects.get(pk=coach.pk).balance_cents == 10200


@pytest.mark.parametrize(
    "statement", ["UPDATE payments_ledgerentry SET amount_cents = 1", "DELETE FROM payments_ledgerentry"]
)
def test_the_database_refuses_to_rewrite_the_books(clock, statement):
    pay_in(make_escrow(), 48000, clock.now())
    with pytest.raises(DatabaseError, match="ledger_append_only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert LedgerEntry.objects.get().amount_cents == 48000


def test_the_database_refuses_a_debt_below_zero(clock):
    escrow = make_escrow()
    pay_in(escrow, 100, clock.now())
    facts = {"key": "refunded:1", "kind": Kind.REFUNDED, "escrow": escrow, "stripe_id": "re_1", "now": clock.now()}
    with pytest.raises(IntegrityError, match="nobody_owes_below_zero"), transaction.atomic():
        ledger.post(debit=ledger.held(escrow), credit=ledger.cash("usd"), amount_cents=101, **facts)
    assert LedgerAccount.objects.get(escrow=escrow).balance_cents == 100


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"amount_cents": 0}, "entry_moves_something"), ({"credit": "debit"}, "entry_moves_between_two_accounts")],
)
def test_the_database_refuses_an_entry_that_moves_nothing(clock, change, constraint):
    cash, fees = ledger.cash("usd"), ledger.fees("usd")
    facts = {"debit": cash, "credit": fees, "amount_cents": 1, "key": "x", "kind": Kind.FEE, "made_at": clock.now()}
    facts |= {"credit": cash} if change.get("credit") else change
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LedgerEntry.objects.create(**facts)


def test_the_database_knows_one_account_of_each_kind():
    coach = CoachFactory()
    assert ledger.owed_to(coach, "usd") == ledger.owed_to(coach, "usd")
    assert ledger.cash("usd") == ledger.cash("usd") != ledger.cash("eur")
    with pytest.raises(IntegrityError, match="one_platform_account_per_kind_and_currency"), transaction.atomic():
        LedgerAccount.objects.create(kind="cash", currency="usd")


def test_a_held_account_needs_its_escrow():
    with pytest.raises(IntegrityError, match="ledger_account_has_its_owner"), transaction.atomic():
        LedgerAccount.objects.create(kind="held", currency="usd")


def test_a_tampered_balance_is_found(clock):
    escrow = make_escrow()
    assert broken() == {}
    LedgerAccount.objects.filter(escrow=escrow).update(balance_cents=1)
    assert "ledger: a kept balance is the sum of its entries, and nobody owes below zero" in broken()
