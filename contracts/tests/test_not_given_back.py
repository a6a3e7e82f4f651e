"""A session was called off and its refund did not go through: both sides read it, until it is sent again."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from contracts.operations import cancel_booked_session, quote_session
from contracts.tests.factories import accepted, held_session, paying, scheduled
from core import clock as the_clock
from payments.models import Refund
from payments.operations import refund_again, settle_checkout
from payments.tests.factories import REFUND_FAILS
from scheduling.models import Session

pytestmark = pytest.mark.django_db
STUCK = "A refund of $50.00 did not go through."


@pytest.fixture
def contract(standin):
    contract = accepted()
    payment = paying(contract, standin, card=REFUND_FAILS)
    settle_checkout(payment.checkout_session_id, now=the_clock.now())
    contract.refresh_from_db()
    return contract


def call_off(contract):
    session, now = scheduled(contract), the_clock.now()
    quote = quote_session(session, by=contract.student, now=now)
    cancel_booked_session(session, by=contract.student, quote=quote.id, now=now)


def page(client, person, address):
    client.force_login(person)
    return client.get(address).content.decode()


def test_both_read_that_it_did_not_go_through_until_it_has(contract, client, standin, clock, drain):
    ours, money = contract.get_absolute_url(), reverse("money-of", args=[contract.number])
    assert "did not go through" not in page(client, contract.student, ours)
    call_off(contract)
    assert STUCK not in page(client, contract.student, ours)
    drain()
    clock.advance(seconds=5)
    standin.deliver_to(client)
    drain()
    assert Refund.objects.get().state == "failed"
    assert STUCK in page(client, contract.student, ours)
    assert "Your money is safe" in page(client, contract.student, ours)
    told = page(client, contract.coach, ours)
    assert (STUCK in told, "Your money is safe" in told) == (True, False)
    for person in (contract.student, contract.coach):
        assert "We hold it and send it again." in page(client, person, money)
    boss = UserFactory(is_staff=True, is_superuser=True)
    refund_again(Refund.objects.get(), by=boss, now=the_clock.now())
    assert STUCK not in page(client, contract.student, ours)


@pytest.mark.parametrize("kind", ["direct", "trial", "contract"])
def test_both_read_it_on_the_page_of_the_session_too(contract, client, drain, kind):
    theirs = scheduled(contract, 2, hour=18)
    call_off(contract)
    session = contract.bookings.get(number=1).session
    Session.objects.filter(pk=session.pk).update(kind=kind)
    assert "did not go through" not in page(client, contract.student, session.get_absolute_url())
    Refund.objects.update(state="failed")
    contract.escrow.portions.filter(state="refunding").update(state="held")
    told = page(client, contract.student, session.get_absolute_url())
    assert (STUCK in told, "Your money is safe" in told, f"?about={contract.number}" in told) == (True, True, True)
    told = page(client, contract.coach, session.get_absolute_url())
    assert (STUCK in told, "hold it and send it again" in told, "Your money is safe" in told) == (True, True, False)
    assert "did not go through" not in page(client, contract.student, theirs.get_absolute_url())


def test_both_read_it_where_the_coach_did_not_come(contract, client, clock, drain):
    session = held_session(contract, clock, who="student")
    assert session.outcome == "coach_absent"
    assert Refund.objects.get().amount_cents == 5000
    Refund.objects.update(state="failed")
    contract.escrow.portions.filter(state="refunding").update(state="held")
    for person in (contract.student, contract.coach):
        assert STUCK in page(client, person, contract.get_absolute_url())
        assert STUCK in page(client, person, session.get_absolute_url())


def test_what_stripe_refused_is_said_too(contract, client, drain):
    call_off(contract)
    Refund.objects.update(state="refused")
    contract.escrow.portions.filter(state="refunding").update(state="held")
    assert STUCK in page(client, contract.student, contract.get_absolute_url())
