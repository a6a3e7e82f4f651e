"""A single session: its time is kept for a quarter of an hour, and is the student's once they have paid."""

from collections import defaultdict
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

import core.events
from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory, StudentFactory
from contracts import operations
from contracts.models import Booking, Contract
from contracts.tasks import close_page_of
from core.models import Event
from core.refused import Refused
from core.registry import invariants
from payments import gateway
from payments.models import Payment, Refund
from payments.operations import settle_checkout
from payments.tests.factories import balances
from scheduling.models import Session
from scheduling.operations import (
    book_consultation,
    cancel_session,
    confirm_request,
    confirm_time,
    decline_request,
    drop_hold,
    expire_hold,
    hold_new_session,
    hold_time,
    withdraw_request,
)
from scheduling.tests.factories import DAY, HOUR, MINUTE, MONDAY, NOW, CalendarFactory

pytestmark = pytest.mark.django_db
TEN = MONDAY + 10 * HOUR


@pytest.fixture(autouse=True)
def now(clock):
    clock.travel_to(NOW)


def teacher(**calendar):
    """A public coach at 60.00 USD an hour and 15.00 for a trial, with hours."""
    return CalendarFactory(**calendar).coach


def booked(coach=None, student=None, **facts):
    facts = {"kind": "direct", "starts_at": TEN, "duration_minutes": 60, "now": NOW} | facts
    return operations.book_directly(coach or teacher(), by=student or StudentFactory(), **facts)


def page(contract, at=NOW):
    return operations.start_payment(contract, by=contract.student, now=at)


def paid(contract, standin, *, at=NOW, page_at=NOW):
    """Paid on the stand-in's page, and heard of at this moment."""
    payment = page(contract, page_at)
    standin.pay(payment.checkout_session_id)
    settle_checkout(payment.checkout_session_id, now=at)
    return fresh(contract)


def fresh(contract):
    contract.refresh_from_db()
    booking = contract.bookings.select_related("session", "portion").get()
    return SimpleNamespace(
        contract=contract,
        session=booking.session,
        states=(contract.state, booking.state, booking.session.state, booking.portion.state),
    )


def refused(code, **facts):
    before = Session.objects.count(), Contract.objects.count()
    with pytest.raises(Refused) as refusal:
        booked(**facts)
    assert refusal.value.code == code
    assert (Session.objects.count(), Contract.objects.count()) == before


def names(subject):
    return [event.name for event in Event.objects.about(subject)]


def all_true():
    return {name: rows for name, check in invariants.items() if (rows := list(check()))} == {}


def test_a_direct_session_is_a_contract_of_one_whose_time_is_kept_for_a_quarter_of_an_hour():
    coach, student = teacher(), StudentFactory()
    contract = booked(coach, student, duration_minutes=90, note="Subjunctive, please")
    now = fresh(contract)
    assert now.states == ("awaiting_payment", "pending", "held", "unfunded")
    assert (contract.kind, contract.origin, contract.total_cents, contract.fee_basis_points) == (
        "direct",
        "booking",
        9000,
        1000,
    )
    assert contract.expires_at == now.session.hold_expires_at == NOW + 15 * MINUTE
    portion = contract.escrow.portions.get()
    assert (portion.gross_cents, portion.fee_cents, contract.currency) == (9000, 900, "usd")
    assert (now.session.booked_by, now.session.note_to_coach) == (student, "Subjunctive, please")
    assert set(now.session.time_claims.values_list("user", "expires_at")) == {
        (coach.pk, NOW + 15 * MINUTE),
        (student.pk, NOW + 15 * MINUTE),
    }
    assert (names(now.session), names(contract)) == (["session_held"], ["contract_drafted"])
    assert all_true()


@pytest.mark.parametrize(
    ("minutes", "rate", "cents"), [(15, 6000, 1500), (50, 5999, 4999), (25, 4999, 2083), (180, 6000, 18000)]
)
def test_the_price_is_the_part_of_an_hour_half_a_cent_up(minutes, rate, cents):
    coach = teacher(step_minutes=15)
    CoachProfile.objects.update(hourly_rate_cents=rate)
    assert booked(coach, duration_minutes=minutes).total_cents == cents


def test_a_trial_costs_what_the_coach_asks_for_it_once_for_each_pair():
    coach, student = teacher(), StudentFactory()
    trial = booked(coach, student, kind="trial", duration_minutes=30)
    assert (trial.kind, trial.total_cents, trial.escrow.portions.get().fee_cents) == ("trial", 1500, 150)
    refused("trial_used", coach=coach, student=student, kind="trial", starts_at=TEN + HOUR)
    assert booked(coach, kind="trial", starts_at=TEN + HOUR).state == "awaiting_payment"


