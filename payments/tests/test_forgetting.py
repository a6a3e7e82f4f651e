"""What Stripe told us, once somebody has left."""

import pytest

from accounts.tests.factories import StudentFactory
from core import clock
from payments.models import StripeCustomer, StripeEvent
from payments.operations.erasure import forget_in_mirror

pytestmark = pytest.mark.django_db


def test_a_name_that_is_a_word_of_stripe_leaves_its_words_alone():
    person, now = StudentFactory(name="usd"), clock.now()
    StripeCustomer.objects.create(user=person, stripe_id="cus_usd")
    told = {"customer": "cus_usd", "currency": "usd", "name": "usd"}
    event = StripeEvent.objects.create(
        event_id="evt_usd", type="charge.succeeded", payload={"object": told}, received_at=now, due_at=now
    )
    forget_in_mirror(person, words={"usd": "Former member"})
    event.refresh_from_db()
    assert event.payload == {"object": {"customer": "cus_usd", "currency": "usd", "name": "Former member"}}
