"""Answers the API: who asks, whether it was asked before, which handler knows, and what the log keeps of it."""

import base64
import json
import time
import traceback

from . import API_VERSION
from .due import run_due
from .errors import DropConnection, StripeError, broken, too_many, unauthorized, unknown_address
from .expand import expand
from .failures import take_failure
from .forms import parse_form
from .idempotency import in_use, save_answer, saved_answer
from .ids import new_id
from .params import known, listing
from .routes import Call, find_route
from .web import Answer, Request


def answer_api(world, request: Request) -> Answer:
    """The answer to one API call, written to the exchange log; may drop the connection when told to."""
    failure = take_failure(world, request.method, request.path)
    mode = failure.mode if failure else ""
    request_id = new_id("req", 14)
    if mode == "timeout_before":
        time.sleep(failure.seconds)
        raise DropConnection
    try:
        status, body, headers = _answer(world, request, request_id, mode)
    except StripeError as error:
        status, body, headers = error.status, error.body, {}
    except Exception:
        traceback.print_exc()
        status, body, headers = 500, broken().body, {}
    world.log.call(request, status, body)
    if mode == "timeout_after":
        time.sleep(failure.seconds)
        raise DropConnection
    version = request.headers.get("stripe-version", API_VERSION)
    standard = {"Content-Type": "application/json", "Request-Id": request_id, "Stripe-Version": version}
    return Answer(status, json.dumps(body).encode(), {**standard, **headers})


def _answer(world, request, request_id, mode):
    check_key(request.headers.get("authorization", ""))
    if mode == "429":
        raise too_many()
    if mode == "500_before":
        raise broken()
    key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
    params = parse_form(request.query, request.body.decode("utf-8", "replace"))
    account = _acting_account(world, request.headers.get("stripe-account", ""))
    call = Call(world, request.method, request.path, params, account)
    with in_use(world, account, key):
        run_due(world)
        with world.lock:
            world.request = {"id": request_id, "idempotency_key": key or None}
            try:
                return _once(call, key, mode)
            finally:
                world.request = None


def _once(call, key, mode):
    """Does the work, or gives the saved answer again; what was begun is saved, an error as well."""
    row = saved_answer(call, key) if key else None
    if row:
        again = {"Idempotent-Replayed": "true", "Original-Request": row["request"]}
        return row["status"], json.loads(row["body"]), again
    try:
        with call.world.work():
            status, body = 200, _handle(call)
            if mode == "500_after":
                status, body = 500, broken().body
            if key:
                save_answer(call, key, status, body)
    except StripeError as error:
        if key and error.kept:
            save_answer(call, key, error.status, error.body)
        raise
    return status, body, {"Idempotency-Key": key} if key else {}


def _handle(call) -> dict:
    found = find_route(call.method, call.path)
    if found is None:
        message = f"stripe_standin: no answer to {call.method} {call.path}\n"
        call.world.complain(message)
        raise unknown_address(call.method, call.path)
    route, call.ids = found
    known(call.params, route.names)
    body = route.handler(call)
    return expand(call.world, body, listing(call.params, "expand"))


def check_key(authorization) -> None:
    """Refuses a call without a key of test mode: a live key must never get as far as this."""
    kind, _, given = authorization.partition(" ")
    if kind.lower() == "basic":
        given = _user_name(given)
    if not given:
        raise unauthorized("You did not provide an API key. Provide it in the Authorization header (Bearer or Basic).")
    if given.startswith(("sk_live", "rk_live")):
        raise unauthorized("This is a stand-in for Stripe in test mode: live keys are refused.")
    if not given.startswith(("sk_test_", "rk_test_")):
        raise unauthorized(f"Invalid API Key provided: {given[:8]}****")


def _user_name(text):
    try:
        return base64.b64decode(text).decode("utf-8", "replace").partition(":")[0]
    except ValueError:
        return ""


def _acting_account(world, id_) -> str:
    if not id_:
        return ""
    with world.lock:
        account = world.store.get(id_, "account", "")
        is_platform = account and world.store.hidden(id_).get("platform")
    if account is None:
        message = f"The provided key does not have access to account '{id_}' (or that account does not exist)."
        raise StripeError(403, "invalid_request_error", message, code="account_invalid")
    return "" if is_platform else id_
