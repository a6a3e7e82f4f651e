"""The books: one entry moves one amount from one account to another, once for each key."""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from core.models import locked
from payments.models import Escrow, LedgerAccount, LedgerEntry, Portion

Kind = LedgerAccount.Kind


class BooksDiffer(Exception):
    """An entry exists under this key, but says something else: a mistake of ours, nothing is posted."""


def post(
    *,
    debit: LedgerAccount,
    credit: LedgerAccount,
    amount_cents: int,
    key: str,
    kind: str,
    now: datetime,
    escrow: Escrow | None = None,
    portion: Portion | None = None,
    stripe_id: str = "",
) -> LedgerEntry:
    """Move an amount and the cached balances with it; the same key again changes nothing."""
    lock_accounts(debit, credit)
    facts = {"debit": debit, "credit": credit, "amount_cents": amount_cents, "kind": kind, "made_at": now}
    about = {"escrow": escrow, "portion": portion, "stripe_id": stripe_id}
    entry, fresh = LedgerEntry.objects.get_or_create(key=key, defaults=facts | about)
    if fresh:
        _move(debit, -amount_cents)
        _move(credit, amount_cents)
    elif (entry.debit_id, entry.credit_id, entry.amount_cents) != (debit.pk, credit.pk, amount_cents):
        raise BooksDiffer(key)
    return entry


def lock_accounts(*accounts: LedgerAccount) -> None:
    """Lock those that keep a balance, in primary-key order."""
    for account in sorted((account for account in accounts if _is_cached(account)), key=lambda account: account.pk):
        locked(account)


def cash(currency: str) -> LedgerAccount:
    return _platform(Kind.CASH, currency)


def fees(currency: str) -> LedgerAccount:
    return _platform(Kind.FEES, currency)


def stripe_fees(currency: str) -> LedgerAccount:
    return _platform(Kind.STRIPE_FEES, currency)


def held(escrow: Escrow) -> LedgerAccount:
    """The account of what an escrow holds."""
    facts = {"currency": escrow.currency, "kind": Kind.HELD}
    return LedgerAccount.objects.get_or_create(escrow=escrow, defaults=facts)[0]


def owed_to(coach: User, currency: str) -> LedgerAccount:
    """The account of what was released to a coach and not transferred yet."""
    return LedgerAccount.objects.get_or_create(kind=Kind.COACH, coach=coach, currency=currency)[0]


def _platform(kind: str, currency: str) -> LedgerAccount:
    return LedgerAccount.objects.get_or_create(kind=kind, currency=currency, escrow=None, coach=None)[0]


def _is_cached(account: LedgerAccount) -> bool:
    return account.kind in LedgerAccount.CACHED


def _move(account: LedgerAccount, cents: int) -> None:
    """Held and coach accounts are debts: they grow by credit."""
    if _is_cached(account):
        LedgerAccount.objects.filter(pk=account.pk).update(balance_cents=F("balance_cents") + cents)
