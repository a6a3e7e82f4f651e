"""Leaving for good and money: what moves keeps people, Stripe forgets them, the books do not change."""

import pytest
from django.apps import apps

from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.operations import cancel_contract
from contracts.tests.factories import accepted, active, paying, scheduled
from core import clock as the_clock
from dashboards.tests.leaving import BY_ID_ONLY, broken, erase, refused, traces
from dashboards.tests.lives import EMAIL, SECRET, learnt, somebody, taught
from payments.models import Forgetting, StripeCustomer, StripeEvent
from payments.operations import open_incident
from payments.tests.test_forgetting import at_stripe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("somebody_else_works_here")]


def test_the_customer_at_stripe_goes_with_the_person(standin, clock, drain):
    person = somebody()
    learnt(person, standin, clock)
    drain()
    customer = StripeCustomer.objects.get(user=person).stripe_id
    erase(person)
    plan = Forgetting.objects.get(user=person)
    assert (plan.done_at, at_stripe(customer).email) == (None, EMAIL)
    drain()
    plan.refresh_from_db()
    assert plan.done_at is not None
    assert at_stripe(customer).deleted is True
    assert broken() == {}


def test_a_refused_erasure_asks_nothing_of_stripe():
    contract = accepted()
    refused(contract.student)
    assert not Forgetting.objects.exists()


def test_what_stripe_says_of_them_for_the_first_time_afterwards_brings_nothing_back(standin, clock, client, drain):
    person = somebody()
    contract = learnt(person, standin, clock)
    erase(person)
    drain()
    told = {answer.status_code for answer in standin.deliver_to(client)}
    assert told == {200}
    assert {"customer.deleted", "charge.succeeded"} <= set(StripeEvent.objects.values_list("type", flat=True))
    assert traces() - BY_ID_ONLY == set()
    assert traces(["o'qmarker", SECRET, EMAIL]) == set()
    drain()
    charge = contract.escrow.payments.get().charge_id
    assert apps.get_model("djstripe.Charge").objects.get(id=charge).stripe_data["amount"] == 5000
    assert traces() - BY_ID_ONLY == set()
    assert traces(["o'qmarker", SECRET, EMAIL]) == set()


def test_the_same_event_once_more_brings_nothing_back(standin, clock, client, drain):
    person = somebody()
    learnt(person, standin, clock)
    standin.deliver()
    told = list(standin.relay.kept)
    standin.deliver_to(client)
    drain()
    erase(person)
    drain()
    assert len(told) > 4 and any(EMAIL in body.decode() for body, _signature in told)
    for body, signature in told:
        client.post("/webhooks/stripe", body, content_type="application/json", headers={"Stripe-Signature": signature})
    drain()
    assert traces(["o'qmarker", SECRET, EMAIL]) == set()


def test_money_that_is_held_and_a_session_that_is_due_keep_both_people(standin):
    contract = active(standin, session_count=2)
    scheduled(contract)
    for person in (contract.student, contract.coach):
        sentence = refused(person)
        assert "1 session of yours is still due." in sentence
        assert "$100.00 is still held or on its way back." in sentence
        assert "1 contract of yours is still open" in sentence


def test_released_money_on_its_way_keeps_the_coach_and_not_the_student(standin, clock):
    contract = taught(CoachFactory(), standin, clock)
    assert "$42.50 is still on its way to you." in refused(contract.coach)
    erase(contract.student)


def test_a_payment_under_way_keeps_the_payer(standin, clock):
    contract = accepted()
    paying(contract, standin)
    contract.refresh_from_db()
    cancel_contract(contract, by=contract.student, now=the_clock.now())
    assert refused(contract.student) == "A payment of yours is not finished yet."


def test_an_incident_keeps_the_person(standin, clock):
    contract = learnt(StudentFactory(), standin, clock)
    open_incident("odd", key="odd", subject=contract.escrow, now=the_clock.now())
    assert refused(contract.student) == "Our staff are looking into a payment of yours."
