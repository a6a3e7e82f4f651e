"""Stripe's webhooks: in any order, twice, late, forged, unknown: one effect, and never a 5xx."""

import json
import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts.tests.factories import CoachFactory
from payments import gateway, operations
from payments.books import where_is
from payments.models import ConnectAccount, Incident, LedgerEntry, Payment, Portion, Refund, StripeEvent, Transfer
from payments.tests.factories import (
    REFUND_FAILS,
    broken,
    make_escrow,
    onboard,
    open_page,
    pay,
    portion_of,
    release_all,
)
from payments.tests.test_gateway import EVENT, sign

pytestmark = pytest.mark.django_db
DOOR = "/webhooks/stripe"


@pytest.fixture
def door():
    """Stripe does not know our CSRF tokens."""
    return Client(enforce_csrf_checks=True)


def send(door, event, *, at, path=DOOR, body=None):
    body = json.dumps(event).encode() if body is None else body
    headers = {"Stripe-Signature": sign(body, at)}
    return door.post(path, body, content_type="application/json", headers=headers)


def apply_all(now):
    for event in StripeEvent.objects.filter(handled_at=None).order_by("pk"):
        operations.apply_event(event, now=now)


def test_a_webhook_is_kept_and_answered_at_once(door, clock):
    assert send(door, EVENT, at=clock.now()).status_code == 200
    event = StripeEvent.objects.get()
    assert (event.event_id, event.type, event.payload, event.handled_at) == ("evt_1", "charge.updated", EVENT, None)


@pytest.mark.parametrize("path", [DOOR, "/api/v1/webhook/", "/api/v1/webhook"])
def test_the_same_event_five_times_is_one(door, clock, path):
    assert [send(door, EVENT, at=clock.now(), path=path).status_code for _time in range(5)] == [200] * 5
    assert StripeEvent.objects.count() == 1


@pytest.mark.parametrize("path", [DOOR, "/api/v1/webhook/"])
@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365, 60 * 24 * 365])
def test_another_time_is_400(door, clock, minutes, path):
    assert send(door, EVENT, at=clock.now() + timedelta(minutes=minutes), path=path).status_code == 400
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"object": "event"}'])
def test_a_body_that_is_no_event_is_400(door, clock, body):
    assert send(door, None, at=clock.now(), body=body).status_code == 400
    assert StripeEvent.objects.count() == 0


def test_characters_the_database_cannot_hold_are_400(door, clock):
    body = json.dumps(EVENT | {"api_version": "a\x00b"}).encode()
    assert send(door, None, at=clock.now(), body=body).status_code == 400


@pytest.mark.parametrize("header", [{}, {"Stripe-Signature": ""}, {"Stripe-Signature": "t=1,v1=abc"}])
def test_what_stripe_did_not_sign_is_400(door, header):
    assert door.post(DOOR, b"{}", content_type="application/json", headers=header).status_code == 400


def test_only_post_is_answered(door):
    assert door.get(DOOR).status_code == 405