def test_a_trial_that_was_not_paid_may_be_tried_again(clock):
    coach, student = teacher(), StudentFactory()
    expire_hold(fresh(booked(coach, student, kind="trial")).session, now=NOW + 15 * MINUTE)
    assert booked(coach, student, kind="trial", now=NOW + 15 * MINUTE).state == "awaiting_payment"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"duration_minutes": 14}, "duration"),
        ({"duration_minutes": 181}, "duration"),
        ({"kind": "trial", "duration_minutes": 61}, "duration"),
        ({"starts_at": TEN + 5 * MINUTE}, "not_listed"),
        ({"starts_at": NOW - HOUR}, "past"),
        ({"starts_at": TEN - 5 * HOUR}, "outside_hours"),
    ],
)
def test_what_the_coach_does_not_offer_is_refused(facts, code):
    refused(code, **facts)


def test_a_coach_without_a_trial_rate_offers_none():
    coach = teacher()
    CoachProfile.objects.update(trial_rate_cents=None)
    refused("no_trial", coach=coach, kind="trial")


def test_a_session_costs_ten_at_least_and_a_trial_what_the_coach_asks():
    coach = teacher()
    CoachProfile.objects.update(hourly_rate_cents=3900, trial_rate_cents=500)
    refused("minimum_price", coach=coach, duration_minutes=15)
    assert booked(coach, kind="trial", duration_minutes=15).total_cents == 500


def test_a_hidden_coach_is_not_booked_anew_nor_one_who_is_not_public():
    coach = teacher()
    CoachProfile.objects.update(is_hidden=True)
    refused("hidden", coach=coach)
    CoachProfile.objects.update(is_hidden=False, state="draft", approved_at=None)
    refused("hidden", coach=coach)


def test_only_students_book_and_nobody_themselves():
    coach = teacher()
    with pytest.raises(PermissionDenied):
        booked(coach, CoachFactory())
    coach.is_student = True
    refused("own_time", coach=coach, student=coach)


def test_a_time_that_is_kept_for_somebody_else_is_refused_until_their_hold_is_over():
    coach = teacher()
    first = booked(coach)
    refused("booked", coach=coach)
    second = booked(coach, now=NOW + 15 * MINUTE)
    assert (fresh(first).states[:3], fresh(second).states[:3]) == (
        ("expired", "cancelled", "cancelled"),
        ("awaiting_payment", "pending", "held"),
    )
    assert all_true()


def test_the_time_of_a_booking_takes_at_most_eight_statements(monkeypatch):
    """The session with its people and claims alone: what its money needs is counted elsewhere."""
    monkeypatch.setattr(core.events, "_reactions", defaultdict(list))
    facts = {"coach": teacher(), "student": StudentFactory(), "kind": "direct", "duration_minutes": 60}
    with CaptureQueriesContext(connection) as queries:
        hold_new_session(**facts, starts_at=TEN, now=NOW)
    work = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(work) == 7, work


def test_a_held_time_that_costs_money_is_neither_confirmed_nor_moved_by_a_click():
    session = fresh(booked()).session
    for operation, facts in ((confirm_time, {}), (hold_time, {"starts_at": TEN + HOUR})):
        with pytest.raises(Refused) as refusal:
            operation(session, by=session.booked_by, now=NOW, **facts)
        assert refusal.value.code in {"not_paid", "wrong_state"}


def test_a_payment_makes_it_agreed(standin):
    done = paid(booked(), standin, at=NOW + 10 * MINUTE)
    assert done.states == ("active", "confirmed", "scheduled", "held")
    assert (done.contract.paid_at, done.session.agreed_at, done.session.version) == (
        NOW + 10 * MINUTE,
        NOW + 10 * MINUTE,
        1,
    )
    assert set(done.session.time_claims.values_list("expires_at", flat=True)) == {None}
    assert done.session.reminders.count() == 6
    assert balances()["held"] == 6000
    assert done.contract.bookings.count() == 1
    assert all_true()


def test_the_same_payment_makes_it_agreed_once(standin):
    contract = booked()
    paid(contract, standin)
    settle_checkout(Payment.objects.get().checkout_session_id, now=NOW + MINUTE)
    assert names(fresh(contract).session) == ["session_held", "session_scheduled"]


