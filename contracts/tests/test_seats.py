from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.models import Booking, Contract, Mark
from contracts.operations import change_group, join_group, publish_group, start_payment
from contracts.operations.cancelling import cancel_booked_session, cancel_contract, quote_contract, quote_session
from contracts.tests.factories import opens_all_day, tomorrow_at
from core.clock import now
from core.models import Event
from core.refused import Refused
from core.registry import invariants
from payments.models import Payment, Portion, Refund
from payments.operations import settle_checkout
from scheduling.models import Participant, Reminder, Session, TimeClaim
from scheduling.operations import go_ahead, join_line
from scheduling.tasks import decide_groups, free_unpaid_seats, pass_spent_offers

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TERMS = {"title": "Small talk", "description": "We talk.", "duration_minutes": 60, "seats": 2, "least": 0}


def published(coach=None, *, days=5, **terms):
    coach = coach or CoachFactory()
    opens_all_day(coach)
    terms = TERMS | {"price_cents": 2000, "starts_at": tomorrow_at(15) + timedelta(days=days - 2)} | terms
    return publish_group(**terms, by=coach, now=now())


def joined(session, standin, student=None):
    """A seat that is paid for."""
    student = student or StudentFactory()
    contract = join_group(session, by=student, now=now())
    pay(contract, standin)
    contract.refresh_from_db()
    return contract


def pay(contract, standin):
    payment = start_payment(contract, by=contract.student, now=now())
    standin.pay(payment.checkout_session_id)
    settle_checkout(payment.checkout_session_id, now=now())
    return payment


def states(session):
    seats = session.participants.filter(role="student").order_by("pk")
    return list(seats.values_list("state", flat=True))


def all_true():
    assert [(name, rows) for name, check in invariants.items() if (rows := list(check()))] == []


def test_a_coach_announces_a_session_that_takes_only_their_own_time():
    offer = published()
    assert (offer.session.kind, offer.session.state, offer.price_cents, offer.currency) == (
        "group", "scheduled", 2000, "usd",
    )  # fmt: skip
    assert list(TimeClaim.objects.values_list("user", flat=True)) == [offer.session.coach_id]
    all_true()


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"price_cents": 999}, "minimum_price", "price"),
        ({"seats": 1}, "seats", "seats"),
        ({"seats": 101}, "seats", "seats"),
        ({"least": 3}, "least", "least"),
    ],
)
def test_what_cannot_be_announced(wrong, code, field):
    with pytest.raises(Refused) as refused:
        published(**wrong)
    assert (refused.value.code, refused.value.field, Session.objects.count()) == (code, field, 0)


def test_a_coach_cannot_announce_into_time_that_is_taken():
    offer = published()
    with pytest.raises(Refused) as refused:
        published(offer.session.coach, starts_at=offer.session.starts_at)
    assert refused.value.code == "booked"


def test_who_is_no_public_coach_announces_nothing():
    with pytest.raises(Refused) as refused:
        publish_group(**TERMS, price_cents=2000, starts_at=tomorrow_at(15), by=StudentFactory(), now=now())
    assert refused.value.code == "not_listed_coach"


def test_a_seat_is_kept_for_fifteen_minutes_and_is_the_students_once_paid(standin):
    offer, student = published(), StudentFactory()
    contract = join_group(offer.session, by=student, now=now())
    assert (contract.kind, contract.state, contract.total_cents, contract.fee_basis_points) == (
        "group", "awaiting_payment", 2000, 1000,
    )  # fmt: skip
    seat = Participant.objects.get(user=student)
    assert (seat.state, seat.hold_expires_at) == ("held", contract.expires_at)
    assert TimeClaim.objects.get(user=student).expires_at == contract.expires_at
    all_true()
    pay(contract, standin)
    contract.refresh_from_db()
    seat.refresh_from_db()
    assert (contract.state, seat.state, Booking.objects.get().state) == ("active", "taken", "confirmed")
    assert TimeClaim.objects.get(user=student).expires_at is None
    assert Reminder.objects.filter(recipient=student, state="planned").count() == 3
    all_true()


def test_who_asks_again_gets_the_same_contract_and_who_has_a_seat_none(standin):
    offer, student = published(), StudentFactory()
    contract = join_group(offer.session, by=student, now=now())
    assert join_group(offer.session, by=student, now=now()) == contract
    pay(contract, standin)
    with pytest.raises(Refused) as refused:
        join_group(offer.session, by=student, now=now())
    assert (refused.value.code, Contract.objects.count()) == ("already_joined", 1)


def test_a_full_group_takes_nobody_else(standin):
    session = published().session
    joined(session, standin)
    join_group(session, by=StudentFactory(), now=now())
    with pytest.raises(Refused) as refused:
        join_group(session, by=StudentFactory(), now=now())
    assert (refused.value.code, states(session)) == ("full", ["taken", "held"])


