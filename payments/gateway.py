"""The only door to Stripe: small calls, plain answers, and three outcomes: done, `SaidNo`, `NoAnswer`.

Every key is chosen by us; nothing is retried here: who calls decides whether and with which key to try again.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import stripe
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from core.refused import Refused
from payments.answers import Account, Charge, Checkout, Moved

CONNECT_SECONDS, ANSWER_SECONDS = 10, 30
LATEST = 300  # seconds between a webhook's signature and our clock, either way
PAGE = 100
EXPAND_CHECKOUT = ["payment_intent.latest_charge.balance_transaction"]

stripe.api_key = settings.STRIPE_SECRET_KEY  # the mirror uses these globals
stripe.api_base = settings.STRIPE_API_BASE
stripe.max_network_retries = 0
stripe.default_http_client = stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS))


class SaidNo(Refused):
    """Stripe refused for good: the same request would be refused again."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(_("Stripe did not accept this. Please contact support."), code="stripe_refused")
        self.stripe_code, self.message = code, message


class NoAnswer(Refused):
    """Nobody knows whether Stripe did it: no connection, no answer in time, its own failure, too many calls."""

    def __init__(self, message: str) -> None:
        sentence = _("We cannot reach Stripe at the moment. Please try again soon.")
        super().__init__(sentence, code="stripe_unreachable", is_passing=True)
        self.message = message


class Forged(Refused):
    """A webhook that Stripe did not send, or sent at another time, or that is no event."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="bad_webhook")


@cache
def client() -> stripe.StripeClient:
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        stripe_version=settings.STRIPE_API_VERSION,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
    )


def create_customer(*, key: UUID, email: str, name: str, user_id: int) -> str:
    """A payer's customer; returns its id."""
    params: Any = {"email": email, "name": name, "metadata": {"user": str(user_id), "customer": str(key)}}
    return str(_ask(lambda: client().v1.customers.create(params, _key("customer", key)))["id"])


def find_customers(*, key: UUID, email: str) -> list[str]:
    """The ids of the customers made with this key; more than one where answers were lost for days."""
    found = _ask(lambda: client().v1.customers.list({"email": email, "limit": PAGE}))
    return [row["id"] for row in found["data"] if row["metadata"].get("customer") == str(key)]


def delete_customer(customer_id: str) -> None:
    """Delete a customer, with what Stripe keeps of them for the next payment; one that is gone already is fine."""
    try:
        _ask(lambda: client().v1.customers.delete(customer_id))
    except SaidNo as why:
        if why.stripe_code != "resource_missing":
            raise


def create_checkout(
    *,
    key: UUID,
    amount_cents: int,
    currency: str,
    description: str,
    label: str,
    customer: str,
    email: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
    cards_only: bool = False,
) -> Checkout:
    """A Checkout page for one payment, marked with the escrow's label and the payment's key."""
    mark = {"payment": str(key), "escrow": label}
    price = {"currency": currency, "unit_amount": amount_cents, "product_data": {"name": description}}
    params: Any = {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": label,
        "metadata": mark,
        "payment_intent_data": {"transfer_group": label, "metadata": mark, "description": description},
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
    if cards_only:
        params["payment_method_types"] = ["card"]
    params |= {"customer": customer} if customer else {"customer_email": email}
    return Checkout.of(_ask(lambda: client().v1.checkout.sessions.create(params, _key("checkout", key))))


def get_checkout(session_id: str) -> Checkout:
    """A Checkout session with its payment, charge and balance transaction."""
    params: Any = {"expand": EXPAND_CHECKOUT}
    return Checkout.of(_ask(lambda: client().v1.checkout.sessions.retrieve(session_id, params)))


def expire_checkout(session_id: str, *, key: UUID) -> None:
    """Close an open Checkout page; `SaidNo` when it is not open any more."""
    _ask(lambda: client().v1.checkout.sessions.expire(session_id, {}, _key("expire", key)))


def get_charge(charge_id: str) -> Charge:
    """A charge with its balance transaction, once Stripe knows it."""
    params: Any = {"expand": ["balance_transaction"]}
    return Charge.of(_ask(lambda: client().v1.charges.retrieve(charge_id, params)))


def create_transfer(
    *, key: UUID, amount_cents: int, currency: str, destination: str, charge_id: str, label: str
) -> Moved:
    """Send a part of a charge to a connected account; it moves when the charge's money is available."""
    params: Any = {
        "amount": amount_cents,
        "currency": currency,
        "destination": destination,
        "source_transaction": charge_id,
        "transfer_group": label,
        "metadata": {"transfer": str(key)},
    }
    return Moved.of(_ask(lambda: client().v1.transfers.create(params, _key("transfer", key))))


def get_transfer(transfer_id: str) -> Moved:
    return Moved.of(_ask(lambda: client().v1.transfers.retrieve(transfer_id)))


def find_transfer(*, label: str, key: UUID) -> Moved | None:
    """The transfer with this key among those of a label, or None when Stripe never made it."""
    found = _find(lambda params: client().v1.transfers.list(params), {"transfer_group": label}, "transfer", key)
    return Moved.of(found) if found else None


def create_refund(*, key: UUID, amount_cents: int, intent_id: str) -> Moved:
    """Give back a part of a payment."""
    params: Any = {
        "payment_intent": intent_id,
        "amount": amount_cents,
        "reason": "requested_by_customer",
        "metadata": {"refund": str(key)},
    }
    return Moved.of(_ask(lambda: client().v1.refunds.create(params, _key("refund", key))))


def get_refund(refund_id: str) -> Moved:
    return Moved.of(_ask(lambda: client().v1.refunds.retrieve(refund_id)))


def find_refund(*, intent_id: str, key: UUID) -> Moved | None:
    """The refund with this key among those of a payment, or None when Stripe never made it."""
    found = _find(lambda params: client().v1.refunds.list(params), {"payment_intent": intent_id}, "refund", key)
    return Moved.of(found) if found else None


def create_account(*, key: UUID, email: str, country: str, user_id: int) -> Account:
    """An Express account that may receive transfers, once its owner has told Stripe who they are."""
    params: Any = {
        "type": "express",
        "country": country,
        "email": email,
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"user": str(user_id)},
    }
    return Account.of(_ask(lambda: client().v1.accounts.create(params, _key("account", key))))


