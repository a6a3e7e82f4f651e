"""Webhooks: signed, in order, to the right ears, again until heard."""

import hmac
import json

import pytest
import stripe

from stripe_standin.config import Endpoint
from stripe_standin.deliveries import PAUSES, sign

from .conftest import chosen


def customer(standin, **more):
    return standin.stripe.customers.create({"email": "ann@example.com", **more}, chosen("customer"))


def deliveries(standin):
    return json.loads(standin.ask("GET", "/_standin/deliveries")[2])["deliveries"]


def wait(standin, receiver, count):
    """Waits for the courier, at most two seconds."""
    for _ in range(200):
        if len(receiver.got) >= count:
            return
        standin.world.wake.set()
        standin.server.ended.wait(0.01)


def test_the_signature_is_stripes(telling, receiver):
    made = customer(telling)
    telling.control("deliver")
    body, headers = receiver.got[0]
    assert stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], "whsec_platform", 300)
    event = json.loads(body)
    assert (event["type"], event["data"]["object"]["id"], event["livemode"]) == ("customer.created", made.id, False)
    assert event["api_version"] == stripe.api_version == "2026-08-26.dahlia"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], "whsec_other", 300)


def test_the_signature_is_stamped_by_the_clock(telling, receiver):
    telling.move_clock(86400)
    customer(telling)
    telling.control("deliver")
    stamp = int(receiver.got[0][1]["Stripe-Signature"].split(",")[0].removeprefix("t="))
    assert abs(stamp - telling.world.clock.now()) < 5


def test_a_known_signature():
    digest = hmac.new(b"whsec_x", b"1700000000.{}", "sha256").hexdigest()
    assert sign("{}", "whsec_x", 1700000000) == f"t=1700000000,v1={digest}"


def test_the_event_names_the_call_that_caused_it(telling):
    telling.stripe.customers.create({}, {"idempotency_key": "customer:9"})
    request = telling.stripe.events.list().data[0]["request"]
    assert request.idempotency_key == "customer:9" and request.id.startswith("req_")


def test_events_of_a_payment_come_in_order(telling, receiver):
    telling.paid()
    telling.settle()
    telling.control("deliver")
    assert receiver.types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_connected_accounts_are_told_of_with_the_other_secret(telling, receiver):
    coach = telling.coach()
    telling.control("deliver")
    body, headers = receiver.got[0]
    assert (json.loads(body)["type"], json.loads(body)["account"]) == ("account.updated", coach)
    assert stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], "whsec_connect", 300)
    assert len(receiver.got) == 1


def test_the_courier_delivers_by_itself_when_not_paused(telling, receiver):
    customer(telling)
    assert receiver.got == []
    telling.control("resume-deliveries")
    wait(telling, receiver, 1)
    assert receiver.types() == ["customer.created"]


def test_a_refusing_receiver_is_tried_again_with_growing_pauses(telling, receiver):
    receiver.answers[:] = [500, 503]
    customer(telling)
    telling.control("deliver")
    found = deliveries(telling)[0]
    assert (found["state"], found["attempts"], found["tries"][0]["status"]) == ("pending", 1, 500)
    assert 0.5 < found["next_at"] - telling.world.clock.now() <= PAUSES[0]
    telling.control("resume-deliveries")
    telling.move_clock(2)
    wait(telling, receiver, 2)
    telling.move_clock(6)
    wait(telling, receiver, 3)
    found = deliveries(telling)[0]
    assert [tried["status"] for tried in found["tries"]] == [500, 503, 200]
    assert found["state"] == "delivered"


def test_a_receiver_that_is_not_there_does_not_stop_the_api(make_standin):
    standin = make_standin(webhooks=[Endpoint("http://127.0.0.1:9/", "whsec_x")])
    customer(standin)
    assert standin.control("deliver") in ({"delivered": 0, "failed": 1}, {"delivered": 0, "failed": 0})
    assert len(standin.stripe.customers.list().data) == 1


def test_twice_and_shuffled_delivers_each_event_two_times(telling, receiver):
    telling.paid()
    telling.control("deliver", order="shuffled", twice=1)
    assert sorted(receiver.types()) == sorted(
        2 * ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
    )


def test_again_late_and_twice(telling, receiver):
    customer(telling)
    telling.control("deliver")
    seq = deliveries(telling)[0]["seq"]
    telling.control("redeliver", delivery=seq, how="twice")
    telling.control("redeliver", delivery=seq, how="late")
    late = deliveries(telling)[0]
    assert 590 < late["next_at"] - telling.world.clock.now() <= 600
    telling.control("resume-deliveries")
    wait(telling, receiver, 3)
    assert len(receiver.got) == 3
    telling.move_clock(601)
    wait(telling, receiver, 4)
    assert len({json.loads(body)["id"] for body, _ in receiver.got}) == 1 and len(receiver.got) == 4


def test_an_endpoint_made_by_the_api_hears_what_it_asked_for(standin, receiver):
    standin.control("pause-deliveries")
    given = {"url": receiver.url, "enabled_events": ["customer.updated"]}
    endpoint = standin.stripe.webhook_endpoints.create(given, chosen("endpoint"))
    made = customer(standin)
    standin.stripe.customers.update(made.id, {"name": "Ann"}, chosen("customer"))
    standin.control("deliver")
    assert receiver.types() == ["customer.updated"]
    body, headers = receiver.got[0]
    assert stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], endpoint.secret, 300)
    assert "secret" not in standin.api("GET", f"/v1/webhook_endpoints/{endpoint.id}")[2]


def test_a_deleted_endpoint_hears_nothing(standin, receiver):
    given = {"url": receiver.url, "enabled_events": ["*"]}
    endpoint = standin.stripe.webhook_endpoints.create(given, chosen("endpoint"))
    assert standin.stripe.webhook_endpoints.delete(endpoint.id).deleted is True
    customer(standin)
    assert standin.control("deliver") == {"delivered": 0, "failed": 0}


def test_events_are_listed_by_types_and_time(telling):
    telling.paid()
    now = telling.world.now()
    wanted = {"types": ["charge.succeeded", "payment_intent.succeeded"]}
    found = [event.type for event in telling.stripe.events.list(wanted).data]
    assert found == ["payment_intent.succeeded", "charge.succeeded"]
    assert telling.stripe.events.list({"created": {"gte": now + 60}}).data == []
    assert len(telling.stripe.events.list({"created": {"gte": now - 60}}).data) == 4
