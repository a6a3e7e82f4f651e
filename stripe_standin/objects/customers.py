"""Customers."""

from ..errors import missing
from ..events import emit
from ..expand import included
from ..ids import letters, new_id
from ..lists import PAGE, listing, page
from ..params import address, group, metadata, text
from ..params import listing as array
from ..routes import route

PLAIN = ("email", "name", "phone", "description", "business_name", "individual_name")
NAMES = f"{' '.join(PLAIN)} address shipping preferred_locales tax_exempt"


def make_customer(world, *, account="", **facts) -> dict:
    """A new customer with its event; ``facts`` are fields that differ from an empty one."""
    body = {**_empty_customer(), "created": world.now(), **facts}
    world.store.add(body, account)
    emit(world, "customer.created", body, account=account)
    return body


@route("POST", "/v1/customers", NAMES)
def create(call):
    return make_customer(call.world, account=call.account, **_given(call.params, {}))


@route("GET", "/v1/customers/{customer}")
def retrieve(call):
    found = call.store.get(call.ids[0], "customer", call.account)
    if found is None:
        raise missing("customer", call.ids[0])
    return gone(found) if found.get("deleted") else found


@route("POST", "/v1/customers/{customer}", NAMES)
def update(call):
    customer = find_customer(call, call.ids[0])
    changed = _given(call.params, customer)
    before = {name: customer[name] for name in changed if customer[name] != changed[name]}
    customer.update(changed)
    call.store.save(customer)
    if before:
        emit(call.world, "customer.updated", customer, account=call.account, previous=before)
    return customer


@route("DELETE", "/v1/customers/{customer}")
def delete(call):
    customer = find_customer(call, call.ids[0])
    call.store.save({**customer, "deleted": True})
    emit(call.world, "customer.deleted", customer, account=call.account)
    return gone(customer)


@route("GET", "/v1/customers", f"{PAGE} email")
def list_all(call):
    alive = [("json_extract(body, '$.deleted') IS ?", None)]
    return page(call, "customer", filters=("email",), conditions=alive)


@included("customer", "sources")
def sources_of(world, customer):
    return listing([], f"/v1/customers/{customer['id']}/sources")


@included("customer", "subscriptions")
def subscriptions_of(world, customer):
    return listing([], f"/v1/customers/{customer['id']}/subscriptions")


def find_customer(call, id_, *, param="id", status=404):
    found = call.store.get(id_, "customer", call.account)
    if found is None or found.get("deleted"):
        raise missing("customer", id_, param=param, status=status)
    return found


def gone(body):
    return {"id": body["id"], "object": body["object"], "deleted": True}


def _given(params, before):
    given = {name: text(params, name) for name in PLAIN if name in params}
    if "metadata" in params:
        given["metadata"] = metadata(params, before.get("metadata"))
    if "address" in params:
        given["address"] = address(params)
    if "shipping" in params:
        given["shipping"] = _shipping(group(params, "shipping"))
    if "preferred_locales" in params:
        given["preferred_locales"] = array(params, "preferred_locales")
    if "tax_exempt" in params:
        given["tax_exempt"] = text(params, "tax_exempt", choices=("none", "exempt", "reverse"), default="none")
    return given


def _shipping(given):
    return (given and {"address": address(given), "name": given.get("name"), "phone": given.get("phone")}) or None


def _invoice_settings():
    return {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}


def _empty_customer():
    return {
        "id": new_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "business_name": None,
        "created": 0,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "individual_name": None,
        "invoice_prefix": letters(8).upper(),
        "invoice_settings": _invoice_settings(),
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
