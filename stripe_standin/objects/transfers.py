"""Transfers to connected accounts; with a source charge they move when its money is available."""

from ..errors import invalid, missing, refused
from ..events import emit
from ..ids import new_id
from ..lists import PAGE, listing, page
from ..params import amount, currency, metadata, platform_only, text
from ..routes import route
from .balance import funds, move
from .charges import find_charge, make_destination_payment

CREATE = "amount currency destination source_transaction transfer_group description source_type"


@route("POST", "/v1/transfers", CREATE)
def create(call):
    platform_only(call)
    value, destination = amount(call.params), _destination(call)
    charge_id = text(call.params, "source_transaction")
    charge = charge_id and find_charge(call, charge_id, param="source_transaction", status=400)
    money = currency(call.params, required=not charge) or charge["currency"]
    if charge:
        _within_charge(call, charge, value, money)
    elif funds(call.world, "", money)["available"] < value:
        message = "You have insufficient available funds in your Stripe account."
        raise refused(message, code="balance_insufficient")
    return make_transfer(call, value, money, destination, charge)


def make_transfer(call, value, money, destination, charge) -> dict:
    """Moves the money to the account, pending for as long as the charge's is."""
    world = call.world
    available_on = world.store.hidden(charge["id"])["available_on"] if charge else world.now()
    body = _shape(call, value, money, destination, charge)
    outgoing = move(world, "transfer", -value, money, body["id"], available_on=available_on)
    body["balance_transaction"] = outgoing["id"]
    payment = make_destination_payment(world, body, destination)
    facts = {"account": destination, "available_on": available_on}
    incoming = move(world, "payment", value, money, payment["id"], **facts)
    world.store.save({**payment, "balance_transaction": incoming["id"]})
    body["destination_payment"] = payment["id"]
    world.store.add(body, available_on=available_on)
    emit(world, "transfer.created", body)
    return body


@route("GET", "/v1/transfers/{transfer}")
def retrieve(call):
    return find_transfer(call, call.ids[0])


@route("POST", "/v1/transfers/{transfer}", "description")
def update(call):
    transfer = find_transfer(call, call.ids[0])
    before = {name: transfer[name] for name in ("description", "metadata") if name in call.params}
    transfer["description"] = text(call.params, "description", default=transfer["description"])
    transfer["metadata"] = metadata(call.params, transfer["metadata"])
    emit(call.world, "transfer.updated", call.store.save(transfer), previous=before)
    return transfer


@route("GET", "/v1/transfers", f"{PAGE} destination transfer_group")
def list_all(call):
    return page(call, "transfer", filters=("destination", "transfer_group"))


def find_transfer(call, id_):
    found = call.store.get(id_, "transfer", call.account)
    if found is None:
        raise missing("transfer", id_, param="transfer")
    return found


def _destination(call):
    id_ = text(call.params, "destination", required=True)
    account = call.store.get(id_, "account", "")
    if account is None or call.store.hidden(id_).get("platform"):
        raise missing("destination", id_, param="destination", status=400)
    if (account["capabilities"] or {}).get("transfers") != "active":
        message = (
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments"
        )
        raise refused(message, code="insufficient_capabilities_for_transfer")
    return id_


def _within_charge(call, charge, value, money):
    if charge["status"] != "succeeded":
        raise invalid("The source charge has not succeeded.", param="source_transaction")
    if charge["currency"] != money:
        message = f"The currency of source_transaction's balance transaction ({charge['currency']}) is not {money}."
        raise invalid(message, param="currency")
    earlier = call.store.find("transfer", source_transaction=charge["id"])
    left = charge["amount"] - sum(transfer["amount"] - transfer["amount_reversed"] for transfer in earlier)
    if value > left:
        message = f"The transfers of this charge cannot exceed it: {left} is left, {value} was asked for."
        raise refused(message, param="amount", code="amount_too_large")


def _shape(call, value, money, destination, charge):
    id_ = new_id("tr")
    label = (charge and charge["transfer_group"]) or (charge and f"group_{charge['id']}") or None
    return {
        "id": id_,
        "object": "transfer",
        "amount": value,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": call.world.now(),
        "currency": money,
        "description": text(call.params, "description"),
        "destination": destination,
        "destination_payment": None,
        "livemode": False,
        "metadata": metadata(call.params),
        "reversals": listing([], f"/v1/transfers/{id_}/reversals"),
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": "card",
        "transfer_group": text(call.params, "transfer_group") or label,
    }
