"""Escrows and their portions: opened, frozen while something is unclear, divided where only a part is kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import locked
from core.operations import operation
from core.refused import Refused
from payments import policy
from payments.models import Escrow, Payment, Portion
from payments.operations import ledger


@operation
def open_escrow(*, payer: User, payee: User, currency: str, label: str, portions: Sequence[tuple[int, int]]) -> Escrow:
    """A place to hold one payer's money for one payee, in portions of (gross, fee); nothing is paid yet."""
    if not portions:
        raise ValueError("an escrow has at least one portion")
    if not policy.is_settled_in(currency):
        raise Refused(_("We cannot take payments in this currency."), code="currency")
    escrow = Escrow.objects.create(payer=payer, payee=payee, currency=currency.lower(), label=label)
    Portion.objects.bulk_create(
        Portion(escrow=escrow, number=number, gross_cents=gross, fee_cents=fee)
        for number, (gross, fee) in enumerate(portions, start=1)
    )
    ledger.held(escrow)
    return escrow


@operation
def replan_portions(escrow: Escrow, portions: Sequence[tuple[int, int]]) -> Escrow:
    """Other portions of (gross, fee) for an escrow that nobody has paid into or is about to."""
    escrow = locked(escrow)
    if not portions:
        raise ValueError("an escrow has at least one portion")
    paid = escrow.portions.exclude(state=Portion.State.UNFUNDED).exists()
    if paid or escrow.payments.exclude(state=Payment.State.FAILED).exists():
        raise Refused(_("This is being paid already."), code="already_paid")
    escrow.portions.all().delete()
    Portion.objects.bulk_create(
        Portion(escrow=escrow, number=number, gross_cents=gross, fee_cents=fee)
        for number, (gross, fee) in enumerate(portions, start=1)
    )
    return escrow


@operation
def freeze(portion: Portion, *, now: datetime) -> Portion:
    """Nothing moves of this portion until it is unfrozen: not to the payee, not back, not by the clock."""
    return _set_frozen(portion, True)


@operation
def unfreeze(portion: Portion, *, now: datetime) -> Portion:
    """The portion may move again."""
    return _set_frozen(portion, False)


@operation
def divide(portion: Portion, *, kept_cents: int, now: datetime) -> tuple[Portion, Portion]:
    """A held portion in two: the part that is kept, with its part of the fee, and the rest, without a fee."""
    portion = lock_portions([portion])[0]
    refuse_unless_held(portion)
    if not 0 < kept_cents < portion.gross_cents:
        raise ValueError("both parts must be worth something")
    rest = Portion.objects.create(
        escrow=portion.escrow,
        number=_next_number(portion.escrow),
        state=Portion.State.HELD,
        gross_cents=portion.gross_cents - kept_cents,
        fee_cents=0,
        payment_id=portion.payment_id,
    )
    portion.fee_cents = policy.kept_fee(portion.fee_cents, kept_cents, portion.gross_cents)
    portion.gross_cents = kept_cents
    portion.save(update_fields=["gross_cents", "fee_cents"])
    return portion, rest


def lock_portions(portions: Iterable[Portion]) -> list[Portion]:
    """Lock the escrows of these portions, in primary-key order, and read the portions again."""
    ids = [portion.pk for portion in portions]
    escrows = Escrow.objects.filter(portions__in=ids).values("pk")
    list(Escrow.objects.select_for_update(no_key=True).filter(pk__in=escrows).order_by("pk"))
    fresh = Portion.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "escrow__payer", "escrow__payee"
    )
    return list(fresh.filter(pk__in=ids).order_by("pk"))


def refuse_unless_held(portion: Portion) -> None:
    if portion.is_frozen:
        raise Refused(_("This money is frozen while a problem is being solved."), code="frozen")
    refuse_unless_there(portion)


def refuse_unless_there(portion: Portion) -> None:
    if portion.state != Portion.State.HELD:
        raise Refused(_("This money is not held any more."), code="not_held")


def refuse_strangers(by: User | None, escrow: Escrow, permission: str) -> None:
    """Nobody (the rules), one of the two, or staff who may."""
    if by is None or by.pk in {escrow.payer_id, escrow.payee_id}:
        return
    if not (by.is_staff and by.has_perm(permission)):
        raise PermissionDenied


def _set_frozen(portion: Portion, frozen: bool) -> Portion:
    portion = lock_portions([portion])[0]
    portion.is_frozen = frozen
    portion.save(update_fields=["is_frozen"])
    return portion


def _next_number(escrow: Escrow) -> int:
    last: int = escrow.portions.aggregate(last=Max("number"))["last"]
    return last + 1
