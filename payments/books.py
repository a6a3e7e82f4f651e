"""Reading the books for pages: where the money of an escrow is, and how far it has come to a coach."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from accounts.models import User
from payments.models import ConnectAccount, Escrow, LedgerAccount, LedgerEntry, Portion, Refund, Transfer
from payments.policy import why_not_paid

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


def not_given_back(escrow: Escrow) -> QuerySet[Portion]:
    """What should have gone back to the payer, did not, and waits for staff."""
    return stuck(escrow.portions.all())


def stuck(portions: QuerySet[Portion]) -> QuerySet[Portion]:
    """Those of them whose refund did not go through."""
    failed = Refund.objects.filter(portions=OuterRef("pk"), state__in=[Refund.State.REFUSED, Refund.State.FAILED])
    return portions.filter(Exists(failed), state=Portion.State.HELD, release_due_at=None)


def sums_by_currency(escrows: QuerySet[Escrow]) -> dict[str, dict[str, int]]:
    """Where the money of all these escrows is together, by currency, in one query."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    entries = LedgerEntry.objects.filter(escrow__in=escrows.order_by().values("pk"))
    rows = entries.values_list("escrow__currency", "kind").annotate(cents=Sum("amount_cents"))
    for currency, kind, cents in rows.order_by():
        sums[currency][kind] = cents
    return {currency: _places(sums[currency]) for currency in sorted(sums)}


def _places(sums: dict[str, int]) -> dict[str, int]:
    places = {
        "paid": sums[Kind.PAID],
        "released": sums[Kind.RELEASED],
        "fee": sums[Kind.FEE],
        "refunded": sums[Kind.REFUNDED] - sums[Kind.REFUND_FAILED],
    }
    return places | {"held": places["paid"] - places["released"] - places["fee"] - places["refunded"]}


def transfers_to(coach: User) -> QuerySet[Transfer]:
    """What was released to a coach, each with its newest attempt to send it."""
    current = Transfer.objects.filter(payee=coach).exclude(state=Transfer.State.REFUSED)
    return current.select_related("portion__escrow").prefetch_related("portion__transfers")


@dataclass(frozen=True)
class TransferLine:
    """A transfer, and why it has not arrived yet."""

    transfer: Transfer
    why: str


def with_reasons(transfers: Iterable[Transfer], account: ConnectAccount | None, now: datetime) -> list[TransferLine]:
    return [TransferLine(transfer, why_not_paid(transfer.portion, account, now)) for transfer in transfers]


@dataclass(frozen=True)
class CoachSums:
    """A coach's money in one currency, in cents: still held, released but not sent, sent."""

    currency: str
    held: int
    owed: int
    sent: int


def sums_of(coach: User) -> list[CoachSums]:
    """One line for each currency a coach has money in."""
    held = Portion.objects.filter(escrow__payee=coach, state=Portion.State.HELD).values("escrow__currency")
    net = held.annotate(cents=Sum(F("gross_cents") - F("fee_cents"))).values_list("escrow__currency", "cents")
    owed = LedgerAccount.objects.filter(kind="coach", coach=coach).values_list("currency", "balance_cents")
    made = Transfer.objects.filter(payee=coach, state=Transfer.State.MADE).values("portion__escrow__currency")
    sent = made.annotate(cents=Sum("amount_cents")).values_list("portion__escrow__currency", "cents")
    by_place = [dict(net.order_by()), dict(owed), dict(sent.order_by())]
    currencies = sorted(set().union(*by_place))
    return [CoachSums(currency, *(place.get(currency, 0) for place in by_place)) for currency in currencies]
