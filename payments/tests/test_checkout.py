"""Paying by Checkout: one page, one effect, and the books."""

import pytest

from payments.models import LedgerAccount, LedgerEntry, Payment, Portion
from payments.tests.factories import make_escrow, pay

pytestmark = pytest.mark.django_db


def test_a_paid_page_fills_the_portions_and_the_books(standin, clock):
    escrow = make_escrow()
    payment = pay(escrow, standin, now=clock.now())
    assert payment.state == Payment.State.SUCCEEDED
    assert [portion.state for portion in escrow.portions.all()] == [Portion.State.HELD] * 4
    assert LedgerAccount.objects.get(escrow=escrow).balance_cents == 48000
    entry = LedgerEntry.objects.get(kind=LedgerEntry.Kind.PAID)
    assert (entry.debit.kind, entry.credit.kind, entry.amount_cents) == ("cash", "held", 48000)
    assert entry.stripe_id == payment.charge_id