def test_nobody_joins_what_they_teach_nor_beside_another_session(standin):
    coach = CoachFactory(is_student=True)
    offer, student = published(coach), StudentFactory()
    with pytest.raises(Refused) as refused:
        join_group(offer.session, by=coach, now=now())
    assert refused.value.code == "own_time"
    joined(offer.session, standin, student)
    other = published(starts_at=offer.session.starts_at).session
    with pytest.raises(Refused) as refused:
        join_group(other, by=student, now=now())
    assert (refused.value.code, Contract.objects.count()) == ("booked", 1)


def test_an_unpaid_seat_is_given_back_with_its_contract_and_its_page(standin, clock):
    offer, student = published(), StudentFactory()
    contract = join_group(offer.session, by=student, now=now())
    start_payment(contract, by=student, now=now())
    clock.travel_to(contract.expires_at)
    assert free_unpaid_seats(now()) == 1
    contract.refresh_from_db()
    assert (contract.state, states(offer.session), Booking.objects.get().state) == ("expired", ["left"], "cancelled")
    assert TimeClaim.objects.count() == 1
    all_true()


def test_a_late_payment_takes_the_seat_again_where_one_is_free(standin, clock):
    offer, student = published(), StudentFactory()
    contract = join_group(offer.session, by=student, now=now())
    payment = start_payment(contract, by=student, now=now())
    standin.pay(payment.checkout_session_id)
    clock.travel_to(contract.expires_at)
    free_unpaid_seats(now())
    settle_checkout(payment.checkout_session_id, now=now())
    contract.refresh_from_db()
    assert (contract.state, states(offer.session)) == ("active", ["taken"])
    all_true()


def test_a_late_payment_goes_back_where_the_group_is_full(standin, clock):
    offer, student = published(), StudentFactory()
    contract = join_group(offer.session, by=student, now=now())
    payment = start_payment(contract, by=student, now=now())
    standin.pay(payment.checkout_session_id)
    clock.travel_to(contract.expires_at)
    joined(offer.session, standin)
    joined(offer.session, standin)
    settle_checkout(payment.checkout_session_id, now=now())
    contract.refresh_from_db()
    assert (contract.state, Refund.objects.get().amount_cents) == ("expired", 2000)
    assert sorted(states(offer.session)) == ["left", "taken", "taken"]
    all_true()


def test_a_student_gives_up_a_seat_and_the_first_in_line_is_offered_it(standin):
    session = published().session
    first, second = joined(session, standin), joined(session, standin)
    line = [join_line(session, by=StudentFactory(), now=now()) for _number in range(2)]
    quote = quote_session(session, by=first.student, now=now())
    assert quote.back_cents == 2000
    cancel_booked_session(session, by=first.student, quote=quote.id, now=now())
    for waiting in line:
        waiting.refresh_from_db()
    assert [each.state for each in line] == ["offered", "waiting"]
    assert line[0].offer_ends_at - line[0].offered_at == 12 * HOUR
    with pytest.raises(Refused) as refused:
        join_group(session, by=StudentFactory(), now=now())
    assert refused.value.code == "full"
    joined(session, standin, line[0].student)
    line[0].refresh_from_db()
    session.refresh_from_db()
    assert (line[0].state, session.state, second.state) == ("taken", "scheduled", "active")
    all_true()


def test_an_offer_that_nobody_takes_goes_to_the_next(standin, clock):
    session = published().session
    first, _second = joined(session, standin), joined(session, standin)
    line = [join_line(session, by=StudentFactory(), now=now()) for _number in range(2)]
    cancel_booked_session(
        session, by=first.student, quote=quote_session(session, by=first.student, now=now()).id, now=now()
    )
    clock.travel_to(now() + 12 * HOUR)
    assert pass_spent_offers(now()) == 1
    for waiting in line:
        waiting.refresh_from_db()
    assert [each.state for each in line] == ["passed", "offered"]


def test_an_offer_never_reaches_into_the_last_day_and_then_it_is_first_come(standin, clock):
    session = published().session
    seats = [joined(session, standin), joined(session, standin)]
    line = [join_line(session, by=StudentFactory(), now=now()) for _number in range(2)]
    clock.travel_to(session.starts_at - 30 * HOUR)
    quote = quote_session(session, by=seats[0].student, now=now())
    cancel_booked_session(session, by=seats[0].student, quote=quote.id, now=now())
    line[0].refresh_from_db()
    assert line[0].offer_ends_at == session.starts_at - 24 * HOUR
    clock.travel_to(session.starts_at - 24 * HOUR)
    pass_spent_offers(now())
    line[1].refresh_from_db()
    assert line[1].state == "waiting"
    assert Event.objects.get(name="seats_free_for_all").facts["line"] == [line[1].student_id]
    assert join_group(session, by=StudentFactory(), now=now()).state == "awaiting_payment"


