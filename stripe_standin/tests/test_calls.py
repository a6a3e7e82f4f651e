"""The form of calls and errors: keys, unknown addresses, parameters, headers, connections."""

import base64
import http.client
import time
from decimal import Decimal

import pytest
import stripe

from stripe_standin.errors import StripeError
from stripe_standin.forms import parse_form

from .conftest import KEY, chosen


@pytest.mark.parametrize("key", ["sk_live_" + "a" * 24, "rk_live_" + "a" * 24])
def test_a_live_key_is_refused(standin, key):
    status, _, body = standin.api("GET", "/v1/balance", Authorization=f"Bearer {key}")
    assert (status, body["error"]["type"]) == (401, "invalid_request_error")
    basic = base64.b64encode(f"{key}:".encode()).decode()
    assert standin.api("GET", "/v1/balance", Authorization=f"Basic {basic}")[0] == 401


@pytest.mark.parametrize("given", ["", "Bearer nonsense", "Basic %%%"])
def test_no_key_is_refused(standin, given):
    assert standin.api("GET", "/v1/balance", Authorization=given)[0] == 401


def test_basic_authorization_works_as_well(standin):
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    assert standin.api("GET", "/v1/balance", Authorization=f"Basic {basic}")[0] == 200


def test_an_unknown_address_is_404_in_stripes_form(standin):
    status, _, body = standin.api("GET", "/v1/unicorns")
    assert (status, body["error"]["type"]) == (404, "invalid_request_error")
    assert "Unrecognized request URL (GET: /v1/unicorns)" in body["error"]["message"]


def test_an_unknown_object_is_404_with_code_and_param(standin):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.stripe.customers.retrieve("cus_unknown")
    assert (refusal.value.http_status, refusal.value.code, refusal.value.param) == (404, "resource_missing", "id")


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({}, "parameter_missing", "amount"),
        ({"amount": "ten"}, "parameter_invalid_integer", "amount"),
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"amount": "²"}, "parameter_invalid_integer", "amount"),
        ({"amount": "5", "colour": "red"}, "parameter_unknown", "colour"),
    ],
)
def test_wrong_parameters_are_named(standin, fields, code, param):
    status, _, body = standin.api("POST", "/v1/transfers", fields)
    assert (status, body["error"]["code"], body["error"]["param"]) == (400, code, param)


@pytest.mark.parametrize("path", ["checkout/sessions", "transfers", "refunds"])
def test_what_it_does_for_the_platform_only_is_refused_to_accounts(standin, path):
    status, _, body = standin.api("POST", f"/v1/{path}", None, Stripe_Account=standin.coach())
    assert status == 400 and "for the platform only" in body["error"]["message"]


@pytest.mark.parametrize("url", ["nonsense", "ftp://example.com/", "http://", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused(standin, url):
    given = {"url": url, "enabled_events[]": "*"}
    status, _, body = standin.api("POST", "/v1/webhook_endpoints", given)
    assert (status, body["error"]["code"], body["error"]["param"]) == (400, "url_invalid", "url")


def test_metadata_is_merged_and_emptied(standin):
    made = standin.stripe.customers.create({"metadata": {"a": "1", "b": "2"}}, chosen("customer"))
    standin.api("POST", f"/v1/customers/{made.id}", {"metadata[a]": "3", "metadata[b]": "", "metadata[c]": "4"})
    assert standin.api("GET", f"/v1/customers/{made.id}")[2]["metadata"] == {"a": "3", "c": "4"}


def test_answers_carry_request_id_and_version(standin):
    _, headers, _ = standin.api("GET", "/v1/balance")
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe.api_version


def test_a_connection_is_kept_for_the_next_call(standin):
    connection = http.client.HTTPConnection("127.0.0.1", standin.server.server_port)
    sockets = set()
    for _ in range(3):
        connection.request("GET", "/v1/balance", headers={"Authorization": f"Bearer {KEY}"})
        connection.getresponse().read()
        sockets.add(connection.sock.getsockname())
    assert len(sockets) == 1


def test_a_call_takes_few_milliseconds(standin):
    charge = standin.paid()
    started = time.perf_counter()
    for _ in range(100):
        standin.stripe.charges.retrieve(charge.id)
    assert (time.perf_counter() - started) / 100 < 0.02  # 1 ms here; a busy machine is allowed its share


def test_products_and_prices(standin):
    product = standin.stripe.products.create({"name": "Monthly plan"}, chosen("product"))
    given = {"product": product.id, "currency": "usd", "unit_amount": 9900, "recurring": {"interval": "month"}}
    price = standin.stripe.prices.create(given, chosen("price"))
    assert (price.type, price.recurring.interval, price.unit_amount_decimal) == ("recurring", "month", Decimal("9900"))
    assert standin.stripe.products.features.list(product.id).data == []
    assert standin.stripe.prices.list({"product": product.id}).data[0].id == price.id


def test_a_deleted_customer_says_so(standin):
    made = standin.stripe.customers.create({}, chosen("customer"))
    assert standin.stripe.customers.delete(made.id).deleted is True
    assert standin.stripe.customers.retrieve(made.id).deleted is True
    assert standin.stripe.customers.list().data == []


def test_a_form_becomes_a_tree():
    text = "a=1&b[c]=2&d[0][e]=3&d[1][e]=4&expand[]=x&expand[]=y&f="
    tree = {"a": "1", "b": {"c": "2"}, "d": [{"e": "3"}, {"e": "4"}], "expand": ["x", "y"], "f": ""}
    assert parse_form(text) == tree


def test_a_form_that_contradicts_itself_is_refused():
    for wrong in ("a=1&a[b]=2", "a[b]=2&a=1"):
        with pytest.raises(StripeError):
            parse_form(wrong)


def test_a_customer_is_deleted_once_and_the_event_has_its_last_words(standin):
    made = standin.stripe.customers.create({"email": "ann@example.com"}, chosen("customer"))
    standin.stripe.customers.delete(made.id)
    [event] = standin.stripe.events.list({"type": "customer.deleted"}).data
    assert (event.data.object.id, event.data.object.email) == (made.id, "ann@example.com")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        standin.stripe.customers.delete(made.id)
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
