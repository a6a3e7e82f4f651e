from datetime import datetime, timedelta

from core.registry import sweep
from notifications.models import Notification

KEPT = timedelta(days=90)


@sweep("old notices")
def forget_old_notices(now: datetime) -> int:
    """Delete notices that were read long ago; at night, since it looks at all of them."""
    if (now.hour, now.minute // 5) != (2, 0):
        return 0
    return Notification.objects.filter(read_at__lt=now - KEPT).delete()[0]
