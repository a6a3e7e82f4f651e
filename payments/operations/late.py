"""What Stripe says of somebody after they have left: kept and copied without who they were."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User, lock_people
from payments.models import ConnectAccount, Payment, StripeCustomer, StripeEvent
from payments.models.stripe import whose
from payments.operations.forgetting import empty_mirror, ids_of, impersonal, objects_in

WHO = {"customer.created", "customer.updated"}


def without_who_left(payload: dict[str, Any]) -> dict[str, Any]:
    """An event as it may be kept: without names and addresses where it is about somebody who has left."""
    return impersonal(payload) if _is_about_who_left(payload) else payload


def has_nothing_left(event: StripeEvent) -> bool:
    """Whether an event says who a customer is, and nothing else, after they have left: Stripe has no more to copy."""
    return event.type in WHO and _is_about_who_left(event.payload)


def forget_what_came_late(event: StripeEvent) -> None:
    """Empty an event and what the mirror has just copied for it where it is about somebody who has left.

    Whoever is leaving at this moment holds their own row: after the lock it is known.
    """
    people = lock_people(_people_in(event.payload).values_list("pk", flat=True))
    left = [person for person in people if person.erased_at]
    if left:
        ids = objects_in(event.payload) | ids_of(left)
        event.payload = impersonal(event.payload)
        empty_mirror(ids)


def _is_about_who_left(payload: dict[str, Any]) -> bool:
    return _people_in(payload).filter(erased_at__isnull=False).exists()


def _people_in(payload: dict[str, Any]) -> QuerySet[User]:
    """Whose customer, account or payment an event speaks of."""
    ids = whose(payload)
    keys = [each for each in ids if "_" not in each]
    paid = Q(checkout_session_id__in=ids) | Q(payment_intent_id__in=ids) | Q(charge_id__in=ids) | Q(key__in=keys)
    pays = StripeCustomer.objects.filter(stripe_id__in=ids).values("user")
    is_paid = ConnectAccount.objects.filter(stripe_id__in=ids).values("user")
    paid_before = Payment.objects.filter(paid).values("escrow__payer")
    return User.objects.filter(pk__in=pays.union(is_paid, paid_before))
