"""Webhook endpoints, given at the start or made by the API."""

import hashlib

from .. import API_VERSION
from ..errors import missing
from ..ids import letters, new_id
from ..lists import PAGE, page
from ..params import boolean, listing, metadata, missing_param, text, web_address
from ..routes import route
from .customers import gone


def ensure_configured(world) -> None:
    """The endpoints given at the start exist, and no longer those given at another start."""
    for endpoint in world.store.find("webhook_endpoint"):
        if world.store.hidden(endpoint["id"]).get("configured"):
            world.store.remove(endpoint["id"])
    for given in world.config.webhooks:
        id_ = "we_" + hashlib.sha256(f"{given.url}{given.connect}".encode()).hexdigest()[:24]
        body = _shape(world, id_, given.url, ["*"])
        world.store.add(body, secret=given.secret, connect=given.connect, configured=True)


@route("POST", "/v1/webhook_endpoints", "url enabled_events connect api_version description")
def create(call):
    chosen = listing(call.params, "enabled_events")
    if not chosen:
        raise missing_param("enabled_events")
    body = _shape(call.world, new_id("we"), web_address(call.params, "url", required=True), chosen)
    body.update(description=text(call.params, "description"), metadata=metadata(call.params))
    body["api_version"] = text(call.params, "api_version")
    secret = f"whsec_{letters(32)}"
    call.store.add(body, secret=secret, connect=boolean(call.params, "connect", default=False))
    return {**body, "secret": secret}


@route("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(call):
    return _find(call)


@route("POST", "/v1/webhook_endpoints/{webhook_endpoint}", "url enabled_events disabled description")
def update(call):
    body = _find(call)
    body["url"] = text(call.params, "url", default=body["url"])
    body["enabled_events"] = listing(call.params, "enabled_events") or body["enabled_events"]
    body["description"] = text(call.params, "description", default=body["description"])
    disabled = boolean(call.params, "disabled")
    if disabled is not None:
        body["status"] = "disabled" if disabled else "enabled"
    return call.store.save(body)


@route("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete(call):
    body = _find(call)
    call.store.remove(body["id"])
    return gone(body)


@route("GET", "/v1/webhook_endpoints", PAGE)
def list_all(call):
    return page(call, "webhook_endpoint")


def _find(call):
    found = call.store.get(call.ids[0], "webhook_endpoint", call.account)
    if found is None:
        raise missing("webhook endpoint", call.ids[0], param="webhook_endpoint")
    return found


def _shape(world, id_, url, enabled_events):
    return {
        "id": id_,
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": world.now(),
        "description": None,
        "enabled_events": enabled_events,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }
