"""Paying an open Checkout session with one of the test cards, as the hosted page does."""

from ..errors import refused
from ..events import emit
from .cards import CARDS
from .charges import make_charge
from .checkout_shape import details_shape
from .customers import make_customer
from .intents import THREE_D_SECURE, ask_for_authentication, fail_intent, make_intent, succeed_intent
from .payment_methods import make_payment_method

PAID, DECLINED, AUTHENTICATE = "paid", "declined", "authenticate"
FAILED_AUTHENTICATION = {
    "code": "payment_intent_authentication_failure",
    "message": "We are unable to authenticate your payment method. Please choose a different one and try again.",
    "type": "invalid_request_error",
}


def pay(world, session, number, *, name=None, email=None) -> str:
    """One try with one card; answers what came of it: paid, declined or authenticate."""
    card = _chosen(number)
    _must_be_open(session)
    details = _details(world, session, name=name, email=email)
    intent = _intent(world, session, details)
    method = make_payment_method(world, card, _billing(details), intent["customer"])
    if card.three_d_secure:
        ask_for_authentication(world, intent, method, world.link(f"/c/pay/{session['id']}/authenticate"))
        return AUTHENTICATE
    return _charge(world, session, intent, method, card)


def authenticate(world, session, *, passed) -> str:
    """The end of 3-D Secure: the card's owner was recognised, or not."""
    _must_be_open(session)
    intent = session["payment_intent"] and world.store.get(session["payment_intent"])
    if not intent or intent["status"] != "requires_action":
        raise refused("Nothing waits for authentication here.")
    method = world.store.get(intent["payment_method"])
    if not passed:
        fail_intent(world, intent, FAILED_AUTHENTICATION, method)
        return DECLINED
    card = CARDS[world.store.hidden(method["id"])["card"]]
    return _charge(world, session, intent, method, card, three_d_secure=THREE_D_SECURE)


def last_error(world, session) -> str:
    """What the last try ended with, in words for the person who pays."""
    intent = session["payment_intent"] and world.store.get(session["payment_intent"])
    error = intent and intent["last_payment_error"]
    return error["message"] if error else ""


def _charge(world, session, intent, method, card, three_d_secure=None):
    charge = make_charge(world, intent, method, card, three_d_secure=three_d_secure)
    if card.code:
        error = {"charge": charge["id"], "code": card.code, "decline_code": card.decline_code, "message": card.message}
        fail_intent(world, intent, error, method, charge["id"])
        return DECLINED
    succeed_intent(world, intent, method, charge)
    payer = {name: method["billing_details"][name] for name in ("email", "name", "address")}
    session.update(status="complete", payment_status="paid", url=None, customer_details=details_shape(**payer))
    emit(world, "checkout.session.completed", world.store.save(session))
    return PAID


def _chosen(number):
    card = CARDS.get("".join(str(number).split()))
    if card is None:
        raise refused("Choose one of the test cards.", param="card")
    return card


def _must_be_open(session):
    if session["status"] != "open":
        raise refused(f"This Checkout Session is {session['status']}.", param="session")


def _details(world, session, *, name, email):
    known = session["customer_details"] or {}
    email = known.get("email") or email or "someone@example.com"
    details = details_shape(email=email, name=name or known.get("name"), address=known.get("address"))
    if session["customer"] is None and session["customer_creation"] == "always":
        session["customer"] = make_customer(world, email=email, name=details["name"])["id"]
    return details


def _intent(world, session, details):
    """The session's payment intent, made with the first try."""
    if session["payment_intent"]:
        intent = world.store.get(session["payment_intent"])
    else:
        facts = world.store.hidden(session["id"])["intent"]
        intent = make_intent(world, session["amount_total"], session["currency"], customer=session["customer"], **facts)
        session["payment_intent"] = intent["id"]
    world.store.save(session)
    return intent


def _billing(details):
    return {**{name: details[name] for name in ("address", "email", "name", "phone")}, "tax_id": None}
