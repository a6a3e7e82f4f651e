"""What Stripe says of somebody after they have left."""

import pytest
from djstripe import models as mirror

from core import clock as the_clock
from payments.models import Forgetting, StripeEvent
from payments.tests.test_forgetting import EMAIL, leaves, paid, traces

pytestmark = pytest.mark.django_db


def test_what_stripe_says_after_somebody_left_is_kept_and_mirrored_without_them(standin, client, drain):
    """Nothing was delivered before: every event, the snapshot of the customer among them, comes late."""
    payment = paid(standin)
    leaves(payment.escrow.payer)
    drain()
    answers = standin.deliver_to(client)
    assert {answer.status_code for answer in answers} == {200} and len(answers) > 4
    assert traces() == set()
    drain()
    assert "customer.deleted" in StripeEvent.objects.values_list("type", flat=True)
    assert list(StripeEvent.objects.filter(mirrored_at=None).values_list("type", "last_error")) == []
    assert mirror.Charge.objects.get(id=payment.charge_id).stripe_data["amount"] == 48000
    assert traces() == set()


def test_what_came_just_before_and_is_mirrored_just_after_is_emptied_too(standin, client, drain):
    payment = paid(standin)
    standin.deliver_to(client)
    person = payment.escrow.payer
    assert ("payments_stripeevent", "payload") in traces()
    leaves(person)
    Forgetting.objects.update(done_at=the_clock.now())
    drain()
    assert traces() == set()


def test_an_event_about_somebody_who_is_here_is_kept_as_it_came(standin, client, drain):
    paid(standin)
    standin.deliver_to(client)
    drain()
    assert mirror.Customer.objects.get().email == EMAIL
