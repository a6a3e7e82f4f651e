"""Events: a snapshot of an object when something happened to it, and who must be told."""

import json

from . import API_VERSION
from .ids import new_id


def emit(world, type_, subject, *, account="", previous=None) -> dict:
    """Stores the event and plans its delivery to every endpoint that listens."""
    listeners = list(listening(world, type_, account))
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": world.now(),
        "data": {"object": json.loads(json.dumps(subject))},
        "livemode": False,
        "pending_webhooks": len(listeners),
        "request": world.request or {"id": None, "idempotency_key": None},
        "type": type_,
    }
    if account:
        event["account"] = account
    if previous is not None:
        event["data"]["previous_attributes"] = previous
    world.store.add(event, account)
    for endpoint in listeners:
        plan_delivery(world, event["id"], endpoint["id"], world.clock.now())
    return event


def listening(world, type_, account):
    """The enabled endpoints for this event: those for connected accounts hear only of these."""
    for endpoint in world.store.find("webhook_endpoint", oldest_first=True):
        connect = world.store.hidden(endpoint["id"])["connect"]
        chosen = endpoint["enabled_events"]
        if connect == bool(account) and endpoint["status"] == "enabled" and ("*" in chosen or type_ in chosen):
            yield endpoint


def plan_delivery(world, event, endpoint, at) -> int:
    statement = "INSERT INTO deliveries (event, endpoint, state, attempts, next_at) VALUES (?, ?, 'pending', 0, ?)"
    return world.store.sql(statement, event, endpoint, at).lastrowid
