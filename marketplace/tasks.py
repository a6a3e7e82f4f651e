from datetime import datetime

from core.registry import sweep
from marketplace.operations import expire_proposals, expire_requests, refresh_cells


@sweep("proposals")
def expire_due_proposals(now: datetime) -> int:
    return expire_proposals(now=now)


@sweep("requests")
def expire_due_requests(now: datetime) -> int:
    return expire_requests(now=now)


@sweep("request_cells")
def follow_clock_changes(now: datetime) -> int:
    return refresh_cells(now=now)