def test_below_its_least_the_coach_is_warned_once_and_a_day_before_all_money_goes_back(standin, clock):
    session = published(least=2, seats=3).session
    contract = joined(session, standin)
    clock.travel_to(session.starts_at - 48 * HOUR)
    assert decide_groups(now()) == 1
    assert decide_groups(now()) == 0
    clock.travel_to(session.starts_at - 24 * HOUR)
    decide_groups(now())
    session.refresh_from_db()
    assert (session.state, Refund.objects.get().amount_cents) == ("cancelled", 2000)
    assert contract.bookings.get().portion.state == Portion.State.REFUNDING
    assert not TimeClaim.objects.exists()
    all_true()


def test_a_coach_may_say_that_it_takes_place_anyway(standin, clock):
    session = published(least=2, seats=3).session
    joined(session, standin)
    with pytest.raises(PermissionDenied):
        go_ahead(session, by=CoachFactory(), now=now())
    go_ahead(session, by=session.coach, now=now())
    clock.travel_to(session.starts_at - 24 * HOUR)
    assert decide_groups(now()) == 0
    session.refresh_from_db()
    assert session.state == "scheduled"


def test_one_with_enough_a_day_before_takes_place_whoever_leaves_then(standin, clock):
    session = published(least=1).session
    contract = joined(session, standin)
    clock.travel_to(session.starts_at - 24 * HOUR)
    decide_groups(now())
    quote = quote_session(session, by=contract.student, now=now())
    cancel_booked_session(session, by=contract.student, quote=quote.id, now=now())
    assert decide_groups(now() + MINUTE) == 0
    session.refresh_from_db()
    assert session.state == "scheduled"


def test_a_coach_calls_it_off_and_everybody_has_everything_back(standin):
    session = published().session
    paid, unpaid = joined(session, standin), join_group(session, by=StudentFactory(), now=now())
    quote = quote_session(session, by=session.coach, now=now())
    cancel_booked_session(session, by=session.coach, quote=quote.id, now=now())
    for contract in (paid, unpaid):
        contract.refresh_from_db()
    assert (unpaid.state, Refund.objects.get().amount_cents) == ("cancelled", 2000)
    assert Payment.objects.filter(escrow=unpaid.escrow).count() == 0
    all_true()


def test_a_coach_changes_what_is_announced_but_not_below_what_is_sold(standin):
    offer = published(seats=3)
    joined(offer.session, standin)
    joined(offer.session, standin)
    terms = {"title": "Talk", "description": "More", "least": 0, "price_cents": 2500}
    with pytest.raises(Refused) as refused:
        change_group(offer, **terms, seats=1, by=offer.session.coach, now=now())
    assert refused.value.field == "seats"
    change_group(offer, **terms, seats=2, by=offer.session.coach, now=now())
    offer.refresh_from_db()
    assert (offer.price_cents, offer.session.seats, offer.session.title) == (2500, 2, "Talk")
    assert set(Contract.objects.values_list("total_cents", flat=True)) == {2000}
    with pytest.raises(PermissionDenied):
        change_group(offer, **terms, seats=2, by=CoachFactory(), now=now())


def test_a_line_is_only_for_what_is_full(standin):
    session = published().session
    with pytest.raises(Refused) as refused:
        join_line(session, by=StudentFactory(), now=now())
    assert refused.value.code == "not_full"
    seats = [joined(session, standin), joined(session, standin)]
    with pytest.raises(Refused) as refused:
        join_line(session, by=seats[0].student, now=now())
    assert refused.value.code == "already_joined"
    student = StudentFactory()
    assert join_line(session, by=student, now=now()) == join_line(session, by=student, now=now())


def test_a_coach_is_not_marked_for_a_group_that_nobody_joined(client):
    session = published().session
    late = session.starts_at - 5 * HOUR
    quote = quote_session(session, by=session.coach, now=late)
    assert (quote.lines, quote.coach_marks) == ((), [])
    cancel_booked_session(session, by=session.coach, quote=quote.id, now=late)
    assert not Mark.objects.exists()


def test_a_coach_is_marked_once_for_taking_seats_away_late(standin):
    session = published().session
    contracts = [joined(session, standin), joined(session, standin)]
    late = session.starts_at - 5 * HOUR
    marks = []
    for contract in contracts:
        quote = quote_contract(contract, by=session.coach, now=late)
        marks.append(quote.coach_marks)
        cancel_contract(contract, by=session.coach, quote=quote.id, now=late)
    assert (marks, Mark.objects.get().reason) == ([["absence"], []], "absence")
