"""A person's money when they leave: what moves keeps them, the books stay, Stripe is asked to forget them."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.operations import operation
from core.outbox import nudge
from core.templatetags.skileez import money
from payments.models import Escrow, Forgetting, Incident, LedgerAccount, Payment, Portion, Refund, Transfer

OPEN = [Payment.State.PENDING, Payment.State.PROCESSING]


def refusals_of_money(person: User) -> list[str]:
    """Why this person cannot leave yet: money that is held, on its way, or being looked at."""
    mine = Q(escrow__payer=person) | Q(escrow__payee=person)
    held = LedgerAccount.objects.filter(mine, kind=LedgerAccount.Kind.HELD, balance_cents__gt=0)
    owed = LedgerAccount.objects.filter(coach=person, kind=LedgerAccount.Kind.COACH, balance_cents__gt=0)
    found = [_("%(amount)s is still held or on its way back.") % {"amount": _sums(held)}] if held.exists() else []
    if owed.exists():
        found.append(_("%(amount)s is still on its way to you.") % {"amount": _sums(owed)})
    if Payment.objects.filter(mine, state__in=OPEN).exists():
        found.append(_("A payment of yours is not finished yet."))
    if any(_incidents(person)):
        found.append(_("Our staff are looking into a payment of yours."))
    return found


@operation
def plan_forgetting(person: User, *, now: datetime) -> Forgetting:
    """Have what Stripe knows and told us of a person who leaves forgotten after the commit, however much it is."""
    plan, fresh = Forgetting.objects.get_or_create(user=person, defaults={"planned_at": now, "due_at": now})
    if fresh:
        nudge("payments.tasks.forget_at_stripe", plan.pk)
    return plan


def _sums(accounts: Any) -> str:
    sums: dict[str, int] = {}
    for account in accounts:
        sums[account.currency] = sums.get(account.currency, 0) + account.balance_cents
    return ", ".join(money(cents, currency) for currency, cents in sorted(sums.items()))


def _incidents(person: User) -> list[bool]:
    mine = Q(payer=person) | Q(payee=person)
    escrows = Escrow.objects.filter(mine)
    subjects = [
        escrows,
        Payment.objects.filter(escrow__in=escrows),
        Portion.objects.filter(escrow__in=escrows),
        Refund.objects.filter(payment__escrow__in=escrows),
        Transfer.objects.filter(portion__escrow__in=escrows),
    ]
    return [
        Incident.objects.filter(
            closed_at=None, subject_kind=rows.model._meta.label_lower, subject_id__in=rows.values("pk")
        ).exists()
        for rows in subjects
    ]
