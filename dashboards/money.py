"""Where somebody's money is: paid = released + fee + refunded + held, for each escrow, from the ledger's own lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from payments.books import not_given_back, sums_by_currency, where_are
from payments.models import ConnectAccount, Escrow, LedgerEntry, Portion
from payments.policy import why_not_paid

Kind = LedgerEntry.Kind
PICTURE_WIDTH = 1000
NAMES: dict[str, Promise] = {
    "released": _("Released to coach"),
    "fee": _("Platform fee"),
    "refunded": _("Refunded"),
    "held": _("Held until done"),
}


@dataclass(frozen=True)
class Equation:
    """One escrow's money in cents; the four parts add up to what was paid."""

    currency: str
    paid: int
    released: int
    fee: int
    refunded: int
    held: int

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Each part that is not nothing, with its place in a picture PICTURE_WIDTH wide."""
        drawn, x = [], 0
        for key, name in NAMES.items():
            cents = getattr(self, key)
            if cents:
                width = round(cents * PICTURE_WIDTH / self.paid)
                drawn.append({"key": key, "name": name, "cents": cents, "x": x, "width": width})
                x += width
        return drawn


def equations(escrows: Iterable[Escrow]) -> dict[int, Equation]:
    """The equation of each of these escrows, in one query however many they are."""
    rows = list(escrows)
    places = where_are(rows)
    return {row.pk: Equation(row.currency, **places[row.pk]) for row in rows}


def totals(escrows: QuerySet[Escrow]) -> list[Equation]:
    """Their sums, one for each currency in which anything was paid, in one query."""
    places = sums_by_currency(escrows)
    return [Equation(currency, **sums) for currency, sums in places.items() if sums["paid"]]


def lines_of(user: User) -> QuerySet[LedgerEntry]:
    """The ledger lines a person may read: of escrows they pay into, and of those they are paid from."""
    mine = Q(escrow__payer=user) | Q(escrow__payee=user)
    return LedgerEntry.objects.filter(mine).exclude(kind=Kind.STRIPE_FEE)


def transactions_of(user: User, role: str) -> QuerySet[LedgerEntry]:
    """What moved from or to this person in a role, newest first: paid and refunded, or released and transferred."""
    as_payer = Q(escrow__payer=user, kind__in=[Kind.PAID, Kind.REFUNDED, Kind.REFUND_FAILED])
    as_payee = Q(escrow__payee=user, kind__in=[Kind.RELEASED, Kind.TRANSFERRED])
    mine = as_payee if role == Role.COACH else as_payer
    return LedgerEntry.objects.filter(mine).select_related("escrow").order_by("-pk")


def portions_of(escrow: Escrow, reader: User, now: datetime) -> list[Portion]:
    """The escrow's portions; its payee reads on each why it has not reached them yet, both which should be back."""
    portions = list(escrow.portions.prefetch_related("transfers"))
    if reader.pk == escrow.payee_id:
        account = ConnectAccount.objects.filter(user=reader).first()
        for portion in portions:
            portion.why = why_not_paid(portion, account, now)
    stuck = set(not_given_back(escrow).values_list("pk", flat=True))
    for portion in portions:
        if portion.pk in stuck:
            portion.why = _("A refund of this did not go through. We hold it and send it again.")
    return portions
