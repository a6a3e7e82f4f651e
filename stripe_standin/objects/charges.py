"""Charges: money taken from a card. The fee, and with it the balance transaction, is known a little later."""

from ..due import job, plan
from ..errors import missing
from ..events import emit
from ..expand import included
from ..ids import letters, new_id
from ..lists import PAGE, listing, page
from ..params import metadata, text
from ..routes import route
from .balance import DAY, move
from .cards import CARDS, card_shape

FROM_INTENT = ("currency", "customer", "description", "receipt_email", "transfer_group")


def make_charge(world, intent, method, card, *, three_d_secure=None) -> dict:
    """The charge of a payment: succeeded, or failed when the card is declined."""
    declined = bool(card.code)
    id_ = new_id("ch")
    body = {
        **_empty_charge(),
        "id": id_,
        "amount": intent["amount"],
        "amount_captured": 0 if declined else intent["amount"],
        **{name: intent[name] for name in FROM_INTENT},
        "billing_details": method["billing_details"],
        "captured": not declined,
        "created": world.now(),
        "failure_code": card.code or None,
        "failure_message": card.message or None,
        "metadata": dict(intent["metadata"]),
        "outcome": _outcome(card),
        "paid": not declined,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card_details(card, intent, three_d_secure), "type": "card"},
        "receipt_url": None if declined else world.link(f"/receipts/{id_}"),
        "status": "failed" if declined else "succeeded",
    }
    available_on = world.now() if card.available_at_once else world.now() + 2 * DAY
    world.store.add(body, card=card.number, available_on=available_on)
    if declined:
        emit(world, "charge.failed", body)
    else:
        emit(world, "charge.succeeded", body)
        plan(world, "fee", id_, world.clock.now() + world.config.fee_delay)
    return body


@job("fee")
def settle_fee(world, id_):
    """The charge reaches the balance, less Stripe's fee of 2.9 % and 30 minor units."""
    charge = world.store.get(id_)
    fee = min((charge["amount"] * 29 + 500) // 1000 + 30, charge["amount"])
    available_on = world.store.hidden(id_)["available_on"]
    moved = move(world, "charge", charge["amount"], charge["currency"], id_, fee=fee, available_on=available_on)
    charge["balance_transaction"] = moved["id"]
    emit(world, "charge.updated", world.store.save(charge), previous={"balance_transaction": None})
    if CARDS[world.store.hidden(id_)["card"]].disputed:
        plan(world, "dispute", id_, world.now() + world.config.fee_delay)


@route("GET", "/v1/charges/{charge}")
def retrieve(call):
    return find_charge(call, call.ids[0])


@route("POST", "/v1/charges/{charge}", "description receipt_email transfer_group")
def update(call):
    charge = find_charge(call, call.ids[0])
    before = dict(charge)
    for name in ("description", "receipt_email", "transfer_group"):
        charge[name] = text(call.params, name, default=charge[name])
    charge["metadata"] = metadata(call.params, charge["metadata"])
    changed = {name: before[name] for name in before if before[name] != charge[name]}
    emit(call.world, "charge.updated", call.store.save(charge), account=call.account, previous=changed)
    return charge


@route("GET", "/v1/charges", f"{PAGE} customer payment_intent transfer_group")
def list_all(call):
    return page(call, "charge", filters=("customer", "payment_intent", "transfer_group"))


@included("charge", "refunds")
def refunds_of(world, charge):
    found = world.store.find("refund", world.store.account_of(charge["id"]), charge=charge["id"], limit=10)
    return listing(found, f"/v1/charges/{charge['id']}/refunds")


def find_charge(call, id_, *, param="id", status=404):
    found = call.store.get(id_, "charge", call.account)
    if found is None:
        raise missing("charge", id_, param=param, status=status)
    return found


def make_destination_payment(world, transfer, account) -> dict:
    """What a transfer is on the connected account's side."""
    body = {
        **_empty_charge(),
        "id": new_id("py"),
        "amount": transfer["amount"],
        "amount_captured": transfer["amount"],
        "captured": True,
        "created": world.now(),
        "currency": transfer["currency"],
        "paid": True,
        "payment_method_details": {"stripe_account": {}, "type": "stripe_account"},
        "source_transfer": transfer["id"],
        "status": "succeeded",
    }
    return world.store.add(body, account)


def _empty_charge():
    nothing = (
        "application application_fee application_fee_amount balance_transaction customer description failure_code "
        "failure_balance_transaction failure_message on_behalf_of outcome payment_intent payment_method "
        "presentment_details receipt_email receipt_number receipt_url review shipping source source_transfer "
        "statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
    )
    address = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
    return {
        "id": "",
        "object": "charge",
        **dict.fromkeys(nothing.split()),
        "amount_refunded": 0,
        "billing_details": {"address": address, "email": None, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": "SKILEEZ",
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "radar_options": {},
        "refunded": False,
    }


def _outcome(card):
    declined = bool(card.code)
    return {
        "advice_code": "try_again_later" if declined else None,
        "network_advice_code": None,
        "network_decline_code": "05" if declined else None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": card.decline_code or None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank declined the payment." if declined else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def _card_details(card, intent, three_d_secure):
    return card_shape(
        card,
        amount_authorized=None if card.code else intent["amount"],
        authorization_code=None if card.code else letters(6).upper(),
        extended_authorization={"status": "disabled"},
        incremental_authorization={"status": "unavailable"},
        installments=None,
        mandate=None,
        multicapture={"status": "unavailable"},
        network="visa",
        network_token={"used": False},
        network_transaction_id="1018" + card.number[-11:],
        overcapture={"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        three_d_secure=three_d_secure,
    )
