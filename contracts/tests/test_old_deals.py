"""A change of the rules never rewrites an old deal: what was made before keeps its numbers, what is made after has the new."""

from datetime import timedelta

import pytest

from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from contracts.models import Booking, Contract, Mark
from contracts.operations import book_directly, cancel_booked_session, quote_session
from contracts.tests.factories import accepted, active, opens_all_day, paying, session_of, tomorrow_at
from core import clock as the_clock
from core.numbers import change_number, forget
from payments.operations import settle_checkout
from scheduling.models import Session
from scheduling.operations import book_consultation, cancel_session, check_in, close_session, schedule
from scheduling.operations.moving import refuse_unless_movable
from scheduling.policy import KEPT

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NEW = {
    "fee_contract": 2000,
    "fee_direct": 2500,
    "free_change_student_hours": 36,
    "free_change_coach_hours": 60,
    "cutoff_hours": 12,
    "late_cancel_percent": 30,
    "cooling_off_minutes": 0,
    "no_show_minutes": 30,
    "problem_hours": 24,
    "consultation_change_hours": 6,
    "release_completed_hours": 48,
    "awaiting_payment_days": 2,
}


def new_rules(clock, **numbers):
    """They hold from three minutes later on; the clock stands there."""
    boss = UserFactory(is_staff=True, is_superuser=True)
    now = the_clock.now()
    for key, value in (numbers or NEW).items():
        change_number(key, value=value, valid_from=now + 2 * MINUTE, why="New rules", by=boss, now=now)
    forget()
    clock.advance(minutes=3)


def on_a_day(contract, number=1):
    """A session of a contract, agreed for an hour two days ahead."""
    opens_all_day(contract.coach)
    return schedule(
        session_of(contract, number), starts_at=tomorrow_at(8 + 2 * number), by=contract.student, now=the_clock.now()
    )


def line_of(session, hours):
    """What calling it off costs its student so many hours before, once the cooling-off is over."""
    [line] = quote_session(session, by=student_of(session), now=session.starts_at - hours * HOUR).lines
    return str(line.rule), line.back_cents, line.fee_cents


def student_of(session):
    return next(each.user for each in session.people if each.role == "student")


def zone_of(session, hours):
    return str(refuse_unless_movable(session, by=student_of(session), now=session.starts_at - hours * HOUR))


def test_fee_windows_and_refunds_are_those_of_the_day_a_contract_was_made(standin, clock):
    old = active(standin)
    agreed = on_a_day(old)
    new_rules(clock)
    new = active(standin)
    fresh = on_a_day(new)
    assert (old.fee_basis_points, new.fee_basis_points) == (1500, 2000)
    assert [each.portion.fee_cents for each in Booking.objects.filter(number=1).order_by("pk")] == [750, 1000]
    late = on_a_day(old, 2)  # given its time under the new rules, but of the old contract
    for session in (agreed, late):
        assert [line_of(session, hours) for hours in (30, 24, 11, 9)] == [
            ("free", 5000, 0), ("free", 5000, 0), ("late", 2500, 375), ("too_late", 0, 750),
        ]  # fmt: skip
        assert [zone_of(session, hours) for hours in (24, 11, 9)] == ["free", "consent", "locked"]
    assert [line_of(fresh, hours) for hours in (36, 30, 11)] == [
        ("free", 5000, 0), ("late", 1500, 700), ("too_late", 0, 1000),
    ]  # fmt: skip
    assert [zone_of(fresh, hours) for hours in (36, 30, 11)] == ["free", "consent", "locked"]


def test_a_contract_that_is_paid_under_new_rules_has_sessions_by_the_old_ones(standin, clock):
    contract = accepted()
    assert contract.expires_at - the_clock.now() > timedelta(days=6)
    new_rules(clock)
    payment = paying(contract, standin)
    settle_checkout(payment.checkout_session_id, now=the_clock.now())
    session = session_of(contract)
    assert (session.terms["free_change_student_hours"], session.terms["no_show_minutes"]) == (24, 15)
    assert session.terms == {key: contract.policy[key] for key in KEPT}
    later = accepted()
    assert later.expires_at - the_clock.now() < timedelta(days=3)


def test_a_session_booked_at_once_keeps_the_rules_of_its_booking(clock):
    coach, student = open_coach(), StudentFactory()
    old = book(coach, student, 8)
    new_rules(clock)
    new = book(coach, StudentFactory(), 12)
    assert (old.fee_basis_points, new.fee_basis_points) == (1000, 2500)
    kept = [session_of(each).terms["cutoff_hours"] for each in (old, new)]
    assert kept == [10, 12]


def test_who_comes_late_and_until_when_a_problem_is_told_goes_by_the_old_rules(clock):
    coach = open_coach()
    old = book_consultation(coach, starts_at=tomorrow_at(8), by=StudentFactory(), now=the_clock.now())
    new_rules(clock)
    new = book_consultation(coach, starts_at=tomorrow_at(12), by=StudentFactory(), now=the_clock.now())
    came = {}
    for session in (old, new):
        check_in(session, by=session.coach, now=session.starts_at)
        check_in(session, by=session.booked_by, now=session.starts_at + 14 * MINUTE)
        came[session.pk] = close_session(session, now=session.ends_at)
    for session, hours in ((came[old.pk], 72), (came[new.pk], 24)):
        last = session.ended_at + hours * HOUR
        assert session.may_be_reported_by(session.booked_by, last - MINUTE)
        assert not session.may_be_reported_by(session.booked_by, last)
        assert session.terms["no_show_minutes"] == {72: 15, 24: 30}[hours]


def test_a_coach_is_marked_by_the_rules_of_the_day_it_was_agreed(clock):
    coach = open_coach()
    old = book_consultation(coach, starts_at=tomorrow_at(8), by=StudentFactory(), now=the_clock.now())
    new_rules(clock)
    new = book_consultation(coach, starts_at=tomorrow_at(12), by=StudentFactory(), now=the_clock.now())
    for session in (old, new):
        cancel_session(session, by=coach, now=session.starts_at - 4 * HOUR)
    assert list(Mark.objects.values_list("session", flat=True)) == [new.pk]


def test_a_student_who_calls_a_consultation_off_has_the_old_limit(clock):
    coach = open_coach()
    old = book_consultation(coach, starts_at=tomorrow_at(8), by=StudentFactory(), now=the_clock.now())
    new_rules(clock)
    quote = quote_session(old, by=old.booked_by, now=old.starts_at - 4 * HOUR)
    assert quote.is_given_back
    cancel_booked_session(old, by=old.booked_by, now=old.starts_at - 4 * HOUR, quote=quote.id)
    old.refresh_from_db()
    assert not old.uses_up


def test_what_was_made_before_numbers_were_kept_goes_by_those_of_the_settings(standin, clock):
    contract = active(standin)
    session = on_a_day(contract)
    Session.objects.update(terms={})
    Contract.objects.update(policy={})
    new_rules(clock)
    session = Session.objects.get(pk=session.pk)
    assert line_of(session, 24)[0] == "free"
    assert zone_of(session, 24) == "free"


def book(coach, student, hour):
    return book_directly(
        coach, kind="direct", starts_at=tomorrow_at(hour), duration_minutes=60, by=student, now=the_clock.now()
    )


def open_coach():
    coach = CoachFactory()
    opens_all_day(coach)
    return coach
