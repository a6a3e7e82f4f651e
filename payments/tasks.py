"""The nudges after a commit, and the sweeps that find all due work anyway."""

from datetime import datetime

from celery import shared_task
from django.db.models import Exists, OuterRef

from core import clock
from core.refused import Refused
from core.registry import count_done, sweep
from payments import operations
from payments.models import ConnectAccount, Forgetting, Payment, Portion, Refund, StripeEvent, Transfer
from payments.operations.attempts import LIVE
from payments.operations.checkout import OPEN

BATCH = 100


@shared_task
def ask_about_payment(pk: int) -> None:
    operations.ask_about(Payment.objects.get(pk=pk), now=clock.now())


@shared_task
def send_transfer_of(pk: int) -> None:
    operations.send_transfer(Transfer.objects.get(pk=pk), now=clock.now())


@shared_task
def send_refund_of(pk: int) -> None:
    operations.send_refund(Refund.objects.get(pk=pk), now=clock.now())


@shared_task
def apply_stripe_event(pk: int) -> None:
    operations.apply_event(StripeEvent.objects.get(pk=pk), now=clock.now())


@shared_task
def mirror_stripe_event(pk: int) -> None:
    operations.mirror_event(StripeEvent.objects.get(pk=pk), now=clock.now())


@shared_task
def forget_at_stripe(pk: int) -> None:
    operations.forget_at_stripe(Forgetting.objects.get(pk=pk), now=clock.now())


@sweep("stripe events", outside=True)
def apply_due_events(now: datetime) -> int:
    due = StripeEvent.objects.filter(handled_at__isnull=True, due_at__lte=now).order_by("due_at")[:BATCH]
    return count_done(due, lambda event: operations.apply_event(event, now=now).handled_at is not None)


@sweep("open payments", outside=True)
def ask_about_open_payments(now: datetime) -> int:
    """Pages whose time is over, and payments whose webhook was lost."""
    due = Payment.objects.filter(state__in=OPEN, ask_at__lte=now).order_by("ask_at")[:BATCH]
    return count_done(due, lambda payment: operations.ask_about(payment, now=now).state not in OPEN)


@sweep("unknown fees", outside=True)
def learn_unknown_fees(now: datetime) -> int:
    unknown = Payment.objects.filter(settled_at__lte=now, stripe_fee_cents__isnull=True).order_by("settled_at")[:BATCH]
    return count_done(unknown, lambda payment: operations.learn_fee(payment, now=now).stripe_fee_cents is not None)


@sweep("due releases")
def release_due_portions(now: datetime) -> int:
    due = Portion.objects.filter(state=Portion.State.HELD, is_frozen=False, release_due_at__lte=now)
    return count_done(due.order_by("release_due_at")[:BATCH], lambda portion: _released(portion, now))


@sweep("due refunds", outside=True)
def send_due_refunds(now: datetime) -> int:
    due = Refund.objects.filter(state__in=LIVE, due_at__lte=now).order_by("due_at")[:BATCH]
    return count_done(due, lambda refund: operations.send_refund(refund, now=now).state not in LIVE)


@sweep("due transfers", outside=True)
def send_due_transfers(now: datetime) -> int:
    """Those that nothing holds up: the others wait without being asked about."""
    active = ConnectAccount.objects.filter(user=OuterRef("payee"), transfers_active=True)
    due = Transfer.objects.filter(Exists(active), state__in=LIVE, due_at__lte=now, portion__is_frozen=False)
    return count_done(
        due.order_by("due_at")[:BATCH], lambda transfer: operations.send_transfer(transfer, now=now).state not in LIVE
    )


@sweep("unmirrored events", outside=True)
def mirror_due_events(now: datetime) -> int:
    due = StripeEvent.objects.filter(handled_at__isnull=False, mirrored_at__isnull=True, due_at__lte=now)
    return count_done(
        due.order_by("due_at")[:BATCH], lambda event: operations.mirror_event(event, now=now).mirrored_at is not None
    )


@sweep("people to forget at Stripe", outside=True)
def forget_at_stripe_who_left(now: datetime) -> int:
    due = Forgetting.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("due_at")[:BATCH]
    return count_done(due, lambda plan: operations.forget_at_stripe(plan, now=now).done_at is not None)


def _released(portion: Portion, now: datetime) -> bool:
    """Released, unless it has changed in the meantime."""
    try:
        return operations.release(portion, by=None, now=now).state == Portion.State.RELEASED
    except Refused:
        return False
