"""Refunds of charges: they succeed at once; with card 5126 they fail later and the money comes back."""

import secrets

from ..due import job, plan
from ..errors import invalid, missing, refused
from ..events import emit
from ..ids import new_id
from ..lists import PAGE, page
from ..params import amount, metadata, platform_only, text
from ..routes import route
from .balance import move
from .cards import CARDS
from .charges import find_charge
from .intents import find_intent

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


@route("POST", "/v1/refunds", "charge payment_intent amount reason")
def create(call):
    platform_only(call)
    charge = _refunded_charge(call)
    reason = text(call.params, "reason", choices=REASONS)
    asked = amount(call.params, required=False)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge['id']} has not succeeded and cannot be refunded.", param="charge")
    if left == 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"] and not call.store.hidden(charge["id"]).get("dispute_won"):
        raise refused(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if asked and asked > left:
        message = f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})"
        raise refused(message, param="amount", code="amount_too_large")
    return make_refund(call.world, charge, asked or left, reason, metadata(call.params))


def make_refund(world, charge, value, reason, facts) -> dict:
    """Gives the money back and tells so."""
    body = _shape(world, charge, value, reason=reason, metadata=facts)
    available_on = world.store.hidden(charge["id"])["available_on"]
    moved = move(world, "refund", -value, charge["currency"], body["id"], available_on=available_on)
    body["balance_transaction"] = moved["id"]
    world.store.add(body)
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += value
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.store.save(charge)
    emit(world, "refund.created", body)
    emit(world, "charge.refunded", charge, previous=before)
    plan(world, "refund", body["id"], world.clock.now() + world.config.fee_delay)
    return body


@job("refund")
def settle_refund(world, id_):
    """The bank's word on the refund: a reference, or that it could not be done."""
    refund = world.store.get(id_)
    charge = world.store.get(refund["charge"])
    if CARDS[world.store.hidden(charge["id"])["card"]].refund_fails:
        fail_refund(world, refund, charge)
        return
    before = {"destination_details": refund["destination_details"]}
    known = {"reference": f"{secrets.randbelow(10**17):017d}", "reference_status": "available"}
    refund["destination_details"] = {**before["destination_details"], "card": {**_card_reference(), **known}}
    emit(world, "refund.updated", world.store.save(refund), previous=before)


def fail_refund(world, refund, charge) -> None:
    """The money could not be given back: it returns to the balance."""
    moved = move(world, "refund_failure", refund["amount"], refund["currency"], refund["id"])
    before = {"status": refund["status"], "failure_balance_transaction": None, "failure_reason": None}
    refund.update(status="failed", failure_balance_transaction=moved["id"], failure_reason="unknown")
    world.store.save(refund)
    changed = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.store.save(charge)
    emit(world, "refund.updated", refund, previous=before)
    emit(world, "refund.failed", refund)
    emit(world, "charge.updated", charge, previous=changed)


@route("GET", "/v1/refunds/{refund}")
def retrieve(call):
    return _find(call)


@route("POST", "/v1/refunds/{refund}")
def update(call):
    refund = _find(call)
    refund["metadata"] = metadata(call.params, refund["metadata"])
    return call.store.save(refund)


@route("GET", "/v1/refunds", f"{PAGE} charge payment_intent")
def list_all(call):
    return page(call, "refund", filters=("charge", "payment_intent"))


def make_payment_refund(world, transfer, value, account) -> dict:
    """What a reversal is on the connected account's side."""
    payment = world.store.get(transfer["destination_payment"])
    body = _shape(world, payment, value, prefix="pyr")
    body["destination_details"] = None
    payment["amount_refunded"] += value
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    world.store.save(payment)
    return world.store.add(body, account)


def _refunded_charge(call):
    intent_id, charge_id = text(call.params, "payment_intent"), text(call.params, "charge")
    if bool(intent_id) == bool(charge_id):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if intent_id:
        intent = find_intent(call, intent_id, param="payment_intent", status=400)
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
            raise refused(message, param="payment_intent")
        charge_id = intent["latest_charge"]
    return find_charge(call, charge_id, param="charge", status=400)


def _shape(world, charge, value, *, prefix="re", reason=None, metadata=None):
    return {
        "id": new_id(prefix),
        "object": "refund",
        "amount": value,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "destination_details": {"card": _card_reference(), "type": "card"},
        "metadata": metadata or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _card_reference():
    return {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}


def _find(call):
    found = call.store.get(call.ids[0], "refund", call.account)
    if found is None:
        raise missing("refund", call.ids[0], param="refund")
    return found
