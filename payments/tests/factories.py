"""Money in the states that tests begin with."""

from datetime import datetime
from itertools import count
from typing import Any

from accounts.models import User
from accounts.tests.factories import CoachFactory, StudentFactory
from payments import operations
from payments.models import ConnectAccount, Escrow, Payment, Portion
from payments.policy import plan_portions

numbers = count(1)
GOOD, DECLINED, POOR, REFUND_FAILS = "4242424242424242", "4000000000000002", "4000000000009995", "4000000000005126"


def make_escrow(
    *, total: int = 48000, parts: int = 4, fee: int = 1500, currency: str = "usd", **people: User
) -> Escrow:
    """480.00 in four portions of 120.00 with a fee of 18.00 each, of which nothing is paid."""
    return operations.open_escrow(
        payer=people.get("payer") or StudentFactory(),
        payee=people.get("payee") or CoachFactory(),
        currency=currency,
        label=f"TEST-{next(numbers):06d}",
        portions=plan_portions(total, parts, fee),
    )


def open_page(escrow: Escrow, *, now: datetime, amount_cents: int = 0, by: User | None = None) -> Payment:
    """A Checkout page for all that is not paid yet, or for an amount."""
    unfunded = escrow.portions.filter(state=Portion.State.UNFUNDED)
    return operations.start_checkout(
        escrow,
        by=by or escrow.payer,
        amount_cents=amount_cents or sum(portion.gross_cents for portion in unfunded),
        description="Four sessions of Spanish",
        success_url="https://skileez.example/success?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="https://skileez.example/cancel",
        now=now,
    )


def pay(escrow: Escrow, standin: Any, *, now: datetime, card: str = GOOD, amount_cents: int = 0) -> Payment:
    """Open a page, pay on it, and book it as the success page would."""
    payment = open_page(escrow, now=now, amount_cents=amount_cents)
    standin.pay(payment.checkout_session_id, card)
    return operations.settle_checkout(payment.checkout_session_id, now=now)


def onboard(coach: User, standin: Any, *, now: datetime) -> ConnectAccount:
    """A coach whose Stripe account may receive transfers."""
    operations.start_onboarding(
        coach, now=now, return_url="https://skileez.example/r", refresh_url="https://skileez.example/f"
    )
    account = ConnectAccount.objects.get(user=coach)
    standin.onboard(account.stripe_id)
    return operations.refresh_account(account.stripe_id, now=now)


def portion_of(escrow: Escrow, number: int = 1) -> Portion:
    return escrow.portions.get(number=number)


def release_all(escrow: Escrow, *, now: datetime) -> None:
    for portion in escrow.portions.filter(state=Portion.State.HELD):
        operations.release(portion, by=None, now=now)


def broken() -> dict[str, list[Any]]:
    """What is untrue of the books; empty when all is well."""
    from core.registry import invariants

    ours = {name: check for name, check in invariants.items() if check.__module__ == "payments.invariants"}
    assert len(ours) == 12
    return {name: rows for name, check in ours.items() if (rows := list(check()))}


def balances() -> dict[str, int]:
    """What each account holds in cents, assets and costs positive when debited, debts and income when credited."""
    from payments.models import LedgerEntry

    sums: dict[str, int] = {}
    for entry in LedgerEntry.objects.select_related("debit", "credit"):
        for account, cents in ((entry.debit, entry.amount_cents), (entry.credit, -entry.amount_cents)):
            grows_by_debit = account.kind in {"cash", "stripe_fees", "disputed", "losses", "bank"}
            sums[account.kind] = sums.get(account.kind, 0) + (cents if grows_by_debit else -cents)
    return {kind: cents for kind, cents in sums.items() if cents}
