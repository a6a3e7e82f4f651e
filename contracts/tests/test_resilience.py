"""What must not happen: money lost for a notice, a session that cannot end, a row that holds up the others."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from contracts import operations
from contracts.models import Booking, Contract
from contracts.tasks import expire_open_steps
from contracts.tests.factories import accepted, active, held_session, paying, scheduled, sent
from core.models import Event, KeptAnswer, OutgoingMail
from core.refused import Refused
from payments.models import Payment
from payments.operations import refund, settle_checkout
from scheduling.operations import check_in, close_session, confirm_outcome, end

pytestmark = pytest.mark.django_db


def test_a_notice_that_cannot_be_written_does_not_lose_the_payment(standin, clock):
    contract = accepted()
    payment = paying(contract, standin)
    User.objects.filter(pk=contract.student_id).update(time_zone="Mars/Phobos")
    settle_checkout(payment.checkout_session_id, now=clock.now())
    contract.refresh_from_db()
    assert contract.state == "active"
    assert Event.objects.about(payment).filter(name="telling_failed").exists()


def test_a_name_with_an_unprintable_character_still_gets_its_mail(standin, clock):
    contract = accepted()
    User.objects.filter(pk=contract.student_id).update(name="Nia\x0bBrandt")
    payment = paying(contract, standin)
    settle_checkout(payment.checkout_session_id, now=clock.now())
    assert not Event.objects.filter(name="telling_failed").exists()
    assert OutgoingMail.objects.filter(recipient=contract.student_id, kind="receipt").count() == 1


def test_a_contract_that_breaks_does_not_hold_up_the_others(clock, monkeypatch):
    bad, good = sent(), sent()
    real = operations.expire_contract

    def fail_on_bad(contract, *, now):
        if contract.pk == bad.pk:
            raise RuntimeError("broken row")
        return real(contract, now=now)

    monkeypatch.setattr("contracts.tasks.expire_contract", fail_on_bad)
    assert expire_open_steps(bad.expires_at + timedelta(days=1)) == 1
    assert Contract.objects.get(pk=good.pk).state == "expired"


def going_back(contract, number=1):
    portion = Booking.objects.get(contract=contract, number=number).portion
    return refund([portion], reason="goodwill", by=None, now=contract.created_at)


def test_a_session_whose_money_is_on_the_way_back_can_end_and_frees_everybodys_time(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    going_back(contract)
    clock.travel_to(session.starts_at)
    for person in (contract.coach, contract.student):
        check_in(session, by=person, now=clock.now())
    clock.travel_to(session.ends_at - timedelta(minutes=1))
    session = end(session, by=contract.coach, now=clock.now())
    assert (session.state, session.time_claims.count()) == ("completed", 0)
    assert Booking.objects.get(session=session).portion.state == "refunding"


def test_a_session_whose_money_is_on_the_way_back_gets_no_time(standin, clock):
    contract = active(standin)
    going_back(contract)
    with pytest.raises(Refused) as refusal:
        scheduled(contract)
    assert refusal.value.code == "not_funded"


def test_when_its_refund_fails_a_session_that_took_place_is_settled_after_all(standin, clock, drain):
    contract = accepted()
    payment = paying(contract, standin, card="4000000000005126")
    settle_checkout(payment.checkout_session_id, now=clock.now())
    contract.refresh_from_db()
    session = scheduled(contract)
    going_back(contract)
    held = clock.travel_to(session.starts_at)
    for person in (contract.coach, contract.student):
        check_in(session, by=person, now=held)
    clock.travel_to(session.ends_at)
    close_session(session, now=clock.now())
    booking = Booking.objects.get(session=session)
    assert booking.state == "confirmed"
    booking.portion.refresh_from_db()
    operations.settle_after_all(booking.portion.refund_parts.get().refund, now=clock.now())
    assert Booking.objects.get(session=session).state == "confirmed", "nothing is settled while the money is away"
    booking.portion.move_to("held")
    operations.settle_after_all(booking.portion.refund_parts.get().refund, now=clock.now())
    assert Booking.objects.get(session=session).state == "completed"


def test_what_both_agree_on_is_released_at_once(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    clock.travel_to(session.starts_at + timedelta(minutes=20))
    for person in (contract.coach, contract.student):
        check_in(session, by=person, now=clock.now())
    clock.travel_to(session.ends_at)
    session = close_session(session, now=clock.now())
    for person in (contract.student, contract.coach):
        confirm_outcome(session, by=person, now=clock.now())
    assert Booking.objects.get(session=session).portion.state == "released"


def test_no_page_is_opened_for_a_contract_called_off_meanwhile(standin, clock):
    contract = accepted()
    read_before = Contract.objects.select_related("escrow").get(pk=contract.pk)
    operations.cancel_contract(contract, by=contract.coach, now=clock.now())
    with pytest.raises(Refused) as refusal:
        operations.start_payment(read_before, by=contract.student, now=clock.now())
    assert refusal.value.code == "not_payable"
    assert not Payment.objects.exists()


def test_a_key_does_not_remember_that_stripe_was_away(standin, clock):
    contract = accepted()
    client = APIClient()
    client.force_authenticate(contract.student)

    def pay():
        body = {"contract": contract.pk}
        return client.post("/api/v1/checkout/", body, format="json", headers={"Idempotency-Key": "k"})

    standin.post("fail", mode="500_before", path_contains="checkout", count=20)
    assert (pay().status_code, pay().json()["code"]) == (409, "stripe_unreachable")
    standin.post("fail", mode="500_before", path_contains="nothing", count=0)
    assert not KeptAnswer.objects.exists()


def test_an_answer_is_kept_for_a_day(standin, clock):
    user = held_session(active(standin), clock).participants.first().user
    KeptAnswer.objects.create(user=user, key="k", fingerprint="f", status=200, body={}, made_at=clock.now())
    assert not KeptAnswer.objects.spent(clock.now() + timedelta(hours=23)).exists()
    assert KeptAnswer.objects.spent(clock.now() + timedelta(hours=24)).count() == 1
