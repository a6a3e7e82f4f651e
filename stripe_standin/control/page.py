"""The control page: objects, events, deliveries, the clock, and buttons for what goes wrong."""

import json

from ..errors import missing
from ..failures import MODES
from ..pages.html import Safe, cells, fill, join, moment, money, show
from .acts import deliveries_of

KINDS = ("checkout.session", "payment_intent", "charge", "refund", "dispute", "transfer", "transfer_reversal", "payout")


def overview(world, request):
    with world.lock:
        prefix = world.config.public_url
        objects = [row for kind in KINDS for row in _newest(world, kind)]
        objects += world.store.find("account", limit=20) + world.store.find("customer", limit=10)
        events = world.store.sql("SELECT body FROM objects WHERE kind = 'event' ORDER BY seq DESC LIMIT 40").fetchall()
        deliveries = deliveries_of(world, 40)
    return show(
        world,
        "control",
        "Control",
        clock=moment(world.clock.now()),
        offset=f"{world.clock.offset():+.0f} s",
        state="paused" if world.paused else "running",
        modes=join(fill("control_option", value=mode, label=mode.replace("_", " ")) for mode in MODES),
        deliveries=join(_delivery_row(prefix, row) for row in deliveries),
        events=join(_event_row(prefix, json.loads(row["body"])) for row in events),
        objects=join(_object_row(prefix, body) for body in objects),
    )


def show_object(world, request, id_):
    with world.lock:
        body = world.store.get(id_)
    if body is None:
        raise missing("object", id_)
    return show(world, "control_object", id_, id=id_, json=json.dumps(body, indent=2, ensure_ascii=False))


def _newest(world, kind):
    statement = "SELECT body FROM objects WHERE kind = ? ORDER BY seq DESC LIMIT 12"
    return [json.loads(row["body"]) for row in world.store.sql(statement, kind)]


def _delivery_row(prefix, row):
    last = row["tries"][-1] if row["tries"] else None
    answer = (last["status"] or last["error"]) if last else ""
    when = moment(row["next_at"])
    return cells(_link(prefix, row["event"], row["type"]), row["url"], row["state"], answer, when, _again(prefix, row))


def _event_row(prefix, event):
    subject = event["data"]["object"].get("id", "")
    whose = event.get("account", "platform")
    return cells(moment(event["created"]), _link(prefix, event["id"], event["type"]), subject, whose)


def _object_row(prefix, body):
    amount = money(body["amount"], body["currency"]) if "amount" in body else ""
    state = body.get("status") or body.get("email") or ""
    return cells(body["object"], _link(prefix, body["id"], body["id"]), amount, state, _acts(prefix, body))


def _acts(prefix, body):
    """The buttons for an object of this kind."""
    kind, id_ = body["object"], body["id"]
    if kind == "charge" and body["paid"] and not body["disputed"] and id_.startswith("ch_"):
        return _button(prefix, "dispute", "Open a dispute", charge=id_)
    if kind == "dispute" and body["status"] in ("needs_response", "under_review"):
        won = _button(prefix, "decide", "Won", dispute=id_, outcome="won")
        return won + _button(prefix, "decide", "Lost", dispute=id_, outcome="lost")
    if kind == "payout" and body["status"] in ("pending", "in_transit", "paid"):
        return _button(prefix, "fail-payout", "Fail it", payout=id_)
    if kind == "account" and not body["payouts_enabled"]:
        return _button(prefix, "onboard", "Onboard", account=id_)
    if kind == "account" and body["type"] != "standard":
        return _button(prefix, "restrict", "Ask for more", account=id_)
    return Safe("")


def _again(prefix, row):
    how = {"again": "Again", "late": "Late", "twice": "Twice"}
    return join(_button(prefix, "redeliver", label, delivery=row["seq"], how=name) for name, label in how.items())


def _button(prefix, act, label, **fields):
    hidden = join(fill("control_hidden", name=name, value=value) for name, value in fields.items())
    return fill("control_button", prefix=prefix, act=act, label=label, fields=hidden)


def _link(prefix, id_, label):
    return fill("control_link", prefix=prefix, id=id_, label=label)
