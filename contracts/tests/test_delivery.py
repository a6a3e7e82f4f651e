"""From payment to the coach's account, and every way a session can end."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Relation
from accounts.tests.factories import StudentFactory
from contracts import events, operations
from contracts.models import Booking, Contract
from contracts.tests.factories import accepted, active, held_session, paying, scheduled, session_of
from core.models import Event
from core.refused import Refused
from payments.models import Payment, Portion, Refund
from payments.operations import refund, settle_checkout
from scheduling.operations import check_in, close_session, confirm_outcome

pytestmark = pytest.mark.django_db


def booking_of(session):
    return Booking.objects.select_related("portion", "contract").get(session=session)


def test_only_a_verified_payment_makes_a_contract_active(standin, clock):
    contract = accepted()
    payment = operations.start_payment(contract, by=contract.student, now=clock.now())
    settle_checkout(payment.checkout_session_id, now=clock.now())  # nobody paid yet
    contract.refresh_from_db()
    assert contract.state == "awaiting_payment"
    standin.pay(payment.checkout_session_id)
    settle_checkout(payment.checkout_session_id, now=clock.now())
    contract.refresh_from_db()
    assert contract.state == "active"
    assert contract.bookings.count() == 4
    assert set(contract.bookings.values_list("state", "session__state")) == {("pending", "unscheduled")}
    assert Relation.objects.filter(student=contract.student, coach=contract.coach).count() == 1


def test_the_same_payment_makes_it_active_once(standin, clock):
    contract = accepted()
    payment = paying(contract, standin)
    for _ in range(3):
        settle_checkout(payment.checkout_session_id, now=clock.now())
    assert Event.objects.about(contract).filter(name=events.CONTRACT_ACTIVATED).count() == 1
    assert contract.bookings.count() == 4


def test_only_the_student_pays_and_only_while_it_is_time(clock):
    contract = accepted()
    for person in (contract.coach, StudentFactory()):
        with pytest.raises(PermissionDenied):
            operations.start_payment(contract, by=person, now=clock.now())
    with pytest.raises(Refused) as refusal:
        operations.start_payment(contract, by=contract.student, now=contract.expires_at)
    assert refusal.value.code == "expired"


def test_a_paid_contract_is_not_paid_again(standin, clock):
    contract = active(standin)
    with pytest.raises(Refused) as refusal:
        operations.start_payment(contract, by=contract.student, now=clock.now())
    assert refusal.value.code == "not_payable"


def test_money_for_a_contract_that_was_called_off_goes_back_whole(standin, clock, drain):
    contract = accepted()
    payment = paying(contract, standin)
    operations.cancel_contract(contract, by=contract.coach, now=clock.now())
    settle_checkout(payment.checkout_session_id, now=clock.now())
    drain()
    contract.refresh_from_db()
    assert contract.state == "cancelled"
    assert Payment.objects.get(pk=payment.pk).state == "refunded"
    assert Refund.objects.get().amount_cents == 20000


def test_a_scheduled_session_confirms_its_booking(standin):
    session = scheduled(active(standin))
    assert booking_of(session).state == "confirmed"


def test_a_session_that_took_place_is_released_after_a_day(standin, clock, drain):
    contract = active(standin)
    booking = booking_of(held_session(contract, clock))
    assert (booking.state, booking.portion.state) == ("completed", "held")
    clock.advance(hours=23, minutes=59)
    drain()
    assert booking_of(booking.session).portion.state == "held"
    clock.advance(minutes=2)
    drain()
    portion = booking_of(booking.session).portion
    assert (portion.state, portion.net_cents, portion.fee_cents) == ("released", 4250, 750)


def test_a_student_who_confirms_releases_at_once(standin, clock):
    contract = active(standin)
    session = held_session(contract, clock)
    confirm_outcome(session, by=contract.student, now=clock.now())
    assert booking_of(session).portion.state == "released"


def test_a_coach_who_confirms_releases_nothing(standin, clock):
    contract = active(standin)
    session = held_session(contract, clock)
    confirm_outcome(session, by=contract.coach, now=clock.now())
    assert booking_of(session).portion.state == "held"


def test_a_student_who_does_not_come_pays_after_three_days(standin, clock, drain):
    contract = active(standin)
    booking = booking_of(held_session(contract, clock, who="coach"))
    assert booking.state == "no_show"
    assert booking.portion.release_due_at == booking.session.ends_at + timedelta(hours=72)
    clock.advance(hours=72)
    drain()
    assert booking_of(booking.session).portion.state == "released"


@pytest.mark.parametrize("who", ["student", "nobody"])
def test_a_coach_who_does_not_come_is_not_paid(who, standin, clock, drain):
    contract = active(standin)
    session = held_session(contract, clock, who=who)
    drain()
    booking = booking_of(session)
    assert (booking.state, booking.portion.state) == ("cancelled", "refunded")
    assert Refund.objects.get().amount_cents == 5000


def test_an_unclear_session_keeps_its_money_held_until_both_agree(standin, clock, drain):
    contract = active(standin)
    session = scheduled(contract)
    clock.travel_to(session.starts_at + timedelta(minutes=20))  # both are late
    for person in (contract.coach, contract.student):
        check_in(session, by=person, now=clock.now())
    clock.travel_to(session.ends_at)
    session = close_session(session, now=clock.now())
    assert session.outcome == "unclear"
    clock.advance(days=30)
    drain()
    assert (booking_of(session).state, booking_of(session).portion.state) == ("confirmed", "held")
    confirm_outcome(session, by=contract.coach, now=clock.now())
    assert booking_of(session).state == "confirmed"
    confirm_outcome(session, by=contract.student, now=clock.now())
    assert booking_of(session).state == "completed"


def test_a_contract_whose_sessions_are_all_done_is_completed(standin, clock):
    contract = active(standin, session_count=1)
    held_session(contract, clock)
    contract.refresh_from_db()
    assert contract.state == "completed"
    assert contract.ended_at - session_of(contract).ends_at < timedelta(seconds=5)


def test_a_contract_of_which_nothing_took_place_is_cancelled(standin, clock, drain):
    contract = active(standin, session_count=1)
    held_session(contract, clock, who="nobody")
    drain()
    contract.refresh_from_db()
    assert contract.state == "cancelled"


def test_sessions_whose_money_staff_gave_back_do_not_take_place(standin, clock, drain):
    contract = active(standin)
    session = scheduled(contract)
    portions = list(Portion.objects.filter(escrow=contract.escrow, state="held"))
    refund(portions, reason="goodwill", by=StudentFactory(is_staff=True, is_superuser=True), now=clock.now())
    drain()
    session.refresh_from_db()
    contract.refresh_from_db()
    assert session.state == "cancelled"
    assert not session.time_claims.exists()
    assert set(contract.bookings.values_list("state", flat=True)) == {"cancelled"}
    assert contract.state == "cancelled"


def test_progress_is_derived_from_what_happened(standin, clock, drain):
    contract = active(standin, session_count=2)
    held_session(contract, clock, number=1)
    held_session(contract, clock, number=2, who="nobody")
    drain()
    seen = Contract.objects.with_progress().get(pk=contract.pk)
    assert (seen.completed_sessions, seen.refunded_sessions, seen.remaining_sessions) == (1, 1, 0)
    assert (seen.progress_percentage, seen.payment_status, seen.state) == (50, "paid", "completed")
