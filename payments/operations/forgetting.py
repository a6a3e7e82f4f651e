"""Who somebody was that has left: gone from Stripe and from our copies of what it says."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, Model, Q

from accounts.models import User
from core.operations import operation
from payments import gateway, policy
from payments.models import ConnectAccount, Forgetting, Payment, StripeCustomer, StripeEvent
from payments.operations.incidents import open_incident

AT_ONCE = 200
PERSONAL = {"name", "email", "phone", "address", "description", "individual", "company", "business_profile", "owner"}
PERSONAL |= {"billing_details", "shipping", "shipping_details", "custom_fields", "collected_information"}
PERSONAL |= {"receipt_email", "customer_email", "customer_details", "customer_name", "customer_phone"}
PERSONAL |= {"customer_address", "customer_shipping", "support_email", "support_phone", "support_address"}
PERSONAL |= {"display_name", "business_name", "individual_name", "account_holder_name", "evidence"}
LINKS = {"id", "account", "customer", "charge", "payment_intent", "payment_method"}
OBJECT = re.compile(r"[a-z]{2,10}_[A-Za-z0-9_]{5,}")


def forget_at_stripe(plan: Forgetting, *, now: datetime) -> Forgetting:
    """Empty our copies of who somebody was, then delete their customer at Stripe. Calls Stripe; twice is once."""
    claimed = _claim(plan, now=now)
    if claimed is None:
        return Forgetting.objects.get(pk=plan.pk)
    _empty_copies(claimed.user)
    try:
        for customer_id in _customers_of(claimed.user):
            gateway.delete_customer(customer_id)
    except gateway.NoAnswer as why:
        return _keep_for_later(claimed, why.message)
    except gateway.SaidNo as why:
        open_incident("customer_not_deleted", claimed, key=str(claimed.user_id), now=now, code=why.stripe_code)
        return _keep_for_later(claimed, f"{why.stripe_code} {why.message}".strip())
    return _close(claimed, now=now)


def impersonal(value: Any) -> Any:
    """The same JSON without the fields that hold who somebody is; ids, amounts and states stay."""
    if isinstance(value, dict):
        return {key: None if key in PERSONAL else impersonal(each) for key, each in value.items()}
    return [impersonal(each) for each in value] if isinstance(value, list) else value


@operation
def empty_mirror(ids: Collection[str]) -> None:
    """Rows of dj-stripe that are one of these or hang on one of these."""
    models = [model for model in apps.get_app_config("djstripe").get_models() if _links(model)]
    ways = [apps.get_model(f"djstripe.{name}") for name in ("Charge", "PaymentIntent")]
    methods = [model.objects.filter(_hangs_on(model, ids)).values_list("payment_method", flat=True) for model in ways]
    ids = {*ids, *(method for found in methods for method in found if method)}
    for model in models:
        for row in model._default_manager.filter(_hangs_on(model, ids)).iterator(chunk_size=AT_ONCE):
            _empty_row(row)


def ids_of(people: Collection[User]) -> set[str]:
    """Every id by which Stripe speaks of them: as a customer, as an account, as who paid."""
    columns = ["key", "checkout_session_id", "payment_intent_id", "charge_id"]
    paid = Payment.objects.filter(escrow__payer__in=people).values_list(*columns)
    known = [
        *StripeCustomer.objects.filter(user__in=people).values_list("stripe_id", flat=True),
        *ConnectAccount.objects.filter(user__in=people).values_list("stripe_id", flat=True),
        *(each for row in paid for each in row),
    ]
    return {str(each) for each in known if each}


def objects_in(value: Any) -> set[str]:
    """Everything of Stripe's that an event names, without customers and accounts: these may be somebody else's."""
    if isinstance(value, dict | list):
        each = value.values() if isinstance(value, dict) else value
        return {word for one in each for word in objects_in(one)}
    is_id = isinstance(value, str) and OBJECT.fullmatch(value) and not value.startswith(("cus_", "acct_"))
    return {value} if is_id else set()


@operation
def _claim(plan: Forgetting, *, now: datetime) -> Forgetting | None:
    due = Forgetting.objects.select_for_update(no_key=True, skip_locked=True)
    claimed = due.filter(pk=plan.pk, done_at__isnull=True, due_at__lte=now).first()
    if claimed:
        claimed.tries += 1
        claimed.due_at = now + policy.pause_after(claimed.tries)
        claimed.save(update_fields=["tries", "due_at"])
    return claimed


@operation
def _keep_for_later(plan: Forgetting, why: str) -> Forgetting:
    plan.last_error = why[:300]
    plan.save(update_fields=["last_error"])
    return plan


@operation
def _close(plan: Forgetting, *, now: datetime) -> Forgetting:
    StripeCustomer.objects.filter(user=plan.user_id).update(asked_with="")
    plan.done_at, plan.last_error = now, ""
    plan.save(update_fields=["done_at", "last_error"])
    return plan


def _customers_of(person: User) -> list[str]:
    """Their customer at Stripe, and one whose making was never answered."""
    row = StripeCustomer.objects.filter(user=person).first()
    if row is None:
        return []
    if row.stripe_id or not row.asked_with:
        return [row.stripe_id] if row.stripe_id else []
    return gateway.find_customers(key=row.key, email=row.asked_with)


def _empty_copies(person: User) -> None:
    """The inbox and the mirror, some rows a transaction, found by index: a person's own rows and no others'."""
    ids = ids_of([person])
    pks = list(StripeEvent.objects.about(ids).values_list("pk", flat=True))
    for start in range(0, len(pks), AT_ONCE):
        _empty_events(pks[start : start + AT_ONCE], ids)
    empty_mirror(ids)


@operation
def _empty_events(pks: list[int], ids: set[str]) -> None:
    seen: set[str] = set()
    for event in StripeEvent.objects.select_for_update(no_key=True).filter(pk__in=pks):
        seen |= objects_in(event.payload)
        event.payload = impersonal(event.payload)
        event.save(update_fields=["payload"])
    empty_mirror(seen | ids)


def _hangs_on(model: type[Model], ids: Iterable[str]) -> Q:
    wanted = Q(pk__in=[])
    for column in _links(model):
        wanted |= Q(**{f"{column}__in": sorted(ids)})
    return wanted


def _empty_row(row: Model) -> None:
    told = [field.name for field in row._meta.fields if isinstance(field, JSONField)]
    fresh = {name: impersonal(getattr(row, name)) for name in told}
    fresh |= dict.fromkeys(_columns(type(row), PERSONAL), "")
    changed = {name: value for name, value in fresh.items() if value != getattr(row, name)}
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**changed)


def _links(model: type[Model]) -> list[str]:
    """The columns that hold an id of Stripe's: a few rows of the mirror are linked by numbers of its own."""
    linked = [(field, getattr(field, "target_field", field)) for field in model._meta.fields if field.name in LINKS]
    return [field.name for field, meant in linked if isinstance(meant, CharField) and meant.unique]


def _columns(model: type[Model], names: set[str]) -> list[str]:
    return [field.name for field in model._meta.fields if field.name in names]