def test_the_page_takes_cards_only_and_is_closed_with_the_hold(standin, clock, drain):
    contract = booked()
    payment = page(contract, NOW + 5 * MINUTE)
    assert payment.expires_at == NOW + 15 * MINUTE
    at_stripe = gateway.client().v1.checkout.sessions.retrieve(payment.checkout_session_id)
    assert list(at_stripe["payment_method_types"]) == ["card"]
    clock.travel_to(NOW + 15 * MINUTE)
    drain()
    payment.refresh_from_db()
    assert (payment.state, gateway.get_checkout(payment.checkout_session_id).status) == ("failed", "expired")
    assert fresh(contract).states == ("expired", "cancelled", "cancelled", "unfunded")
    assert all_true()


def test_the_page_is_given_again_within_the_hold_and_not_after(standin):
    contract = booked()
    first = page(contract)
    assert page(contract, NOW + 14 * MINUTE) == first
    with pytest.raises(Refused) as refusal:
        page(contract, NOW + 15 * MINUTE)
    assert refusal.value.code == "expired"


def test_only_its_student_pays():
    contract = booked()
    with pytest.raises(PermissionDenied):
        operations.start_payment(contract, by=contract.coach, now=NOW)


def test_a_student_who_gives_the_time_back_ends_the_booking_and_its_page(standin, drain):
    contract = booked()
    payment = page(contract)
    operations.cancel_contract(contract, by=contract.student, now=NOW + MINUTE)
    assert fresh(contract).states == ("cancelled", "cancelled", "cancelled", "unfunded")
    close_page_of(contract.pk)
    drain()
    payment.refresh_from_db()
    assert payment.state == "failed"
    assert all_true()


@pytest.mark.parametrize("end", [drop_hold, cancel_session])
def test_a_session_that_is_dropped_takes_its_contract_along(end):
    contract = booked()
    end(fresh(contract).session, by=contract.student, now=NOW)
    assert fresh(contract).states[:3] == ("cancelled", "cancelled", "cancelled")


def test_a_coach_sees_a_booking_once_it_is_paid_and_cannot_call_it_off_before(standin):
    contract = booked()
    assert not Contract.objects.of(contract.coach).exists()
    assert not Booking.objects.of(contract.coach).exists()
    with pytest.raises(PermissionDenied):
        operations.cancel_contract(contract, by=contract.coach, now=NOW)
    other = booked(contract.coach, starts_at=TEN + 2 * HOUR)
    paid(other, standin)
    assert list(Contract.objects.of(contract.coach)) == [other]


# Late payments


def test_money_that_comes_late_takes_the_time_again_while_it_is_free(standin, clock, drain):
    contract = booked()
    payment = page(contract)
    standin.pay(payment.checkout_session_id)
    expire_hold(fresh(contract).session, now=NOW + 15 * MINUTE)
    assert fresh(contract).states == ("expired", "cancelled", "cancelled", "unfunded")
    settle_checkout(payment.checkout_session_id, now=NOW + 16 * MINUTE)
    done = fresh(contract)
    assert done.states == ("active", "confirmed", "scheduled", "held")
    assert (done.session.time_claims.count(), done.session.agreed_at) == (2, NOW + 16 * MINUTE)
    assert done.session.version == 2  # above the 1 with which calendars were told that it was called off
    assert all_true()


def test_money_that_comes_while_nobody_has_noticed_the_end_of_the_hold_counts(standin):
    contract = booked()
    done = paid(contract, standin, at=NOW + 20 * MINUTE)
    assert done.states == ("active", "confirmed", "scheduled", "held")


def test_late_money_keeps_the_notice_that_was_kept_when_the_time_was_picked(standin, clock):
    picked_at = TEN - 12 * HOUR
    clock.travel_to(picked_at)
    contract = booked(now=picked_at)
    payment = page(contract, picked_at)
    standin.pay(payment.checkout_session_id)
    expire_hold(fresh(contract).session, now=picked_at + 15 * MINUTE)
    settle_checkout(payment.checkout_session_id, now=picked_at + 16 * MINUTE)
    assert fresh(contract).states == ("active", "confirmed", "scheduled", "held")


def test_money_for_a_time_that_is_taken_goes_back_whole(standin, clock, drain):
    contract = booked()
    payment = page(contract)
    standin.pay(payment.checkout_session_id)
    other = booked(contract.coach, now=NOW + 15 * MINUTE)
    settle_checkout(payment.checkout_session_id, now=NOW + 16 * MINUTE)
    late = fresh(contract)
    assert late.states == ("expired", "cancelled", "cancelled", "refunding")
    assert Refund.objects.get().amount_cents == 6000
    assert Event.objects.get(name="payment_came_late").facts == {"code": "booked"}
    assert fresh(other).states[:3] == ("awaiting_payment", "pending", "held")
    clock.travel_to(NOW + 17 * MINUTE)
    drain()
    assert balances().get("held", 0) == 0
    assert fresh(contract).states[3] == "refunded"
    assert Contract.objects.with_progress().get(pk=contract.pk).payment_status == "refunded"
    assert all_true()


