"""Checkout's page: what is bought, a test card to choose, 3-D Secure, and the way back to the shop."""

from ..errors import missing
from ..objects.cards import CARDS
from ..objects.payment import AUTHENTICATE, PAID, authenticate, last_error, pay
from ..web import redirect
from .html import Safe, fill, join, moment, money, notice, show


def show_session(world, request, id_):
    with world.lock:
        session = _session(world, id_)
        if session["status"] != "open":
            return _closed(world, session)
        items = world.store.hidden(id_)["items"]
        error = last_error(world, session)
    return show(
        world,
        "checkout",
        "Pay",
        id=id_,
        total=money(session["amount_total"], session["currency"]),
        expires=moment(session["expires_at"]),
        items=join(_item_row(item) for item in items),
        error=fill("error", text=error) if error else Safe(""),
        email=_email_field(session),
        cards=join(_card_choice(card, first=number == next(iter(CARDS))) for number, card in CARDS.items()),
        back=fill("link", url=session["cancel_url"], label="Go back") if session["cancel_url"] else Safe(""),
    )


def pay_session(world, request, id_):
    with world.work():
        session = _session(world, id_)
        fields = request.fields
        facts = {"name": fields.get("name"), "email": fields.get("email")}
        outcome = pay(world, session, fields.get("card", ""), **facts) if session["status"] == "open" else PAID
    return _next(world, session, outcome)


def show_authentication(world, request, id_):
    with world.lock:
        session = _session(world, id_)
    if session["status"] != "open":
        return _closed(world, session)
    amount = money(session["amount_total"], session["currency"])
    return show(world, "authenticate", "3-D Secure", id=id_, total=amount)


def end_authentication(world, request, id_):
    with world.work():
        session = _session(world, id_)
        outcome = authenticate(world, session, passed=request.fields.get("outcome") == "complete")
    return _next(world, session, outcome)


def return_address(session) -> str:
    """Where a person goes who has paid."""
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _next(world, session, outcome):
    if outcome == AUTHENTICATE:
        return redirect(world.link(f"/c/pay/{session['id']}/authenticate"))
    if outcome == PAID and session["status"] == "complete":
        return redirect(return_address(session))
    return redirect(world.link(f"/c/pay/{session['id']}"))


def _session(world, id_):
    session = world.store.get(id_, "checkout.session")
    if session is None:
        raise missing("checkout.session", id_)
    return session


def _closed(world, session):
    if session["status"] == "complete":
        return notice(
            world, "Already paid", "This payment is complete.", link=return_address(session), label="Continue"
        )
    text = "This Checkout page has expired. Nothing was paid."
    return notice(world, "Page expired", text, link=session["cancel_url"] or "", label="Go back")


def _item_row(item):
    price = money(item["amount_total"], item["currency"])
    return fill("checkout_item", name=item["description"], quantity=item["quantity"], price=price)


def _card_choice(card, first):
    checked = Safe(" checked") if first else Safe("")
    return fill("checkout_card", number=card.number, spaced=card.spaced, title=card.title, checked=checked)


def _email_field(session):
    known = (session["customer_details"] or {}).get("email")
    return fill("checkout_known_email", email=known) if known else fill("checkout_email")
