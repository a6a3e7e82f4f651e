"""The receipt of a charge."""

from ..errors import missing
from .html import Safe, fill, moment, money, show


def show_receipt(world, request, id_):
    with world.lock:
        charge = world.store.get(id_, "charge")
        if charge is None or not charge["paid"]:
            raise missing("receipt", id_)
    given_back = charge["amount_refunded"]
    refunded = money(given_back, charge["currency"])
    card = charge["payment_method_details"].get("card")
    return show(
        world,
        "receipt",
        "Receipt",
        amount=money(charge["amount"], charge["currency"]),
        made=moment(charge["created"]),
        card=f"{card['brand'].title()} ending in {card['last4']}" if card else "Stripe balance",
        who=charge["billing_details"]["name"] or charge["billing_details"]["email"] or "",
        description=charge["description"] or "",
        refunded=fill("receipt_refund", amount=refunded) if given_back else Safe(""),
        id=id_,
    )
