"""Reading the books for pages: where the money of an escrow is."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Sum

from payments.models import Escrow, LedgerEntry

Kind = LedgerEntry.Kind


def where_is(escrow: Escrow) -> dict[str, int]:
    """`{paid, released, fee, refunded, held}` in cents; paid is the sum of the others."""
    return where_are([escrow])[escrow.pk]


def where_are(escrows: Iterable[Escrow]) -> dict[int, dict[str, int]]:
    """The same for many escrows, in one query."""
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    ids = [escrow.pk for escrow in escrows]
    rows = LedgerEntry.objects.filter(escrow__in=ids).values_list("escrow", "kind").annotate(cents=Sum("amount_cents"))
    for pk, kind, cents in rows.order_by():
        if pk:
            sums[pk][kind] = cents
    return {pk: _places(sums[pk]) for pk in ids}


def _places(sums: dict[str, int]) -> dict[str, int]:
    places = {
        "paid": sums[Kind.PAID],
        "released": sums[Kind.RELEASED],
        "fee": sums[Kind.FEE],
        "refunded": sums[Kind.REFUNDED] - sums[Kind.REFUND_FAILED],
    }
    return places | {"held": places["paid"] - places["released"] - places["fee"] - places["refunded"]}
