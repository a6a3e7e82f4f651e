"""Products and prices."""

from ..errors import missing
from ..events import emit
from ..expand import included
from ..ids import new_id
from ..lists import PAGE, listing, page
from ..params import boolean, currency, group, integer, metadata, text
from ..routes import route
from .customers import gone


def make_product(world, *, name, account="", description=None, **facts) -> dict:
    body = {
        "id": new_id("prod", 14),
        "object": "product",
        "active": True,
        "created": world.now(),
        "default_price": None,
        "description": description,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": world.now(),
        "url": None,
        **facts,
    }
    return world.store.add(body, account)


def make_price(world, *, product, money, unit_amount, account="", recurring=None, **facts) -> dict:
    body = {
        "id": new_id("price"),
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": world.now(),
        "currency": money,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
        **facts,
    }
    return world.store.add(body, account)


@route("POST", "/v1/products", "name description active id images url unit_label statement_descriptor tax_code")
def create_product(call):
    name = text(call.params, "name", required=True)
    facts = {"metadata": metadata(call.params), "active": boolean(call.params, "active", default=True)}
    if call.params.get("id"):
        facts["id"] = text(call.params, "id")
    plain = {field: text(call.params, field) for field in ("description", "url", "unit_label", "statement_descriptor")}
    product = make_product(call.world, name=name, account=call.account, **plain, **facts)
    emit(call.world, "product.created", product, account=call.account)
    return product


@route("GET", "/v1/products/{id}")
def retrieve_product(call):
    return _find(call, "product", call.ids[0])


@route("POST", "/v1/products/{id}", "name description active url default_price")
def update_product(call):
    product = _find(call, "product", call.ids[0])
    for name in ("name", "description", "url", "default_price"):
        if name in call.params:
            product[name] = text(call.params, name)
    product["active"] = boolean(call.params, "active", default=product["active"])
    product["metadata"] = metadata(call.params, product["metadata"])
    product["updated"] = call.world.now()
    emit(call.world, "product.updated", call.store.save(product), account=call.account, previous={})
    return product


@route("DELETE", "/v1/products/{id}")
def delete_product(call):
    product = _find(call, "product", call.ids[0])
    call.store.remove(product["id"])
    emit(call.world, "product.deleted", product, account=call.account)
    return gone(product)


@route("GET", "/v1/products", f"{PAGE} active ids url type")
def list_products(call):
    return page(call, "product")


@route("GET", "/v1/products/{product}/features", PAGE)
def list_features(call):
    _find(call, "product", call.ids[0])
    return listing([], call.path)


PRICE_NAMES = (
    "currency unit_amount product product_data recurring nickname lookup_key active tax_behavior billing_scheme"
)


@route("POST", "/v1/prices", PRICE_NAMES)
def create_price(call):
    facts = {"metadata": metadata(call.params), "nickname": text(call.params, "nickname")}
    facts["lookup_key"] = text(call.params, "lookup_key")
    price = make_price(
        call.world,
        product=product_of(call, call.params),
        money=currency(call.params),
        unit_amount=integer(call.params, "unit_amount", required=True, least=0),
        account=call.account,
        recurring=_recurring(group(call.params, "recurring")),
        **facts,
    )
    emit(call.world, "price.created", price, account=call.account)
    return price


@route("GET", "/v1/prices/{price}")
def retrieve_price(call):
    return _find(call, "price", call.ids[0])


@route("POST", "/v1/prices/{price}", "active nickname lookup_key")
def update_price(call):
    price = _find(call, "price", call.ids[0])
    for name in ("nickname", "lookup_key"):
        if name in call.params:
            price[name] = text(call.params, name)
    price["active"] = boolean(call.params, "active", default=price["active"])
    price["metadata"] = metadata(call.params, price["metadata"])
    emit(call.world, "price.updated", call.store.save(price), account=call.account, previous={})
    return price


@route("GET", "/v1/prices", f"{PAGE} product type currency active lookup_keys recurring")
def list_prices(call):
    return page(call, "price", filters=("product", "type", "currency"))


@included("price", "currency_options")
def currency_options_of(world, price):
    amounts = {
        name: price[name] for name in ("custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal")
    }
    return {price["currency"]: amounts}


@included("price", "tiers")
def tiers_of(world, price):
    return None


def product_of(call, params) -> str:
    """The product a price is for: one that is named, or a new one described in ``product_data``."""
    given = text(params, "product")
    if given:
        return _find(call, "product", given, param="product", status=400)["id"]
    data = group(params, "product_data")
    facts = {"description": text(data, "description"), "metadata": metadata(data)}
    name = text(data, "name", required=True)
    return make_product(call.world, name=name, account=call.account, **facts)["id"]


def _recurring(given):
    if not given:
        return None
    interval = text(given, "interval", required=True, choices=("day", "week", "month", "year"))
    count = integer(given, "interval_count", default=1, least=1)
    facts = {"interval": interval, "interval_count": count, "usage_type": "licensed"}
    return {**facts, "meter": None, "trial_period_days": None}


def _find(call, kind, id_, *, param="id", status=404):
    found = call.store.get(id_, kind, call.account)
    if found is None:
        raise missing(kind, id_, param=param, status=status)
    return found
