"""Two at once. Each race has its control: with the lock taken away it comes out wrong."""

import threading
import time
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from core.models import Event
from core.refused import Refused
from payments import gateway, operations, tasks
from payments.models import LedgerEntry, Payment, Portion, Refund, StripeEvent, Transfer
from payments.operations import checkout, escrows, refunds, releases, settlement, transfers
from payments.operations.attempts import LIVE
from payments.tests.factories import broken, make_escrow, onboard, open_page, pay, portion_of
from payments.tests.test_gateway import EVENT, sign

pytestmark = pytest.mark.django_db(transaction=True)
WINDOW = 0.3  # seconds between reading and writing, so that the other one comes in between


def at_once(*works):
    """Run these at the same moment, each in its own thread; returns what came of each, refusals included."""
    start, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(index, work):
        start.wait()
        try:
            outcomes[index] = work()
        except (Refused, IntegrityError) as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def slowly(read):
    def reading(*args, **kwargs):
        row = read(*args, **kwargs)
        time.sleep(WINDOW)
        return row

    return reading


def unlocked(row):
    return type(row).objects.get(pk=row.pk)


def unlocked_portions(portions):
    return [unlocked(portion) for portion in portions]


@pytest.fixture
def escrow(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    return escrow


def released_and_refunded_at_once(escrow, now, monkeypatch, lock):
    for module in (releases, refunds):
        monkeypatch.setattr(module, "lock_portions", slowly(lock))
    portion = portion_of(escrow)
    return at_once(
        lambda: operations.release(portion, by=None, now=now),
        lambda: operations.refund([portion], reason="x", by=None, now=now),
    )


def test_a_refund_and_a_release_at_once_are_one_of_them(escrow, clock, monkeypatch):
    outcomes = released_and_refunded_at_once(escrow, clock.now(), monkeypatch, escrows.lock_portions)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.code for refusal in refusals] == ["not_held"]
    assert Transfer.objects.count() + Refund.objects.count() == 1
    assert broken() == {}


def test_control_without_the_lock_both_go_through(escrow, clock, monkeypatch):
    outcomes = released_and_refunded_at_once(escrow, clock.now(), monkeypatch, unlocked_portions)
    assert not any(isinstance(outcome, Refused) for outcome in outcomes)
    assert (Transfer.objects.count(), Refund.objects.count()) == (1, 1)
    assert broken() != {}


