"""A person's money when they leave: what moves keeps them, the books stay, the mirror of Stripe forgets who they were."""

import re
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, Model, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import User
from core.erasure import Words, addresses_in, mentioning, replaced
from core.operations import operation
from core.templatetags.skileez import money
from payments.models import (
    ConnectAccount,
    Escrow,
    Incident,
    LedgerAccount,
    Payment,
    Portion,
    Refund,
    StripeCustomer,
    StripeEvent,
    Transfer,
)

PERSONAL = {"email", "receipt_email", "customer_email", "phone", "address", "billing_details", "customer_details"}
PERSONAL |= {"individual", "shipping", "support_email", "support_phone", "support_address"}
STRIPES_OWN = re.compile(r"[a-z0-9_]+")  # a currency, a state, a kind of thing: somebody may be called so, too
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
def forget_in_mirror(person: User, *, words: Words) -> None:
    """Take name and addresses out of what Stripe told us; ids and amounts stay, for the books."""
    customer = StripeCustomer.objects.filter(user=person).values_list("stripe_id", flat=True)
    account = ConnectAccount.objects.filter(user=person).values_list("stripe_id", flat=True)
    ids = [each for each in [*customer, *account] if each]
    _forget_in(StripeEvent, ids, words)
    for model in apps.get_app_config("djstripe").get_models():
        _forget_in(model, ids, words)


def _forget_in(model: type[Model], ids: list[str], words: Words) -> None:
    """Rows that name the person, or their customer or account at Stripe."""
    told = [field.name for field in model._meta.fields if isinstance(field, JSONField)]
    texts = [field.name for field in model._meta.fields if type(field) in {TextField, CharField} and field.name != "id"]
    addresses = addresses_in(words)
    wanted = Q(pk__in=[])
    rows = model._default_manager.annotate(**{f"{name}_text": Cast(name, TextField()) for name in told})
    for name in told:
        wanted |= mentioning(f"{name}_text", addresses | dict.fromkeys(ids, ""))
    for name in texts:
        wanted |= mentioning(name, addresses)
    for row in rows.filter(wanted).iterator(chunk_size=200):
        fresh = {name: _without_person(getattr(row, name), words) for name in told}
        fresh |= {name: _without_person(getattr(row, name), words, name) for name in texts}
        model._default_manager.filter(pk=row.pk).update(**fresh)


def _without_person(value: Any, words: Words, name: str = "") -> Any:
    """The same JSON without the fields that hold who somebody is; Stripe's own words stay."""
    if isinstance(value, dict):
        return {key: None if key in PERSONAL else _without_person(each, words, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_person(each, words, name) for each in value]
    if isinstance(value, str) and STRIPES_OWN.fullmatch(value) and name not in {"name", "description"}:
        return value
    return replaced(value, words)


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
