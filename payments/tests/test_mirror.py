"""dj-stripe's tables: there after our own work, and never in its way."""

import pytest
from djstripe import models as mirror

from payments import operations
from payments.models import ConnectAccount, Payment, Portion, Refund, StripeEvent, Transfer
from payments.tests.factories import make_escrow, onboard, open_page, portion_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(standin, client, clock, drain):
    escrow = make_escrow()
    payment = open_page(escrow, now=clock.now())
    standin.pay(payment.checkout_session_id)
    onboard(escrow.payee, standin, now=clock.now())
    operations.settle_checkout(payment.checkout_session_id, now=clock.now())
    operations.release(portion_of(escrow, 1), by=None, now=clock.now())
    operations.refund([portion_of(escrow, 2)], reason="x", by=None, now=clock.now())
    clock.advance(days=8)
    drain()
    standin.deliver_to(client)
    return escrow


def test_after_a_journey_its_objects_are_mirrored_under_our_ids(journey, drain, clock):
    drain()
    clock.advance(hours=1)
    drain()
    left = StripeEvent.objects.filter(mirrored_at=None).values_list("type", "last_error")
    assert list(left) == []
    payment, refund, transfer = Payment.objects.get(), Refund.objects.get(), Transfer.objects.get()
    for model, stripe_id in (
        (mirror.Session, payment.checkout_session_id),
        (mirror.PaymentIntent, payment.payment_intent_id),
        (mirror.Charge, payment.charge_id),
        (mirror.Transfer, transfer.stripe_id),
        (mirror.Refund, refund.stripe_id),
        (mirror.Account, ConnectAccount.objects.get().stripe_id),
    ):
        assert model.objects.filter(id=stripe_id).exists(), model.__name__
    assert mirror.Charge.objects.get(id=payment.charge_id).stripe_data["amount"] == 48000
    assert mirror.Transfer.objects.get(id=transfer.stripe_id).stripe_data["amount"] == 10200
    assert mirror.Refund.objects.get(id=refund.stripe_id).stripe_data["amount"] == 12000
    assert mirror.Event.objects.count() == StripeEvent.objects.count()


def test_a_mirror_that_breaks_takes_nothing_of_ours_with_it(journey, clock, monkeypatch):
    def breaks(payload):
        mirror.Event.objects.create(id="evt_half", type="x", data={}, livemode=False)
        raise ValueError("an unknown field")

    monkeypatch.setattr(mirror.Event, "process", breaks)
    event = StripeEvent.objects.get(type="checkout.session.completed")
    event = operations.apply_event(event, now=clock.now())
    event = operations.mirror_event(event, now=clock.now())
    assert (event.handled_at is None, event.mirrored_at, event.last_error) == (
        False,
        None,
        "ValueError: an unknown field",
    )
    assert not mirror.Event.objects.filter(id="evt_half").exists()
    assert Payment.objects.get().state == "partially_refunded"
    assert portion_of(journey, 1).state == Portion.State.RELEASED
    monkeypatch.undo()
    event = operations.mirror_event(event, now=clock.advance(minutes=5))
    assert (event.mirrored_at is None, event.last_error) == (False, "")


def test_what_is_not_handled_is_not_mirrored_yet(journey, clock):
    event = StripeEvent.objects.filter(handled_at=None).first()
    assert operations.mirror_event(event, now=clock.now()).mirrored_at is None
    assert mirror.Event.objects.count() == 0


def test_mirroring_again_changes_nothing(journey, clock, drain):
    drain()
    count = mirror.Event.objects.count()
    event = StripeEvent.objects.filter(mirrored_at__isnull=False).first()
    assert operations.mirror_event(event, now=clock.now()).mirrored_at == event.mirrored_at
    assert mirror.Event.objects.count() == count


def test_our_one_migration_stands_for_all_of_dj_stripes():
    """When dj-stripe gets another migration, ours must be generated anew."""
    from importlib import import_module
    from pkgutil import iter_modules

    import djstripe.migrations

    theirs = {("djstripe", module.name) for module in iter_modules(djstripe.migrations.__path__)}
    ours = import_module("payments.mirror_migrations.0001_mirror").Migration
    assert set(ours.replaces) == theirs


def test_the_tables_are_those_of_the_models():
    from django.core.management import call_command

    call_command("makemigrations", "djstripe", "payments", check=True, dry_run=True, verbosity=0)
