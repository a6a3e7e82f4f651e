from datetime import datetime

from core.registry import sweep
from marketplace.operations import expire_proposals, expire_requests


@sweep("proposals")
def expire_due_proposals(now: datetime) -> int:
    return expire_proposals(now=now)


@sweep("requests")
def expire_due_requests(now: datetime) -> int:
    return expire_requests(now=now)
