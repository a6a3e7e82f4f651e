"""dj-stripe's tables: a mirror of Stripe for staff and for reconciliation. Nothing is decided by them."""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from djstripe import models as mirror
from djstripe.event_handlers import djstripe_receiver

from core.operations import operation
from payments import policy
from payments.models import StripeEvent
from payments.operations.late import forget_what_came_late, has_nothing_left

log = structlog.get_logger(__name__)


def mirror_event(event: StripeEvent, *, now: datetime) -> StripeEvent:
    """Let dj-stripe copy what a handled event speaks of; a failure is kept, shown and tried again. Calls Stripe."""
    claimed = _claim(event, now=now)
    if claimed is None:
        return StripeEvent.objects.get(pk=event.pk)
    try:
        with transaction.atomic():
            if not has_nothing_left(claimed):
                mirror.Event.process(claimed.payload)
            forget_what_came_late(claimed)
        claimed.mirrored_at, claimed.last_error = now, ""
    except Exception as error:  # whatever it is, our own work is done already
        log.warning("mirror failed", stripe_event=claimed.event_id, error=repr(error))
        claimed.last_error = f"{type(error).__name__}: {error}"[:300]
    claimed.save(update_fields=["payload", "mirrored_at", "last_error"])
    return claimed


@operation
def _claim(event: StripeEvent, *, now: datetime) -> StripeEvent | None:
    due = StripeEvent.objects.select_for_update(no_key=True, skip_locked=True)
    claimed = due.filter(pk=event.pk, handled_at__isnull=False, mirrored_at__isnull=True, due_at__lte=now).first()
    if claimed:
        claimed.tries += 1
        claimed.due_at = now + policy.pause_after(claimed.tries)
        claimed.save(update_fields=["tries", "due_at"])
    return claimed


@djstripe_receiver(["refund.created", "refund.updated", "refund.failed"])  # type: ignore[untyped-decorator]
def mirror_refund(sender: type, event: Any, **kwargs: Any) -> None:
    """dj-stripe knows refunds but copies none by itself."""
    refund_id = event.data["object"]["id"]
    mirror.Refund.sync_from_stripe_data(mirror.Refund.stripe_class.retrieve(refund_id, api_key=event.default_api_key))
