"""Reversals: money of a transfer taken back, as far as the connected account still has it."""

from ..errors import missing, refused
from ..events import emit
from ..ids import new_id
from ..lists import PAGE, page
from ..params import amount, metadata
from ..routes import route
from .balance import funds, move
from .refunds import make_payment_refund
from .transfers import find_transfer


@route("POST", "/v1/transfers/{id}/reversals", "amount description refund_application_fee")
def create(call):
    transfer = find_transfer(call, call.ids[0])
    left = transfer["amount"] - transfer["amount_reversed"]
    value = amount(call.params, required=False) or left
    if left == 0:
        raise refused(f"Transfer {transfer['id']} is already fully reversed.", code="transfer_already_reversed")
    if value > left:
        message = f"Transfer reversal amount ({value}) is greater than the unreversed amount of the transfer ({left})."
        raise refused(message, param="amount", code="amount_too_large")
    theirs = funds(call.world, transfer["destination"], transfer["currency"])
    if theirs["available"] + theirs["pending"] < value:
        message = f"The connected account's balance does not cover this reversal of {value}."
        raise refused(message, code="balance_insufficient")
    return make_reversal(call.world, transfer, value, metadata(call.params))


def make_reversal(world, transfer, value, facts) -> dict:
    """Moves the money back from the connected account."""
    body = _shape(world, transfer, value, facts)
    available_on = world.store.hidden(transfer["id"])["available_on"]
    back = make_payment_refund(world, transfer, value, transfer["destination"])
    where = {"account": transfer["destination"], "available_on": available_on}
    outgoing = move(world, "payment_refund", -value, transfer["currency"], back["id"], **where)
    world.store.save({**back, "balance_transaction": outgoing["id"], "source_transfer_reversal": body["id"]})
    incoming = move(world, "transfer_refund", value, transfer["currency"], body["id"], available_on=available_on)
    body.update(balance_transaction=incoming["id"], destination_payment_refund=back["id"])
    world.store.add(body)
    before = {"amount_reversed": transfer["amount_reversed"], "reversed": transfer["reversed"]}
    transfer["amount_reversed"] += value
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"] = [body, *transfer["reversals"]["data"]][:10]
    emit(world, "transfer.reversed", world.store.save(transfer), previous=before)
    return body


@route("GET", "/v1/transfers/{id}/reversals", PAGE)
def list_all(call):
    transfer = find_transfer(call, call.ids[0])
    return page(call, "transfer_reversal", transfer=transfer["id"])


@route("GET", "/v1/transfers/{transfer}/reversals/{id}")
def retrieve(call):
    transfer = find_transfer(call, call.ids[0])
    found = call.store.get(call.ids[1], "transfer_reversal", call.account)
    if found is None or found["transfer"] != transfer["id"]:
        raise missing("transfer reversal", call.ids[1])
    return found


def _shape(world, transfer, value, facts):
    return {
        "id": new_id("trr"),
        "object": "transfer_reversal",
        "amount": value,
        "balance_transaction": None,
        "created": world.now(),
        "currency": transfer["currency"],
        "destination_payment_refund": None,
        "metadata": facts,
        "source_refund": None,
        "transfer": transfer["id"],
    }
