"""The receipt of a charge."""

from ..errors import missing
from .html import Safe, fill, moment, money, show


def show_receipt(world, request, id_):
    with world.lock:
        charge = world.store.get(id_, "charge")
        if charge is None or not charge["paid"]:
            raise missing("receipt", id_)
    given_back = charge["amount_refunded"]
    card = charge["payment_method_details"].get("card")
    return show(
        world,
        "receipt",
        "Receipt",
        amount=money(charge["amount"], charge["currency"]),
        made=moment(charge["created"]),
        card=f"{card['brand'].title()} ending in {card['last4']}" if card else "Stripe balance",
        who=charge["billing_details"]["name"] or charge["billing_details"]["email"] or "",
        description=_row("For", charge["description"]),
        refunded=_row("Refunded", money(given_back, charge["currency"]) if given_back else ""),
        id=id_,
    )


def _row(name, value):
    return fill("receipt_row", name=name, value=value) if value else Safe("")