def test_money_for_a_time_that_has_passed_goes_back(standin):
    contract = booked()
    late = paid(contract, standin, at=TEN)
    assert late.states == ("expired", "cancelled", "cancelled", "refunding")
    assert all_true()


def test_money_for_a_time_the_student_gave_back_goes_back(standin):
    contract = booked()
    payment = page(contract)
    standin.pay(payment.checkout_session_id)
    operations.cancel_contract(contract, by=contract.student, now=NOW)
    settle_checkout(payment.checkout_session_id, now=NOW + MINUTE)
    assert fresh(contract).states == ("cancelled", "cancelled", "cancelled", "refunding")
    assert Event.objects.get(name="payment_came_late").facts == {"code": "contract_ended"}


def test_late_money_for_a_trial_that_another_has_replaced_goes_back(standin):
    contract = booked(kind="trial")
    payment = page(contract)
    standin.pay(payment.checkout_session_id)
    booked(contract.coach, contract.student, kind="trial", starts_at=TEN + DAY, now=NOW + 15 * MINUTE)
    settle_checkout(payment.checkout_session_id, now=NOW + 16 * MINUTE)
    assert fresh(contract).states == ("expired", "cancelled", "cancelled", "refunding")
    assert all_true()


@pytest.mark.parametrize("kind", ["direct", "trial"])
def test_a_time_that_was_never_paid_was_no_session_of_anybody(kind):
    contract = booked(kind=kind, duration_minutes=30)
    expire_hold(fresh(contract).session, now=NOW + 15 * MINUTE)
    for person in (contract.coach, contract.student):
        assert not Session.objects.of(person).past(NOW + DAY).exists()
        assert not Session.objects.of(person).that_were().exists()


# By request


def asked(standin, **facts):
    return paid(booked(teacher(confirms="request"), **facts), standin)


def test_a_coach_who_says_yes_to_each_is_asked_once_it_is_paid(standin):
    waiting = asked(standin)
    assert waiting.states == ("active", "pending", "requested", "held")
    assert waiting.session.answer_due_at == NOW + 24 * HOUR
    confirm_request(waiting.session, by=waiting.contract.coach, now=NOW + HOUR)
    assert fresh(waiting.contract).states == ("active", "confirmed", "scheduled", "held")
    assert all_true()


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda session: decline_request(session, by=session.coach, now=NOW, reason="I am ill"), "session_declined"),
        (lambda session: withdraw_request(session, by=session.booked_by, now=NOW), "session_withdrawn"),
    ],
)
def test_a_request_without_a_yes_gives_all_money_back_and_ends(standin, drain, end, reason):
    waiting = asked(standin)
    end(waiting.session)
    done = fresh(waiting.contract)
    assert done.states == ("cancelled", "cancelled", "cancelled", "refunding")
    assert (Refund.objects.get().amount_cents, Refund.objects.get().reason) == (6000, reason)
    drain()
    assert fresh(waiting.contract).states[3] == "refunded"
    assert balances().get("held", 0) == 0
    assert all_true()


def test_silence_is_a_no(standin, clock, drain):
    waiting = asked(standin)
    clock.travel_to(NOW + 24 * HOUR)
    drain()
    assert fresh(waiting.contract).states == ("cancelled", "cancelled", "cancelled", "refunded")
    assert names(waiting.session)[-1] == "session_unanswered"
    assert all_true()


def test_late_money_asks_the_coach_too(standin):
    contract = booked(teacher(confirms="request"))
    payment = page(contract)
    standin.pay(payment.checkout_session_id)
    expire_hold(fresh(contract).session, now=NOW + 15 * MINUTE)
    settle_checkout(payment.checkout_session_id, now=NOW + 16 * MINUTE)
    assert fresh(contract).states == ("active", "pending", "requested", "held")
    assert all_true()


def test_a_consultation_has_no_contract_and_no_money():
    session = book_consultation(teacher(), starts_at=TEN, by=StudentFactory(), now=NOW)
    assert (Contract.objects.count(), Booking.objects.count(), session.state) == (0, 0, "scheduled")
    assert all_true()
