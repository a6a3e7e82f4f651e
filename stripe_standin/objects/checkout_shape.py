"""The shape of a Checkout session and of its line items."""

from ..ids import new_id
from ..params import metadata, text

NOTHING = (
    "after_expiration allow_promotion_codes client_secret collected_information consent consent_collection "
    "currency_conversion customer_account customer_details discounts integration_identifier invoice "
    "origin_context payment_intent payment_link payment_method_configuration_details permissions "
    "recovered_from saved_payment_method_options setup_intent shipping_address_collection shipping_cost "
    "subscription wallet_options"
)


def session_shape(world, id_, params, *, total, money, expires_at, customer, success_url, cancel_url) -> dict:
    """A new, open session for one payment."""
    return {
        "id": id_,
        "object": "checkout.session",
        **dict.fromkeys(NOTHING.split()),
        **_settings(params),
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": cancel_url,
        "client_reference_id": text(params, "client_reference_id"),
        "created": world.now(),
        "currency": money,
        "customer": customer and customer["id"],
        "customer_details": _first_details(customer, text(params, "customer_email")),
        "customer_email": text(params, "customer_email"),
        "expires_at": expires_at,
        "livemode": False,
        "metadata": metadata(params),
        "mode": "payment",
        "payment_status": "unpaid",
        "status": "open",
        "success_url": success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": world.link(f"/c/pay/{id_}"),
    }


def item_shape(price, quantity, description) -> dict:
    total = price["unit_amount"] * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": description,
        "metadata": {},
        "price": price,
        "quantity": quantity,
    }


def details_shape(*, email, name, address=None) -> dict:
    """Who paid, as the page was told."""
    return {
        "address": address or {**_no_address(), "country": "US"},
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _first_details(customer, email):
    if not (customer or email):
        return None
    found = customer or {"email": email, "name": None, "address": None}
    details = details_shape(email=found["email"], name=found["name"], address=found["address"])
    return details if customer else {**details, "address": None}


def _settings(params):
    invoice_data = dict.fromkeys(("account_tax_ids", "custom_fields", "description", "footer", "issuer"))
    return {
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": text(params, "billing_address_collection"),
        "branding_settings": _branding(),
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer_creation": text(params, "customer_creation", default="if_required"),
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {**invoice_data, "metadata": {}, "rendering_options": None},
        },
        "locale": text(params, "locale"),
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "submit_type": text(params, "submit_type"),
        "ui_mode": "hosted_page",
    }


def _branding():
    colours = {"background_color": "#ffffff", "button_color": "#0074d4"}
    looks = {"border_style": "rounded", "display_name": "Skileez", "font_family": "default"}
    return {**colours, **looks, "icon": None, "logo": None}


def _no_address():
    return {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}
