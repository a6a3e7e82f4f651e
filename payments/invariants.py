"""Truths of the books, recomputed from the rows."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.registry import invariant
from payments.models import Escrow, LedgerAccount, LedgerEntry, Payment, Portion, Refund, Transfer

Rows = Iterable[Any]
Kind = LedgerEntry.Kind
WITH_STRIPE = [Kind.PAID, Kind.STRIPE_FEE, Kind.TRANSFERRED, Kind.REFUNDED, Kind.REFUND_FAILED]


@invariant("ledger: a kept balance is the sum of its entries, and nobody owes below zero")
def balances_are_sums() -> Rows:
    cached = LedgerAccount.objects.filter(kind__in=LedgerAccount.CACHED).annotate(
        entries=sum_of_entries("credit") - sum_of_entries("debit")
    )
    return cached.exclude(entries=F("balance_cents"), balance_cents__gte=0).values(
        "pk", "kind", "balance_cents", "entries"
    )


@invariant("ledger: all accounts of a currency add up to zero")
def books_balance() -> Rows:
    accounts = LedgerAccount.objects.annotate(net=sum_of_entries("debit") - sum_of_entries("credit"))
    return accounts.values("currency").annotate(total=Sum("net")).exclude(total=0).values("currency", "total")


@invariant("ledger: an entry stays within one currency")
def currencies_do_not_mix() -> Rows:
    return LedgerEntry.objects.exclude(debit__currency=F("credit__currency")).values("pk", "debit", "credit")


@invariant("ledger: every cash entry names its object at Stripe")
def cash_is_at_stripe() -> Rows:
    cash = LedgerEntry.objects.filter(Q(debit__kind="cash") | Q(credit__kind="cash"))
    return (cash.filter(stripe_id="") | cash.exclude(kind__in=WITH_STRIPE)).values("pk", "kind", "key")


@invariant("escrow: paid = released + fee + refunded + held")
def nothing_is_lost() -> Rows:
    escrows = Escrow.objects.annotate(
        sum_paid=_sum_of_kind(Kind.PAID),
        sum_released=_sum_of_kind(Kind.RELEASED),
        sum_fee=_sum_of_kind(Kind.FEE),
        sum_refunded=_sum_of_kind(Kind.REFUNDED) - _sum_of_kind(Kind.REFUND_FAILED),
        sum_held=F("held_account__balance_cents"),
    )
    wrong = escrows.exclude(sum_paid=F("sum_released") + F("sum_fee") + F("sum_refunded") + F("sum_held"))
    return wrong.values("pk", "label", "sum_paid", "sum_released", "sum_fee", "sum_refunded", "sum_held")


@invariant("escrow: held = its held and returning portions + surplus that no portion takes")
def held_is_accounted_for() -> Rows:
    waiting = Portion.objects.filter(escrow=OuterRef("pk"), state__in=["held", "refunding"])
    taken = Portion.objects.filter(escrow=OuterRef("pk")).exclude(state="unfunded")
    paid = Payment.objects.filter(escrow=OuterRef("pk"), settled_at__isnull=False)
    given = Refund.objects.filter(payment__escrow=OuterRef("pk"), parts__isnull=True, state="made")
    escrows = Escrow.objects.annotate(
        waiting=_total(waiting, "gross_cents"),
        surplus=_total(paid, "amount_cents")
        - _total(taken, "gross_cents")
        - _total(given, "amount_cents", "payment__escrow"),
    )
    on_its_way = Refund.objects.filter(payment__escrow=OuterRef("pk"), parts__isnull=True)
    explained = Q(surplus=0) | Q(Exists(on_its_way), surplus__gt=0)
    wrong = escrows.exclude(explained, held_account__balance_cents=F("waiting") + F("surplus"))
    return wrong.values("pk", "label", "held_account__balance_cents", "waiting", "surplus")


@invariant("portion: goes one way only, and once")
def portions_go_one_way() -> Rows:
    posted = Portion.objects.annotate(
        released=_total(
            LedgerEntry.objects.filter(portion=OuterRef("pk"), kind__in=[Kind.RELEASED, Kind.FEE]),
            "amount_cents",
            "portion",
        ),
        refunded=_total(
            LedgerEntry.objects.filter(portion=OuterRef("pk"), kind=Kind.REFUNDED), "amount_cents", "portion"
        )
        - _total(
            LedgerEntry.objects.filter(portion=OuterRef("pk"), kind=Kind.REFUND_FAILED), "amount_cents", "portion"
        ),
    )
    right = (
        Q(state="released", released=F("gross_cents"), refunded=0)
        | Q(state="refunded", released=0, refunded=F("gross_cents"))
        | Q(state__in=["unfunded", "held", "refunding"], released=0, refunded=0)
    )
    return posted.exclude(right).values("pk", "escrow", "state", "gross_cents", "released", "refunded")


@invariant("transfer: at most one made for a portion, of a released one, and of its net")
def transfers_fit() -> Rows:
    made = Portion.objects.filter(transfers__state="made").annotate(count=Count("transfers"))
    wrong = Transfer.objects.filter(state="made").exclude(
        portion__state="released", amount_cents=F("portion__gross_cents") - F("portion__fee_cents")
    )
    yield from made.filter(count__gt=1, transfers__state="made").values("pk", "count")
    yield from wrong.values("pk", "portion", "amount_cents")


@invariant("transfer: every released portion has one on its way")
def released_money_leaves() -> Rows:
    live = Transfer.objects.filter(portion=OuterRef("pk"), state__in=["planned", "unknown", "made"])
    waiting = Portion.objects.filter(~Exists(live), state="released", gross_cents__gt=F("fee_cents"))
    return waiting.values("pk", "escrow")


@invariant("coach: owed = released - transferred")
def coaches_are_owed_the_rest() -> Rows:
    owing = LedgerAccount.objects.filter(kind="coach").annotate(
        released=_total(
            LedgerEntry.objects.filter(credit=OuterRef("pk"), kind=Kind.RELEASED), "amount_cents", "credit"
        ),
        sent=_total(
            Transfer.objects.filter(
                payee=OuterRef("coach"), portion__escrow__currency=OuterRef("currency"), state="made"
            ),
            "amount_cents",
            "payee",
        ),
    )
    return owing.exclude(balance_cents=F("released") - F("sent")).values(
        "pk", "coach", "balance_cents", "released", "sent"
    )


@invariant("refund: its parts add up to it, and all refunds of a payment to no more than it")
def refunds_fit() -> Rows:
    parted = Refund.objects.filter(parts__isnull=False).annotate(sum=Sum("parts__amount_cents"))
    yield from parted.exclude(sum=F("amount_cents")).values("pk", "amount_cents", "sum")
    given = Refund.objects.filter(payment=OuterRef("pk"), state__in=["planned", "unknown", "made"])
    payments = Payment.objects.annotate(given=_total(given, "amount_cents", "payment"))
    yield from payments.filter(given__gt=F("amount_cents")).values("pk", "amount_cents", "given")


@invariant("refund: a portion on its way back belongs to one refund that is on its way")
def refunding_has_its_refund() -> Rows:
    on_their_way = Q(refund_parts__refund__state__in=["planned", "unknown"])
    counted = Portion.objects.annotate(live=Count("refund_parts", filter=on_their_way))
    return counted.exclude(Q(state="refunding", live=1) | ~Q(state="refunding") & Q(live=0)).values(
        "pk", "state", "live"
    )


def sum_of_entries(side: str) -> Coalesce:
    """What an account's entries on one side add up to."""
    return _total(LedgerEntry.objects.filter(**{side: OuterRef("pk")}), "amount_cents", side)


def _sum_of_kind(kind: str) -> Coalesce:
    return _total(LedgerEntry.objects.filter(escrow=OuterRef("pk"), kind=kind), "amount_cents")


def _total(rows: QuerySet[Any], field: str, group: str = "escrow") -> Coalesce:
    summed = rows.order_by().values(group).annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(summed), 0)
