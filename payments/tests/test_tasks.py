"""Nudges after the commit, and sweeps that need none."""

import pytest

from payments import operations, tasks
from payments.models import Payment, Portion, Refund, StripeEvent, Transfer
from payments.tests.factories import make_escrow, onboard, open_page, pay, portion_of
from payments.tests.test_gateway import EVENT, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def nudged(monkeypatch):
    """Which tasks were put before a worker, with what."""
    seen = []
    for name in (
        "ask_about_payment",
        "send_transfer_of",
        "send_refund_of",
        "apply_stripe_event",
        "mirror_stripe_event",
    ):
        task = getattr(tasks, name)
        monkeypatch.setattr(task, "apply_async", lambda args, name=name, **how: seen.append((name, *args)))
    return seen


@pytest.fixture
def escrow(standin, clock):
    escrow = make_escrow()
    pay(escrow, standin, now=clock.now())
    onboard(escrow.payee, standin, now=clock.now())
    return escrow


def test_each_decision_nudges_its_task_after_the_commit(escrow, clock, nudged, django_capture_on_commit_callbacks):
    import json

    with django_capture_on_commit_callbacks(execute=True):
        operations.refund([portion_of(escrow, 1)], reason="x", by=None, now=clock.now())
        operations.release(portion_of(escrow, 2), by=None, now=clock.now())
        now = clock.advance(days=8)
        operations.release(portion_of(escrow, 3), by=None, now=now)
        body = json.dumps(EVENT | {"type": "x"}).encode()
        operations.receive_event(body, sign(body, now), now=now)
        operations.apply_event(StripeEvent.objects.get(), now=now)
        assert nudged == [], "not before"
    refund, transfer, event = Refund.objects.get(), Transfer.objects.get(portion__number=3), StripeEvent.objects.get()
    assert nudged == [
        ("send_refund_of", refund.pk),
        ("send_transfer_of", transfer.pk),
        ("apply_stripe_event", event.pk),
        ("mirror_stripe_event", event.pk),
    ], "what is due in a week needs no nudge"


def test_a_dropped_page_nudges_its_task(standin, clock, nudged, django_capture_on_commit_callbacks):
    payment = open_page(make_escrow(), now=clock.now())
    with django_capture_on_commit_callbacks(execute=True):
        operations.close_checkout(payment.escrow, now=clock.now())
    assert nudged == [("ask_about_payment", payment.pk)]


def test_the_tasks_do_what_they_say(escrow, clock):
    operations.refund([portion_of(escrow, 1)], reason="x", by=None, now=clock.now())
    operations.release(portion_of(escrow, 2), by=None, now=clock.now())
    clock.advance(days=8)
    tasks.send_refund_of(Refund.objects.get().pk)
    tasks.send_transfer_of(Transfer.objects.get().pk)
    assert (Refund.objects.get().state, Transfer.objects.get().state) == ("made", "made")
    event = StripeEvent.objects.create(
        event_id="evt_1", type="x", payload=EVENT | {"type": "x"}, received_at=clock.now(), due_at=clock.now()
    )
    tasks.apply_stripe_event(event.pk)
    event.refresh_from_db()
    assert event.handled_at is not None


def test_a_page_is_asked_about_by_its_task(standin, clock):
    payment = open_page(make_escrow(), now=clock.now())
    standin.pay(payment.checkout_session_id)
    tasks.ask_about_payment(payment.pk)
    assert Payment.objects.get().state == Payment.State.SUCCEEDED


def test_sweeps_with_nothing_to_do_count_nothing(clock, drain):
    drain()
    assert drain() is None


def test_one_row_that_breaks_does_not_stop_the_others(escrow, clock, monkeypatch):
    for number in (1, 2, 3):
        operations.schedule_release(portion_of(escrow, number), due_at=clock.now(), now=clock.now())
    release = operations.release

    def breaking(portion, **how):
        if portion.number == 1:
            raise ValueError("broken")
        return release(portion, **how)

    monkeypatch.setattr(operations, "release", breaking)
    assert tasks.release_due_portions(clock.now()) == 2
    states = list(escrow.portions.values_list("state", flat=True))
    assert states == [Portion.State.HELD, Portion.State.RELEASED, Portion.State.RELEASED, Portion.State.HELD]


def test_a_sweep_reads_its_rows_by_an_index_of_what_is_due():
    from django.db import connection

    wanted = {
        "portion_release_due", "payment_open", "payment_fee_unknown", "transfer_due", "refund_due", "stripe_event_due",
        "stripe_event_unmirrored",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%WHERE%' AND tablename LIKE 'payments_%'")
        assert wanted <= {name for (name,) in cursor.fetchall()}
