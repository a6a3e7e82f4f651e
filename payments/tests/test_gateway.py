"""The door to Stripe: pinned, patient, and never fooled by a webhook."""

import hashlib
import hmac
import json
from datetime import timedelta
from uuid import uuid4

import pytest
import stripe
from django.conf import settings

from payments import gateway

EVENT = {"id": "evt_1", "object": "event", "type": "charge.updated", "data": {"object": {"id": "ch_1"}}}


def sign(body, moment, secret=settings.STRIPE_WEBHOOK_SECRET):
    seconds = int(moment.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def test_raising_the_library_is_a_decision():
    assert stripe.api_version == settings.STRIPE_API_VERSION


def test_no_call_is_repeated_behind_our_back_and_none_leaves_the_demo():
    assert stripe.max_network_retries == 0
    assert stripe.api_base == settings.STRIPE_API_BASE
    assert gateway.client()._requestor._options.max_network_retries == 0


@pytest.mark.parametrize("secret", [settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_CONNECT_WEBHOOK_SECRET])
def test_an_event_signed_with_either_secret_is_believed(clock, secret):
    body = json.dumps(EVENT).encode()
    assert gateway.verify(body, sign(body, clock.now(), secret), now=clock.now()) == EVENT


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_of_another_time_is_refused_both_ways(clock, minutes):
    body = json.dumps(EVENT).encode()
    with pytest.raises(gateway.Forged, match="another time"):
        gateway.verify(body, sign(body, clock.now() + timedelta(minutes=minutes)), now=clock.now())


@pytest.mark.parametrize("seconds", [-299, 299])
def test_clocks_may_differ_by_less_than_five_minutes(clock, seconds):
    body, now = json.dumps(EVENT).encode(), clock.now()
    assert gateway.verify(body, sign(body, now + timedelta(seconds=seconds)), now=now) == EVENT


def test_a_second_stamp_in_the_header_does_not_make_an_old_signature_young(clock):
    body, now = json.dumps(EVENT).encode(), clock.now()
    old = sign(body, now - timedelta(hours=1))
    for header in (f"{old},t={int(now.timestamp())}", f"t={int(now.timestamp())},{old}"):
        with pytest.raises(gateway.Forged):
            gateway.verify(body, header, now=now)


@pytest.mark.parametrize(
    "header", ["", "t=", "t=x,v1=y", "v1=abc", "=,=,=", "t=1", "t=99999999999999999999999,v1=a", "nonsense", "t=1,v1"]
)
def test_a_header_that_cannot_be_read_is_refused(clock, header):
    with pytest.raises(gateway.Forged):
        gateway.verify(json.dumps(EVENT).encode(), header, now=clock.now())


def test_a_body_that_was_changed_is_refused(clock):
    body = json.dumps(EVENT).encode()
    with pytest.raises(gateway.Forged, match="not Stripe's"):
        gateway.verify(body.replace(b"ch_1", b"ch_2"), sign(body, clock.now()), now=clock.now())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[1, 2]",
        b"null",
        b'"event"',
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"object": "v2.core.event", "id": "evt_1", "type": "x"}',
        b'{"object": "event"}',
        b'{"object": "event", "id": 1, "type": "x", "data": {"object": {}}}',
        b'{"object": "event", "id": "evt_1", "type": "x", "data": []}',
        b'{"object": "event", "id": "evt_1", "type": "x", "data": {"object": []}}',
        b'{"object": "event", "id": "evt_1", "type": "x", "account": {"a": 1}, "data": {"object": {"id": "x"}}}',
        json.dumps(EVENT | {"id": "e" * 101}).encode(),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(clock, body):
    with pytest.raises(gateway.Forged):
        gateway.verify(body, sign(body, clock.now()), now=clock.now())


@pytest.mark.django_db
def test_a_refusal_carries_stripes_code(standin):
    with pytest.raises(gateway.SaidNo) as no:
        gateway.get_transfer("tr_unknown")
    assert (no.value.code, no.value.stripe_code) == ("stripe_refused", "resource_missing")


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["timeout_after", "timeout_before", "500_before", "500_after", "429"])
def test_nobody_knows_what_became_of_a_call_without_an_answer(standin, mode):
    standin.post("fail", mode=mode, path_contains="customers", seconds=0.1)
    with pytest.raises(gateway.NoAnswer) as nothing:
        gateway.create_customer(key=uuid4(), email="a@example.com", name="A", user_id=1)
    assert nothing.value.code == "stripe_unreachable"


@pytest.mark.django_db
def test_a_key_used_for_another_request_is_no_refusal_because_the_first_may_have_moved_money(standin):
    key = uuid4()
    gateway.create_customer(key=key, email="a@example.com", name="A", user_id=1)
    with pytest.raises(gateway.NoAnswer) as unclear:
        gateway.create_customer(key=key, email="b@example.com", name="A", user_id=1)
    assert "same parameters" in unclear.value.message


@pytest.mark.django_db
def test_a_stripe_that_is_not_there_is_no_answer(settings, monkeypatch):
    nowhere = stripe.StripeClient("sk_test_x", base_addresses={"api": "http://127.0.0.1:9"}, max_network_retries=0)
    monkeypatch.setattr(gateway, "client", lambda: nowhere)
    with pytest.raises(gateway.NoAnswer):
        gateway.get_account("acct_1")
