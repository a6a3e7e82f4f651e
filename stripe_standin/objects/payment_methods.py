"""Payment methods: the card that paid."""

from ..errors import missing
from ..ids import new_id
from ..lists import PAGE, page
from ..params import text
from ..routes import route
from .cards import card_shape
from .customers import find_customer


def make_payment_method(world, card, billing_details, customer=None) -> dict:
    networks = {"available": ["visa"], "preferred": None}
    told = card_shape(
        card,
        display_brand="visa",
        generated_from=None,
        networks=networks,
        three_d_secure_usage={"supported": True},
    )
    body = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details,
        "card": told,
        "created": world.now(),
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }
    return world.store.add(body, card=card.number)


@route("GET", "/v1/payment_methods/{payment_method}")
def retrieve(call):
    return find_payment_method(call, call.ids[0])


@route("GET", "/v1/payment_methods", f"{PAGE} type customer")
def list_all(call):
    customer = text(call.params, "customer")
    return page(call, "payment_method", filters=("type",), **({"customer": customer} if customer else {}))


@route("GET", "/v1/customers/{customer}/payment_methods", f"{PAGE} type allow_redisplay")
def list_of_customer(call):
    customer = find_customer(call, call.ids[0])
    return page(call, "payment_method", filters=("type",), customer=customer["id"])


def find_payment_method(call, id_):
    found = call.store.get(id_, "payment_method", call.account)
    if found is None:
        raise missing("PaymentMethod", id_, param="payment_method")
    return found
