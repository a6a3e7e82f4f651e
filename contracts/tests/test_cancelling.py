"""Sessions are called off by the quote that was shown: the same cents in the books, or nothing at all."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from accounts.tests.factories import StudentFactory, UserFactory
from contracts.models import Booking, Cancellation
from contracts.operations import (
    cancel_booked_session,
    cancel_booking,
    cancel_contract,
    quote_booking,
    quote_contract,
    quote_session,
)
from contracts.tests.factories import accepted, active, held_session, scheduled, session_of
from core.models import Event
from core.refused import Refused
from core.registry import invariants
from payments.books import where_is
from payments.models import Portion, Refund
from payments.operations import freeze, refund
from scheduling.models import Participant, Session
from scheduling.operations import agree_to_move, check_in, decline_move, move_session, start
from scheduling.tests.factories import SessionFactory, claim, student_of

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def books_are_right(request):
    yield
    for name, broken in invariants.items():
        assert list(broken()) == [], name


def booking_of(session):
    return Booking.objects.select_related("portion", "contract").get(session=session)


def cancel(session, by, now, **more):
    quote = quote_session(session, by=by, now=now)
    return cancel_booked_session(session, by=by, quote=quote.id, now=now, **more)


def refused(code, operation, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        operation(*args, **kwargs)
    assert refusal.value.code == code
    return refusal.value


def staff():
    person = UserFactory(is_staff=True)
    for app, name in (("payments", "add_refund"), ("contracts", "add_cancellation")):
        person.user_permissions.add(Permission.objects.get(codename=name, content_type__app_label=app))
    return person


def old(session):
    """Agreed so long ago that nobody thinks of cooling off."""
    Session.objects.filter(pk=session.pk).update(agreed_at=session.agreed_at - 100 * HOUR)
    return Session.objects.get(pk=session.pk)


@pytest.mark.parametrize(
    ("before", "back", "kept", "fee"),
    [
        (24 * HOUR, 5000, 0, 0),
        (24 * HOUR - SECOND, 2500, 2500, 375),
        (10 * HOUR, 2500, 2500, 375),
        (10 * HOUR - SECOND, 0, 5000, 750),
    ],
)
def test_a_student_gets_exactly_what_was_quoted(before, back, kept, fee, standin, clock, drain):
    contract = active(standin)
    session = old(scheduled(contract))
    clock.travel_to(now := session.starts_at - before)
    given = cancel(session, contract.student, now)
    assert (given.back_cents, given.kept_cents, given.fee_cents) == (back, kept, fee)
    drain()
    assert where_is(contract.escrow)["refunded"] == back
    assert where_is(contract.escrow)["held"] == 20000 - back
    clock.advance(hours=72, seconds=1)
    drain()
    places = where_is(contract.escrow)
    assert (places["released"], places["fee"], places["refunded"]) == (kept - fee, fee, back)
    booking = booking_of(session)
    assert (booking.state, booking.session.state) == ("cancelled", "cancelled")


def test_what_is_kept_waits_for_72_hours(standin, clock, drain):
    contract = active(standin)
    session = old(scheduled(contract))
    now = session.starts_at - 12 * HOUR
    cancel(session, contract.student, now)
    portion = booking_of(session).portion
    assert (portion.gross_cents, portion.fee_cents, portion.release_due_at) == (2500, 375, now + 72 * HOUR)


@pytest.mark.parametrize("before", [60 * HOUR, SECOND])
def test_a_coach_who_calls_off_gives_all_back(before, standin, clock, drain):
    contract = active(standin)
    session = old(scheduled(contract))
    clock.travel_to(now := session.starts_at - before)
    cancel(session, contract.coach, now, reason="I am ill")
    drain()
    assert where_is(contract.escrow)["refunded"] == 5000
    kept = Cancellation.objects.get()
    assert (kept.role, kept.rule, kept.back_cents, kept.kept_cents) == ("coach", "coach", 5000, 0)
    assert (kept.reason, kept.by) == ("I am ill", contract.coach)


def test_whoever_has_just_booked_gets_all_back(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    Session.objects.filter(pk=session.pk).update(agreed_at=session.starts_at - 20 * HOUR)
    given = cancel(session, contract.student, session.starts_at - 19 * HOUR)
    assert (given.lines[0].rule, given.back_cents) == ("cooling_off", 5000)


def test_a_session_without_a_time_gives_all_back(standin, clock):
    contract = active(standin)
    given = cancel(session_of(contract), contract.student, clock.now())
    assert (given.lines[0].rule, given.back_cents) == ("no_time", 5000)
    assert session_of(contract).state == "cancelled"


def test_the_deadline_of_the_earliest_start_travels(standin, clock):
    contract = active(standin)
    session = old(scheduled(contract))
    now = session.starts_at - 25 * HOUR
    move_session(session, starts_at=session.starts_at + 72 * HOUR, by=contract.student, now=now)
    assert quote_session(session, by=contract.student, now=now).back_cents == 5000
    assert quote_session(session, by=contract.student, now=now + 2 * HOUR).back_cents == 2500


def test_an_open_wish_of_the_coach_can_be_turned_into_a_full_refund(standin, clock):
    contract = active(standin)
    session = old(scheduled(contract))
    now = session.starts_at - 12 * HOUR
    wanted = session.starts_at + 24 * HOUR
    move = move_session(session, starts_at=wanted, by=contract.coach, now=now)
    given = quote_session(session, by=contract.student, now=now)
    assert (given.lines[0].rule, given.back_cents, given.valid_until) == ("moved", 5000, move.answer_due_at)
    cancel_booked_session(session, by=contract.student, quote=given.id, now=now)
    move.refresh_from_db()
    assert move.state == "withdrawn"


def test_a_declined_wish_of_the_coach_is_no_reason_any_more(standin, clock):
    contract = active(standin)
    session = old(scheduled(contract))
    now = session.starts_at - 12 * HOUR
    move = move_session(session, starts_at=session.starts_at + 24 * HOUR, by=contract.coach, now=now)
    decline_move(move, by=contract.student, now=now)
    assert quote_session(session, by=contract.student, now=now).back_cents == 2500


def test_staff_call_off_on_behalf_with_a_reason(standin, clock, drain):
    contract, helper = active(standin), staff()
    session = old(scheduled(contract))
    clock.travel_to(now := session.starts_at - HOUR)
    quote = quote_session(session, by=helper, now=now)
    refused("reason_missing", cancel_booked_session, session, by=helper, quote=quote.id, now=now)
    assert booking_of(session).state == "confirmed"
    cancel_booked_session(session, by=helper, quote=quote.id, reason="The student is in hospital", now=now)
    drain()
    assert where_is(contract.escrow)["refunded"] == 5000


def test_strangers_are_told_nothing(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    for stranger in (StudentFactory(), UserFactory(is_staff=True)):
        for operation, thing in [
            (quote_session, session),
            (quote_booking, booking_of(session)),
            (quote_contract, contract),
        ]:
            with pytest.raises((PermissionDenied, Refused)):
                operation(thing, by=stranger, now=clock.now())
        with pytest.raises((PermissionDenied, Refused)):
            cancel_booked_session(session, by=stranger, quote="", now=clock.now())
    assert booking_of(session).state == "confirmed"


def test_a_stale_quote_changes_nothing_and_brings_the_new_one(standin, clock):
    contract = active(standin)
    session = old(scheduled(contract))
    edge = session.starts_at - 24 * HOUR
    shown = quote_session(session, by=contract.student, now=edge)
    late = edge + SECOND
    refusal = refused("stale_quote", cancel_booked_session, session, by=contract.student, quote=shown.id, now=late)
    assert refusal.more["quote"]["back"] == {"amount_cents": 2500, "currency": "usd"}
    assert refusal.more["quote"]["id"] == quote_session(session, by=contract.student, now=late).id
    assert (booking_of(session).state, booking_of(session).portion.state) == ("confirmed", "held")
    assert not Refund.objects.exists()
    assert not Cancellation.objects.exists()


def test_a_quote_for_the_time_before_a_move_is_stale(standin, clock):
    contract = active(standin)
    session = old(scheduled(contract))
    shown = quote_session(session, by=contract.student, now=clock.now())
    move_session(session, starts_at=session.starts_at + 24 * HOUR, by=contract.student, now=clock.now())
    refused("stale_quote", cancel_booked_session, session, by=contract.student, quote=shown.id, now=clock.now())


def test_the_second_time_is_refused_and_pays_nothing_back_again(standin, clock, drain):
    contract = active(standin)
    session = scheduled(contract)
    shown = quote_session(session, by=contract.student, now=clock.now())
    cancel_booked_session(session, by=contract.student, quote=shown.id, now=clock.now())
    for by in (contract.student, contract.coach):
        refused("begun", cancel_booked_session, session, by=by, quote=shown.id, now=clock.now())
        refused("wrong_state", cancel_booking, booking_of(session), by=by, quote=shown.id, now=clock.now())
    drain()
    assert Refund.objects.get().amount_cents == 5000


def test_a_session_that_has_begun_is_decided_by_who_came(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    for by in (contract.student, contract.coach):
        refused("begun", quote_session, session, by=by, now=session.starts_at)
    check_in(session, by=contract.coach, now=session.starts_at - HOUR / 12)
    start(session, by=contract.student, now=session.starts_at - HOUR / 12)
    refused("begun", quote_session, session, by=contract.student, now=session.starts_at - HOUR / 12)


def test_money_that_is_frozen_or_on_its_way_stays(standin, clock):
    contract = active(standin)
    first, second = scheduled(contract, 1), scheduled(contract, 2, hour=18)
    freeze(booking_of(first).portion, now=clock.now())
    refused("frozen", quote_session, first, by=contract.student, now=clock.now())
    refund([booking_of(second).portion], reason="goodwill", by=None, now=clock.now())
    refused("not_held", quote_session, second, by=contract.student, now=clock.now())


def test_a_contract_is_called_off_in_one_go(standin, clock, drain):
    contract = active(standin)
    held_session(contract, clock, number=1)
    late, free = old(scheduled(contract, 2)), scheduled(contract, 3, hour=18)
    now = late.starts_at - 12 * HOUR
    quote = quote_contract(contract, by=contract.student, now=now)
    rules = [(line.number, line.rule, line.back_cents) for line in quote.lines]
    assert rules == [(2, "late", 2500), (3, "late", 2500), (4, "no_time", 5000)]
    after = cancel_contract(contract, by=contract.student, quote=quote.id, now=now)
    assert (after.state, Refund.objects.get().amount_cents) == ("completed", 10000)
    assert Session.objects.filter(pk__in=[late.pk, free.pk], state="cancelled").count() == 2
    assert session_of(contract, 1).state == "completed"
    clock.travel_to(now + 73 * HOUR)
    drain()
    places = where_is(contract.escrow)
    assert places == {"paid": 20000, "released": 4250 + 2 * 2125, "fee": 750 + 2 * 375, "refunded": 10000, "held": 0}


def test_a_contract_of_which_nothing_was_done_is_cancelled(standin, clock, drain):
    contract = active(standin)
    quote = quote_contract(contract, by=contract.coach, now=clock.now())
    assert cancel_contract(contract, by=contract.coach, quote=quote.id, now=clock.now()).state == "cancelled"
    drain()
    assert where_is(contract.escrow)["refunded"] == 20000
    assert Event.objects.about(contract).get(name="sessions_called_off").facts == {
        "role": "coach",
        "sessions": 4,
        "back_cents": 20000,
        "kept_cents": 0,
    }


def test_a_stale_quote_of_a_contract_changes_nothing(standin, clock):
    contract = active(standin)
    shown = quote_contract(contract, by=contract.student, now=clock.now())
    scheduled(contract)
    refused("stale_quote", cancel_contract, contract, by=contract.student, quote=shown.id, now=clock.now())
    refused("stale_quote", cancel_contract, contract, by=contract.student, now=clock.now())
    contract.refresh_from_db()
    assert contract.state == "active"


def test_a_contract_with_a_frozen_session_leaves_that_one_alone(standin, clock):
    contract = active(standin)
    freeze(booking_of(session_of(contract, 2)).portion, now=clock.now())
    quote = quote_contract(contract, by=contract.student, now=clock.now())
    assert [line.number for line in quote.lines] == [1, 3, 4]
    after = cancel_contract(contract, by=contract.student, quote=quote.id, now=clock.now())
    assert (after.state, session_of(contract, 2).state) == ("active", "unscheduled")
    refused("nothing_open", quote_contract, contract, by=contract.student, now=clock.now())


def test_a_contract_that_is_not_paid_ends_without_a_quote(clock):
    contract = accepted()
    assert quote_contract(contract, by=contract.student, now=clock.now()).lines == ()
    assert cancel_contract(contract, by=contract.student, now=clock.now()).state == "cancelled"
    refused("not_open", quote_contract, contract, by=contract.student, now=clock.now())


def test_a_free_consultation_has_an_empty_quote(clock):
    session = SessionFactory(kind="consultation", starts_at=clock.now() + 3 * HOUR, duration_minutes=15)
    student, now = student_of(session), clock.now()
    quote = quote_session(session, by=student, now=now)
    assert (quote.lines, quote.is_given_back) == ((), True)
    cancel_booked_session(session, by=student, quote=quote.id, reason="Found somebody", now=now)
    session.refresh_from_db()
    assert (session.state, session.uses_up) == ("cancelled", False)
    assert Cancellation.objects.get().reason == "Found somebody"


def test_a_late_student_has_used_the_consultation_up(clock):
    session = SessionFactory(kind="consultation", starts_at=clock.now() + 1.9 * HOUR, duration_minutes=15)
    assert cancel(session, student_of(session), clock.now()).is_given_back is False
    session.refresh_from_db()
    assert session.uses_up is True


def test_moving_and_moving_back_and_calling_off_gives_all_back(standin, clock, drain):
    contract = active(standin)
    session = scheduled(contract)
    first, now = session.starts_at, clock.now()
    before = quote_session(session, by=contract.student, now=now)
    move_session(session, starts_at=first + 24 * HOUR, by=contract.student, now=now)
    move_session(session, starts_at=first, by=contract.student, now=now)
    after = quote_session(session, by=contract.student, now=now)
    assert (after.lines, after.valid_until) == (before.lines, before.valid_until)
    cancel_booked_session(session, by=contract.student, quote=after.id, now=now)
    drain()
    assert where_is(contract.escrow)["refunded"] == 5000


def test_an_agreed_move_keeps_the_booking_confirmed(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    move = move_session(session, starts_at=session.starts_at + 24 * HOUR, by=contract.coach, now=clock.now())
    agree_to_move(move, by=contract.student, now=clock.now())
    assert booking_of(session).state == "confirmed"


def test_a_coach_may_call_off_one_seat_of_a_group(standin, clock, drain):
    session, seats = group(standin)
    booking = seats[0]
    quote = quote_booking(booking, by=session.coach, now=clock.now())
    cancel_booking(booking, by=session.coach, quote=quote.id, now=clock.now())
    session.refresh_from_db()
    assert session.state == "scheduled"
    assert Participant.objects.get(session=session, user=booking.contract.student).state == "left"


def group(standin):
    """A group session of two students who paid 50.00 each for a seat, by contracts of one session."""
    first = active(standin, session_count=1)
    session = scheduled(first)
    second = active(standin, session_count=1, coach=first.coach)
    booking = booking_of(session_of(second))
    Participant.objects.create(session=session, user=second.student, role=Role.STUDENT)
    unused = booking.session
    claim(session, second.student)
    Session.objects.filter(pk=session.pk).update(kind="group", seats=5)
    Booking.objects.filter(pk=booking.pk).update(session=session, state="confirmed")
    unused.participants.all().delete()
    unused.delete()
    session.refresh_from_db()
    return session, list(Booking.objects.filter(session=session).order_by("pk"))


def test_a_student_of_a_group_gives_up_their_own_seat(standin, clock, drain):
    session, (mine, other) = group(standin)
    cancel(session, mine.contract.student, clock.now())
    drain()
    session.refresh_from_db()
    assert session.state == "scheduled"
    assert set(Booking.objects.filter(session=session).values_list("contract", "state")) == {
        (mine.contract_id, "cancelled"),
        (other.contract_id, "confirmed"),
    }
    assert Refund.objects.get().amount_cents == 5000
    assert not session.time_claims.filter(user=mine.contract.student).exists()


def test_a_coach_who_calls_a_group_off_gives_everybody_all_back(standin, clock, drain):
    session, _seats = group(standin)
    given = cancel(session, session.coach, clock.now())
    assert given.back_cents == 10000
    drain()
    session.refresh_from_db()
    assert session.state == "cancelled"
    assert [refund.amount_cents for refund in Refund.objects.all()] == [5000, 5000]
    assert not Event.objects.filter(name="seat_left").exists()


def test_students_of_a_group_that_its_coach_moved_may_take_their_money_back(standin, clock):
    session, (mine, _other) = group(standin)
    session = old(session)
    now = session.starts_at - 12 * HOUR
    move = move_session(session, starts_at=session.starts_at + 24 * HOUR, by=session.coach, now=now)
    quote = quote_session(session, by=mine.contract.student, now=now + HOUR)
    assert (quote.lines[0].rule, quote.back_cents, quote.valid_until) == ("moved", 5000, move.answer_due_at)


def test_how_many_statements_calling_off_takes(standin, clock):
    contract = active(standin, session_count=12)
    quote = quote_contract(contract, by=contract.student, now=clock.now())
    with CaptureQueriesContext(connection) as said:
        assert len(quote_contract(contract, by=contract.student, now=clock.now()).lines) == 12
    assert len(said) <= 4
    session = scheduled(contract)
    quote = quote_session(session, by=contract.student, now=clock.now())
    with CaptureQueriesContext(connection) as said:
        cancel_booked_session(session, by=contract.student, quote=quote.id, now=clock.now())
    assert len(said) <= 70, len(said)
    assert Portion.objects.filter(state="refunding").count() == 1
