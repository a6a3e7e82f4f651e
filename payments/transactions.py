"""A person's transactions: what they paid and got back, and what was sent to them, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.models import Role, User
from payments.models import Intention, Payment, Refund, Transfer

WORDS = {
    Intention.State.PLANNED: "pending",
    Intention.State.UNKNOWN: "processing",
    Intention.State.MADE: "succeeded",
    Intention.State.FAILED: "failed",
    Intention.State.REFUSED: "failed",
}
Place = tuple[datetime, str, int]


@dataclass(frozen=True)
class Transaction:
    """One payment, refund or transfer, in the words of the API."""

    kind: str
    pk: int
    type: str
    status: str
    amount_cents: int
    currency: str
    label: str
    at: datetime

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.pk}"

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return (self.at, self.kind, self.pk)


def transactions_of(user: User, *, before: Place | None, limit: int, role: str = "") -> list[Transaction]:
    """The newest `limit` before a place, in one role or in both; three queries however many there are."""
    payments = Payment.objects.filter(escrow__payer=user).select_related("escrow")
    refunds = Refund.objects.filter(payment__escrow__payer=user).select_related("payment__escrow")
    transfers = Transfer.objects.filter(payee=user).exclude(state=Transfer.State.REFUSED)
    found: list[Transaction] = []
    if role != Role.COACH:
        found += map(_of_payment, _part(payments, "payment", "created_at", before, limit))
        found += map(_of_refund, _part(refunds, "refund", "planned_at", before, limit))
    if role != Role.STUDENT:
        sent = transfers.select_related("portion__escrow")
        found += map(_of_transfer, _part(sent, "transfer", "planned_at", before, limit))
    return sorted(found, key=lambda row: row.place, reverse=True)[:limit]


def _part(rows: QuerySet[Any], kind: str, moment: str, before: Place | None, limit: int) -> Iterable[Any]:
    rows = rows.alias(moment=F(moment))
    if before:
        at, of_kind, pk = before
        tie = Q(moment=at) & (Q(pk__lt=pk) if kind == of_kind else Q(pk__gt=0) if kind < of_kind else Q(pk__in=[]))
        rows = rows.filter(Q(moment__lt=at) | tie)
    return rows.order_by("-moment", "-pk")[:limit]


def _of_payment(row: Payment) -> Transaction:
    return _line("payment", row, row.purpose, row.state, row.escrow, row.created_at)


def _of_refund(row: Refund) -> Transaction:
    return _line("refund", row, "refund", WORDS[Intention.State(row.state)], row.payment.escrow, row.planned_at)


def _of_transfer(row: Transfer) -> Transaction:
    return _line("transfer", row, "transfer", WORDS[Intention.State(row.state)], row.portion.escrow, row.planned_at)


def _line(kind: str, row: Any, type_: str, status: str, escrow: Any, at: datetime) -> Transaction:
    return Transaction(kind, row.pk, type_, status, row.amount_cents, escrow.currency, escrow.label, at)
