"""Payment intents: made when a Checkout page is paid, they carry the tries."""

from ..errors import missing, refused
from ..events import emit
from ..ids import letters, new_id
from ..lists import PAGE, page
from ..params import metadata, text
from ..routes import route

THREE_D_SECURE = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "exemption_indicator_applied": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": "b1e9a2f0-0000-4000-8000-00000000d5ec",
    "version": "2.2.0",
}
NOTHING = (
    "application application_fee_amount automatic_payment_methods canceled_at cancellation_reason "
    "customer_account description excluded_payment_method_types last_payment_error latest_charge next_action "
    "on_behalf_of payment_method payment_method_configuration_details presentment_details processing "
    "receipt_email review setup_future_usage shipping source statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group"
)


def make_intent(world, amount, money, *, customer=None, **facts) -> dict:
    id_ = new_id("pi")
    body = {
        "id": id_,
        "object": "payment_intent",
        **dict.fromkeys(NOTHING.split()),
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": f"{id_}_secret_{letters(25)}",
        "confirmation_method": "automatic",
        "created": world.now(),
        "currency": money,
        "customer": customer,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {"card": _card_options()},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        **facts,
    }
    world.store.add(body)
    emit(world, "payment_intent.created", body)
    return body


def fail_intent(world, intent, error, method, charge=None) -> None:
    intent.update(
        status="requires_payment_method",
        last_payment_error={**error, "payment_method": method, "type": error.get("type", "card_error")},
        next_action=None,
        payment_method=None,
        latest_charge=charge or intent["latest_charge"],
    )
    emit(world, "payment_intent.payment_failed", world.store.save(intent))


def ask_for_authentication(world, intent, method, url) -> None:
    action = {"redirect_to_url": {"return_url": None, "url": url}, "type": "redirect_to_url"}
    intent.update(status="requires_action", next_action=action, payment_method=method["id"])
    emit(world, "payment_intent.requires_action", world.store.save(intent))


def succeed_intent(world, intent, method, charge) -> None:
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
        payment_method=method["id"],
    )
    emit(world, "payment_intent.succeeded", world.store.save(intent))


def cancel_intent(world, intent, reason) -> None:
    intent.update(status="canceled", canceled_at=world.now(), cancellation_reason=reason, next_action=None)
    emit(world, "payment_intent.canceled", world.store.save(intent))


@route("GET", "/v1/payment_intents/{intent}", "client_secret")
def retrieve(call):
    return find_intent(call, call.ids[0])


@route("POST", "/v1/payment_intents/{intent}", "description receipt_email transfer_group")
def update(call):
    intent = find_intent(call, call.ids[0])
    for name in ("description", "receipt_email", "transfer_group"):
        intent[name] = text(call.params, name, default=intent[name])
    intent["metadata"] = metadata(call.params, intent["metadata"])
    return call.store.save(intent)


@route("POST", "/v1/payment_intents/{intent}/cancel", "cancellation_reason")
def cancel(call):
    intent = find_intent(call, call.ids[0])
    if intent["status"] in ("succeeded", "canceled"):
        message = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
        raise refused(message, code="payment_intent_unexpected_state")
    cancel_intent(call.world, intent, text(call.params, "cancellation_reason"))
    return intent


@route("GET", "/v1/payment_intents", f"{PAGE} customer")
def list_all(call):
    return page(call, "payment_intent", filters=("customer",))


def find_intent(call, id_, *, param="intent", status=404):
    found = call.store.get(id_, "payment_intent", call.account)
    if found is None:
        raise missing("payment_intent", id_, param=param, status=status)
    return found


def _card_options():
    return {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