def test_receiving_costs_few_statements(door, clock, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        send(door, EVENT, at=clock.now())
    with django_assert_max_num_queries(8):
        send(door, EVENT, at=clock.now())


def test_an_unknown_type_is_kept_and_marked_handled(door, clock):
    send(door, EVENT | {"type": "radar.early_fraud_warning.created"}, at=clock.now())
    apply_all(clock.now())
    assert StripeEvent.objects.get().handled_at is not None


def test_an_event_of_the_other_mode_does_nothing(door, clock):
    send(door, EVENT | {"livemode": True}, at=clock.now())
    apply_all(clock.now())
    assert StripeEvent.objects.get().handled_at is not None


@pytest.mark.parametrize("subject", [{}, {"id": 7}, {"id": None}, {"id": "ch_1", "metadata": {"payment": "no uuid"}}])
@pytest.mark.parametrize(
    "type_",
    [
        "checkout.session.completed",
        "charge.updated",
        "refund.created",
        "transfer.created",
        "account.updated",
        "payment_intent.succeeded",
    ],
)
def test_a_strange_event_stays_in_the_inbox_and_breaks_nothing(standin, door, clock, type_, subject):
    assert send(door, EVENT | {"type": type_, "data": {"object": subject}}, at=clock.now()).status_code == 200
    apply_all(clock.now())
    event = StripeEvent.objects.get()
    assert event.handled_at is None
    assert event.last_error != ""


def test_an_event_without_its_row_waits_longer_each_time(door, clock):
    send(door, EVENT, at=clock.now())
    event = StripeEvent.objects.get()
    pauses = []
    for _time in range(4):
        now = clock.now()
        event = operations.apply_event(event, now=now)
        pauses.append(event.due_at - now)
        clock.travel_to(event.due_at + timedelta(seconds=1))
    assert pauses == [timedelta(minutes=minutes) for minutes in (2, 4, 8, 16)]
    assert (event.last_error, event.handled_at, event.tries) == ("unmatched", None, 4)


def test_an_event_that_is_not_due_is_left_alone(door, clock):
    send(door, EVENT, at=clock.now())
    event = operations.apply_event(StripeEvent.objects.get(), now=clock.now())
    assert operations.apply_event(event, now=clock.now()).tries == 1


def test_the_webhook_alone_makes_a_payment_settled(standin, client, clock, drain):
    escrow = make_escrow()
    payment = open_page(escrow, now=clock.now())
    standin.pay(payment.checkout_session_id)
    answers = standin.deliver_to(client)
    assert {answer.status_code for answer in answers} == {200}
    assert where_is(escrow)["paid"] == 0, "kept first, applied afterwards"
    drain()
    payment.refresh_from_db()
    assert (payment.state, payment.stripe_fee_cents) == (Payment.State.SUCCEEDED, 1422)
    assert where_is(escrow)["held"] == 48000
    assert not StripeEvent.objects.filter(handled_at=None).exists()
    assert broken() == {}


def test_an_event_that_came_before_its_row_is_applied_when_the_row_is_there(standin, client, clock, drain):
    payment = open_page(make_escrow(), now=clock.now())
    standin.pay(payment.checkout_session_id)
    row = Payment.objects.filter(pk=payment.pk).values().get()
    Payment.objects.all().delete()
    standin.deliver_to(client)
    drain()
    assert StripeEvent.objects.filter(type="checkout.session.completed", handled_at=None).exists()
    Payment.objects.create(**row)
    clock.advance(minutes=5)
    drain()
    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED


def journey(standin, clock, escrow):
    """A payment, an onboarding, two releases with transfers, a refund: all that Stripe tells us of."""
    payment = open_page(escrow, now=clock.now())
    standin.pay(payment.checkout_session_id)
    onboard(escrow.payee, standin, now=clock.now())
    operations.settle_checkout(payment.checkout_session_id, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    operations.release(portion_of(escrow, 2), by=None, now=clock.now())
    operations.refund([portion_of(escrow, 3)], reason="x", by=None, now=clock.now())


@pytest.mark.parametrize("seed", range(4))
def test_all_events_of_a_journey_five_times_in_any_order_have_one_effect(standin, client, clock, drain, seed):
    escrow = make_escrow()
    journey(standin, clock, escrow)
    drain()
    clock.advance(days=8)
    drain()
    standin.deliver_to(client)
    events = list(StripeEvent.objects.values_list("payload", flat=True))
    StripeEvent.objects.all().delete()
    before = list(LedgerEntry.objects.values_list("key", "amount_cents"))
    turns = events * 5
    random.Random(seed).shuffle(turns)
    statuses = {send(client, event, at=clock.now()).status_code for event in turns}
    assert statuses == {200}
    for event in random.Random(seed).sample(list(StripeEvent.objects.all()), len(events)):
        assert operations.apply_event(event, now=clock.now()).handled_at, event.last_error
    assert list(LedgerEntry.objects.values_list("key", "amount_cents")) == before
    assert where_is(escrow) == {"paid": 48000, "released": 20400, "fee": 3600, "refunded": 12000, "held": 12000}
    assert Incident.objects.count() == 0
    assert broken() == {}


def test_the_events_alone_bring_everything_forward(standin, client, clock):
    """Calls whose answers never came are booked from what Stripe tells us."""
    escrow = make_escrow()
    payment = pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    operations.refund([portion_of(escrow, 2)], reason="x", by=None, now=clock.now())
    now = clock.advance(days=8)
    for path in ("/v1/transfers", "/v1/refunds"):
        standin.post("fail", mode="timeout_after", path_contains=path, method="POST", seconds=0.1)
    transfer = operations.send_transfer(Transfer.objects.get(), now=now)
    refund = operations.send_refund(Refund.objects.get(), now=now)
    assert (transfer.state, refund.state) == ("unknown", "unknown")
    standin.deliver_to(client)
    apply_all(clock.now())
    transfer.refresh_from_db(), refund.refresh_from_db(), payment.refresh_from_db()
    assert (transfer.state, refund.state, payment.state) == ("made", "made", "partially_refunded")
    assert broken() == {}


def test_a_refund_that_fails_later_is_told_by_its_event(standin, client, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now(), card=REFUND_FAILS)
    operations.refund([portion_of(escrow)], reason="x", by=None, now=clock.now())
    drain()
    clock.advance(seconds=5)
    standin.deliver_to(client, twice=True, order="shuffled")
    drain()
    assert (Refund.objects.get().state, portion_of(escrow).state) == ("failed", Portion.State.HELD)
    assert Incident.objects.get().kind == "refund_failed"
    assert broken() == {}


def test_a_refund_made_by_hand_at_stripe_is_shown_to_staff(standin, client, clock, drain):
    payment = pay(make_escrow(), standin, now=clock.now())
    params = {"payment_intent": payment.payment_intent_id, "amount": 500}
    gateway._ask(lambda: gateway.client().v1.refunds.create(params, {"idempotency_key": "refund:by-hand"}))
    standin.deliver_to(client)
    drain()
    assert (Incident.objects.get().kind, Incident.objects.get().facts) == ("refund_not_ours", {"amount_cents": 500})
    assert broken() == {}


def test_a_transfer_reversed_by_hand_is_shown_to_staff(standin, client, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now(), card="4000000000000077")
    onboard(escrow.payee, standin, now=clock.now())
    release_all(escrow, now=clock.now())
    clock.advance(days=8)
    drain()
    sent = Transfer.objects.filter(state="made").first()
    key = {"idempotency_key": f"reversal:{uuid4()}"}
    gateway._ask(lambda: gateway.client().v1.transfers.reversals.create(sent.stripe_id, {"amount": 100}, key))
    standin.deliver_to(client)
    drain()
    incident = Incident.objects.get()
    assert (incident.kind, incident.facts) == ("transfer_reversed", {"amount_cents": 10200, "reversed_cents": 100})


def test_money_that_moved_although_we_gave_the_attempt_up_is_shown_to_staff(standin, client, clock, drain):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    operations.refund([portion_of(escrow)], reason="x", by=None, now=clock.now())
    drain()
    Refund.objects.update(state=Refund.State.REFUSED)
    standin.deliver_to(client)
    apply_all(clock.now())
    assert Incident.objects.get().kind == "refund_was_made"


def test_an_account_that_changes_or_leaves_is_noticed(standin, client, clock, drain):
    account = onboard(CoachFactory(), standin, now=clock.now())
    standin.post("restrict", account=account.stripe_id)
    standin.deliver_to(client)
    clock.advance(seconds=1)
    drain()
    assert ConnectAccount.objects.get().status == "restricted"
    standin.post("deauthorize", account=account.stripe_id)
    standin.deliver_to(client)
    clock.advance(seconds=1)
    drain()
    assert ConnectAccount.objects.get().status == "left"


def test_when_stripe_cannot_be_asked_the_event_waits(standin, client, clock):
    payment = open_page(make_escrow(), now=clock.now())
    standin.pay(payment.checkout_session_id)
    standin.deliver_to(client)
    event = StripeEvent.objects.get(type="checkout.session.completed")
    standin.post("fail", mode="500_before", path_contains="checkout/sessions", method="GET")
    event = operations.apply_event(event, now=clock.now())
    assert event.handled_at is None
    assert event.last_error.startswith("stripe_unreachable")
    assert operations.apply_event(event, now=clock.advance(minutes=3)).handled_at is not None
