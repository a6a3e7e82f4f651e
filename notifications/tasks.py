from datetime import datetime, timedelta

from celery import shared_task

from core.registry import count_done, sweep
from notifications.later import tell_now
from notifications.models import Notification, Telling

KEPT = timedelta(days=90)
BATCH = 200


@shared_task
def tell_people(event_id: int) -> None:
    """Tell people of an event that waits for it."""
    tell_now(event_id)


@sweep("people to tell")
def tell_of_what_waits(now: datetime) -> int:
    """Tell of everything whose nudge was lost, in its order."""
    return count_done(Telling.objects.order_by("pk").values_list("pk", flat=True)[:BATCH], tell_now)


@sweep("old notices")
def forget_old_notices(now: datetime) -> int:
    """Delete notices that were read long ago; at night, since it looks at all of them."""
    if (now.hour, now.minute // 5) != (2, 0):
        return 0
    return Notification.objects.filter(read_at__lt=now - KEPT).delete()[0]