def get_account(account_id: str) -> Account:
    return Account.of(_ask(lambda: client().v1.accounts.retrieve(account_id)))


def account_link(account_id: str, *, return_url: str, refresh_url: str) -> str:
    """A link into Stripe's onboarding: for one visit, for a few minutes."""
    params: Any = {
        "account": account_id,
        "type": "account_onboarding",
        "return_url": return_url,
        "refresh_url": refresh_url,
    }
    return str(_ask(lambda: client().v1.account_links.create(params, _key("account_link", uuid4())))["url"])


def login_link(account_id: str) -> str:
    """A link into the owner's Express dashboard."""
    options = _key("login_link", uuid4())
    return str(_ask(lambda: client().v1.accounts.login_links.create(account_id, {}, options))["url"])


def verify(body: bytes, signature: str, *, now: datetime) -> dict[str, Any]:
    """The event in a webhook's body, proven to be Stripe's and of this moment; `Forged` otherwise."""
    parts = [part.partition("=") for part in signature.split(",")]
    try:
        moment = int(next((value for name, _is, value in parts if name == "t"), ""))
        text = body.decode()
    except ValueError as error:
        raise Forged("The signature or the body cannot be read.") from error
    if abs(int(now.timestamp()) - moment) > LATEST:
        raise Forged("The signature is of another time.")
    if not any(_is_signed(text, signature, secret) for secret in _secrets()):
        raise Forged("The signature is not Stripe's.")
    return _read_event(text)


def _secrets() -> tuple[str, str]:
    return settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_CONNECT_WEBHOOK_SECRET


def _is_signed(text: str, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=None))
    except (stripe.SignatureVerificationError, ValueError):
        return False


def _read_event(text: str) -> dict[str, Any]:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Forged("The body is not JSON.") from error
    if not (isinstance(event, dict) and event.get("object") == "event" and _has_words(event)):
        raise Forged("The body is not an event.")
    return event


def _has_words(event: dict[str, Any]) -> bool:
    words = [event.get("id"), event.get("type"), event.get("account") or ""]
    data = event.get("data")
    subject = data.get("object") if isinstance(data, dict) else None
    return all(isinstance(word, str) and len(word) <= 80 for word in words) and isinstance(subject, dict)


def _key(kind: str, key: UUID) -> Any:
    return {"idempotency_key": f"{kind}:{key}"}


def _ask(call: Callable[[], Any]) -> dict[str, Any]:
    """One request; its answer as a plain dict, or one of the two other outcomes."""
    _refuse_inside_a_transaction()
    try:
        return dict(call().to_dict())
    except (stripe.InvalidRequestError, stripe.CardError, stripe.PermissionError) as error:
        raise _said_no(error) from error
    except stripe.StripeError as error:  # no connection, 5xx, 429, 401, a key in use
        raise NoAnswer(_message(error)) from error


def _said_no(error: stripe.StripeError) -> SaidNo | NoAnswer:
    if error.http_status and error.http_status not in {409, 429} and error.http_status < 500:
        return SaidNo(error.code or "", _message(error))
    return NoAnswer(_message(error))


def _message(error: stripe.StripeError) -> str:
    return str(error.user_message or type(error).__name__)


def _find(
    listed: Callable[[Any], Any], within: Mapping[str, str], mark: str, key: UUID, after: str = ""
) -> dict[str, Any] | None:
    params = {**within, "limit": PAGE} | ({"starting_after": after} if after else {})
    page = _ask(lambda: listed(params))
    for row in page["data"]:
        if (row.get("metadata") or {}).get(mark) == str(key):
            return dict(row)
    return _find(listed, within, mark, key, page["data"][-1]["id"]) if page["has_more"] else None


def _refuse_inside_a_transaction() -> None:
    """A call may take half a minute: no lock may be held meanwhile."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("Stripe must not be called inside a transaction")
