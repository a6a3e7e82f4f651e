"""Due work of this floor."""

from datetime import datetime

from accounts import operations
from core.registry import sweep


@sweep("unconfirmed sign-ups")
def forget_unconfirmed(now: datetime) -> int:
    return operations.forget_unconfirmed(now=now)


@sweep("stray photos")
def remove_stray_photos(now: datetime) -> int:
    return operations.remove_stray_photos(now=now)
