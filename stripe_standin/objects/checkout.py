"""Checkout sessions: created and expired by the API, listed with their line items."""

from ..due import job, plan
from ..errors import invalid, missing, refused
from ..events import emit
from ..expand import included
from ..ids import letters
from ..lists import PAGE, listing, page
from ..params import chargeable, currency, group, integer, metadata, platform_only, text, web_address
from ..params import listing as array
from ..routes import Call, route
from .checkout_shape import item_shape, session_shape
from .customers import find_customer
from .intents import cancel_intent
from .products import make_price, product_of

CREATE = (
    "mode line_items success_url cancel_url customer customer_email client_reference_id payment_intent_data expires_at "
    "payment_method_types locale submit_type customer_creation billing_address_collection phone_number_collection "
    "allow_promotion_codes invoice_creation payment_method_options payment_method_collection ui_mode custom_text "
    "customer_update adaptive_pricing automatic_tax consent_collection tax_id_collection"
)
INTENT_FACTS = ("transfer_group", "description", "receipt_email", "statement_descriptor_suffix")
SHORTEST, LONGEST = 30 * 60, 24 * 3600


@route("POST", "/v1/checkout/sessions", CREATE)
def create(call):
    platform_only(call)
    params = call.params
    text(params, "mode", required=True, choices=("payment",))
    items = [_line_item(call, given) for given in array(params, "line_items")]
    if not items:
        raise invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    money = items[0]["currency"]
    if any(item["currency"] != money for item in items):
        raise invalid("All line items must have the same currency.", param="line_items")
    total = sum(item["amount_total"] for item in items)
    chargeable(total, money)
    facts = {"total": total, "money": money, "expires_at": _expires_at(call)}
    session = session_shape(call.world, f"cs_test_a1{letters(56)}", params, **facts, **_facts(call))
    call.store.add(session, items=items, intent=_intent_facts(group(params, "payment_intent_data")))
    plan(call.world, "session_expiry", session["id"], session["expires_at"])
    return session


@route("GET", "/v1/checkout/sessions/{session}")
def retrieve(call):
    return find_session(call, call.ids[0])


@route("POST", "/v1/checkout/sessions/{session}")
def update(call):
    session = find_session(call, call.ids[0])
    session["metadata"] = metadata(call.params, session["metadata"])
    return call.store.save(session)


@route("POST", "/v1/checkout/sessions/{session}/expire")
def expire(call):
    session = find_session(call, call.ids[0])
    if session["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {session["status"]}.'
        raise refused(message, param="session")
    return expire_session(call.world, session)


@route("GET", "/v1/checkout/sessions/{session}/line_items", PAGE)
def line_items(call):
    return _items_list(call.world, find_session(call, call.ids[0]))


@route("GET", "/v1/checkout/sessions", f"{PAGE} customer payment_intent status customer_details")
def list_all(call):
    return page(call, "checkout.session", filters=("customer", "payment_intent", "status"))


@included("checkout.session", "line_items")
def _items_list(world, session):
    return listing(world.store.hidden(session["id"])["items"], f"/v1/checkout/sessions/{session['id']}/line_items")


@included("item", "discounts")
def discounts_of(world, item):
    return []


@included(None, "breakdown")
def total_breakdown(world, total_details):
    return {"discounts": [], "taxes": []}


@job("session_expiry")
def expire_when_due(world, id_):
    session = world.store.get(id_)
    if session["status"] == "open":
        expire_session(world, session)


def expire_session(world, session) -> dict:
    """Closes an open session unpaid, with the payment that was tried in it."""
    session.update(status="expired", url=None)
    emit(world, "checkout.session.expired", world.store.save(session))
    intent = session["payment_intent"] and world.store.get(session["payment_intent"])
    if intent and intent["status"] != "canceled":
        cancel_intent(world, intent, "expired")
    return session


def find_session(call, id_):
    found = call.store.get(id_, "checkout.session", call.account)
    if found is None:
        raise missing("checkout.session", id_, param="session")
    return found


def _facts(call):
    params = call.params
    customer = text(params, "customer")
    if customer and text(params, "customer_email"):
        raise invalid("You may only specify one of these parameters: customer, customer_email.", param="customer")
    return {
        "customer": customer and find_customer(call, customer, param="customer", status=400),
        "success_url": web_address(params, "success_url", required=True),
        "cancel_url": web_address(params, "cancel_url"),
    }


def _intent_facts(given):
    return {"metadata": metadata(given), **{name: text(given, name) for name in INTENT_FACTS}}


def _expires_at(call):
    now = call.world.now()
    at = integer(call.params, "expires_at", default=now + LONGEST)
    if not now + SHORTEST - 60 <= at <= now + LONGEST + 60:  # a minute's grace for two clocks
        message = "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from creation."
        raise invalid(message, param="expires_at")
    return at


def _line_item(call: Call, given) -> dict:
    quantity = integer(given, "quantity", default=1, least=1)
    if text(given, "price"):
        price = call.store.get(given["price"], "price", call.account)
        if price is None:
            raise missing("price", given["price"], param="line_items[0][price]", status=400)
    else:
        price = _price(call, group(given, "price_data"))
    name = call.store.get(price["product"])["name"]
    return item_shape(price, quantity, name)


def _price(call, data):
    return make_price(
        call.world,
        product=product_of(call, data),
        money=currency(data),
        unit_amount=integer(data, "unit_amount", required=True, least=0),
        account=call.account,
        active=False,
    )