def test_two_releases_at_once_are_one(escrow, clock, monkeypatch):
    monkeypatch.setattr(releases, "lock_portions", slowly(escrows.lock_portions))
    portion, now = portion_of(escrow), clock.now()
    outcomes = at_once(*[lambda: operations.release(portion, by=None, now=now)] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Portion", "Refused", "Refused", "Refused"]
    assert LedgerEntry.objects.filter(kind="released").count() == 1


def settled_at_once(standin, now, monkeypatch, lock):
    payment = open_page(make_escrow(), now=now)
    standin.pay(payment.checkout_session_id)
    monkeypatch.setattr(settlement, "locked", slowly(lock))
    at_once(*[lambda: operations.settle_checkout(payment.checkout_session_id, now=now)] * 2)
    return Event.objects.filter(name="payment_settled").count()


def test_a_webhook_and_the_success_page_at_once_settle_once(standin, clock, monkeypatch):
    assert settled_at_once(standin, clock.now(), monkeypatch, settlement.locked) == 1
    assert Payment.objects.get().state == Payment.State.SUCCEEDED
    assert set(Portion.objects.values_list("state", flat=True)) == {"held"}
    assert broken() == {}


def test_control_without_the_lock_it_is_settled_twice(standin, clock, monkeypatch):
    assert settled_at_once(standin, clock.now(), monkeypatch, unlocked) == 2


def clicked_twice(now, monkeypatch, lock):
    escrow = make_escrow()
    monkeypatch.setattr(checkout, "locked", lock)
    monkeypatch.setattr(checkout, "_refuse_wrong_amount", slowly(checkout._refuse_wrong_amount))
    return at_once(*[lambda: open_page(escrow, now=now)] * 2)


def test_a_double_click_opens_one_page(standin, clock, monkeypatch):
    clicked_twice(clock.now(), monkeypatch, checkout.locked)
    payment = Payment.objects.get()
    assert payment.checkout_url.startswith("http")
    found = gateway._ask(lambda: gateway.client().v1.checkout.sessions.list())["data"]
    assert [session["id"] for session in found] == [payment.checkout_session_id]


def test_control_without_the_lock_the_database_has_to_refuse(standin, clock, monkeypatch):
    outcomes = clicked_twice(clock.now(), monkeypatch, unlocked)
    assert [type(outcome) for outcome in outcomes].count(IntegrityError) == 1
    assert Payment.objects.count() == 1


@pytest.fixture
def due_transfer(escrow, standin, clock):
    onboard(escrow.payee, standin, now=clock.now())
    operations.release(portion_of(escrow), by=None, now=clock.now())
    clock.advance(days=8)
    return Transfer.objects.get()


@pytest.fixture
def calls(monkeypatch):
    """How often Stripe was asked to transfer."""
    made, create = [], gateway.create_transfer
    monkeypatch.setattr(gateway, "create_transfer", lambda **facts: made.append(facts) or create(**facts))
    return made


def take_unlocked(attempt, *, now):
    row = Transfer.objects.get(pk=attempt.pk, state__in=LIVE)
    time.sleep(WINDOW)
    row.first_sent_at, row.tries, row.destination = now, row.tries + 1, row.payee.connect_account.stripe_id
    row.save()
    return row


def at_stripe(escrow):
    found = gateway._ask(lambda: gateway.client().v1.transfers.list({"transfer_group": escrow.label}))["data"]
    return [row["amount"] for row in found]


def test_two_sweeps_at_once_make_one_transfer(escrow, due_transfer, clock, calls):
    now = clock.now()
    counts = at_once(*[lambda: tasks.send_due_transfers(now)] * 4)
    assert sum(counts) == 1
    assert (len(calls), at_stripe(escrow)) == (1, [10200])
    due_transfer.refresh_from_db()
    assert (due_transfer.state, due_transfer.tries) == (Transfer.State.MADE, 1)
    assert broken() == {}


def test_control_without_the_claim_stripe_is_asked_twice_and_only_the_key_saves_us(
    escrow, due_transfer, clock, calls, monkeypatch
):
    now = clock.now()
    monkeypatch.setattr(transfers, "_claim", take_unlocked)
    at_once(*[lambda: tasks.send_due_transfers(now)] * 2)
    assert (len(calls), at_stripe(escrow)) == (2, [10200])


def test_control_without_the_claim_and_without_the_key_the_coach_is_paid_twice(
    escrow, due_transfer, clock, calls, monkeypatch
):
    now = clock.now()
    monkeypatch.setattr(transfers, "_claim", take_unlocked)
    monkeypatch.setattr(gateway, "_key", lambda kind, key: {"idempotency_key": f"{kind}:{uuid4()}"})
    at_once(*[lambda: tasks.send_due_transfers(now)] * 2)
    assert (len(calls), at_stripe(escrow)) == (2, [10200, 10200])


def test_all_sweeps_at_once_do_each_thing_once(escrow, standin, clock, calls):
    onboard(escrow.payee, standin, now=clock.now())
    for portion in escrow.portions.all()[:3]:
        operations.schedule_release(portion, due_at=clock.now(), now=clock.now())
    operations.refund([portion_of(escrow, 4)], reason="x", by=None, now=clock.now())
    works = [tasks.release_due_portions, tasks.send_due_refunds, tasks.send_due_transfers]
    for _day in range(3):
        now = clock.advance(days=4)
        at_once(*[lambda work=work, now=now: work(now) for work in works * 2])
    assert (len(calls), at_stripe(escrow)) == (3, [10200, 10200, 10200])
    assert LedgerEntry.objects.filter(kind="refunded").count() == 1
    assert broken() == {}


def test_the_same_webhook_at_once_is_one_event(clock):
    import json

    body, now = json.dumps(EVENT).encode(), clock.now()
    outcomes = at_once(*[lambda: operations.receive_event(body, sign(body, now), now=now)] * 5)
    assert {type(outcome) for outcome in outcomes} == {StripeEvent}
    assert StripeEvent.objects.count() == 1


def test_many_entries_at_once_leave_a_balance_that_is_their_sum(standin, clock):
    escrow = make_escrow(total=10000, parts=10)
    pay(escrow, standin, now=clock.now())
    now = clock.now()
    at_once(
        *[lambda portion=portion: operations.release(portion, by=None, now=now) for portion in escrow.portions.all()]
    )
    assert escrow.held_account.balance_cents == 0
    assert escrow.payee.ledger_accounts.get().balance_cents == 8500
    assert broken() == {}
