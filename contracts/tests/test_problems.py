"""A reported problem keeps the money of its session, and nothing else, where it is."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from accounts.tests.factories import UserFactory
from contracts.models import Booking
from contracts.operations import decide_problem
from contracts.tests.factories import active, held_session, scheduled
from contracts.tests.test_seats import joined, published
from core import clock as the_clock
from core.refused import Refused
from core.registry import invariants
from payments.models import Portion
from payments.operations import escrows, release, releases, unfreeze
from payments.tasks import release_due_portions
from scheduling.operations import check_in, close_session, confirm_outcome, report_problem, withdraw_problem
from tests.racing import together

pytestmark = pytest.mark.django_db
OPEN_IS_FROZEN = "problem: while it is open, the money it is about is frozen and none of it is released"
SAID = {"kind": "quality", "text": "We did not get to the exercises."}


def of_staff(group="support"):
    person = UserFactory(is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    return person


@pytest.fixture
def done(standin, clock):
    """A session that both came to, its money to be released in a day."""
    return held_session(active(standin), clock)


def booking_of(session):
    return Booking.objects.select_related("portion", "contract__student", "contract__coach").get(session=session)


def money(session):
    booking = booking_of(session)
    return booking.state, booking.portion.state, booking.portion.is_frozen


def report(session, clock, by="student"):
    return report_problem(session, by=getattr(booking_of(session).contract, by), now=clock.now(), **SAID)


def decide(problem, verdict, clock, by=None):
    return decide_problem(problem, verdict=verdict, decision="We looked at it.", by=by or of_staff(), now=clock.now())


def refusal(code, work, *args):
    with pytest.raises(Refused) as refused:
        work(*args)
    assert refused.value.code == code


def broken():
    return {name: rows for name, check in invariants.items() if (rows := list(check()))}


@pytest.mark.parametrize("by", ["student", "coach"])
def test_reported_money_waits_for_as_long_as_it_takes(done, clock, drain, by):
    report(done, clock, by)
    clock.advance(days=40)
    drain()
    assert money(done) == ("completed", "held", True)
    assert broken() == {}


def test_only_the_money_of_that_session_waits(standin, clock, drain):
    contract = active(standin)
    first, second = held_session(contract, clock), held_session(contract, clock, number=2)
    report(first, clock)
    clock.advance(days=2)
    drain()
    assert (money(first), money(second)) == (("completed", "held", True), ("completed", "released", False))


def test_withdrawn_it_goes_its_way(done, clock, drain):
    problem = report(done, clock)
    clock.advance(days=2)
    withdraw_problem(problem, by=problem.reporter, now=clock.now())
    drain()
    assert money(done) == ("completed", "released", False)


def test_a_student_who_said_that_it_took_place_releases_once_the_problem_is_gone(done, clock):
    problem = report(done, clock, "coach")
    confirm_outcome(done, by=booking_of(done).contract.student, now=clock.now())
    assert money(done) == ("completed", "held", True)
    withdraw_problem(problem, by=problem.reporter, now=clock.now())
    assert money(done) == ("completed", "released", False)


def test_with_two_reports_it_waits_for_both(done, clock):
    mine, theirs = report(done, clock), report(done, clock, "coach")
    withdraw_problem(mine, by=mine.reporter, now=clock.now())
    assert money(done)[2] is True
    withdraw_problem(theirs, by=theirs.reporter, now=clock.now())
    assert money(done)[2] is False


def test_what_has_been_released_is_not_reported_any_more(done, clock):
    confirm_outcome(done, by=booking_of(done).contract.student, now=clock.now())
    refusal("released", report, done, clock)
    assert not done.problems.exists()
    assert money(done) == ("completed", "released", False)


def test_a_report_during_the_session_does_not_keep_it_from_ending(standin, clock, drain):
    contract = active(standin)
    session = scheduled(contract)
    clock.travel_to(session.starts_at)
    for person in (contract.coach, contract.student):
        check_in(session, by=person, now=clock.now())
    report(session, clock)
    clock.travel_to(session.ends_at)
    close_session(session, now=clock.now())
    assert money(session) == ("completed", "held", True)
    assert booking_of(session).portion.release_due_at is not None
    assert broken() == {}


def test_a_refund_by_the_rules_does_not_wait_for_a_problem(standin, clock, drain):
    contract = active(standin)
    session = scheduled(contract)
    clock.travel_to(session.starts_at + timedelta(minutes=1))
    check_in(session, by=contract.student, now=clock.now())
    report(session, clock)
    clock.travel_to(session.ends_at)
    close_session(session, now=clock.now())
    drain()
    assert money(session) == ("cancelled", "refunded", False)
    assert broken() == {}


@pytest.mark.parametrize(
    ("verdict", "after"),
    [
        ("release", ("completed", "released", False)),
        ("refund", ("cancelled", "refunded", False)),
        ("as_it_stands", ("completed", "held", False)),
    ],
)
def test_staff_decide_where_it_goes(done, clock, drain, verdict, after):
    problem = decide(report(done, clock), verdict, clock)
    assert problem.state == "solved"
    drain()
    assert money(done) == after
    assert broken() == {}


def test_staff_refund_even_what_the_student_had_confirmed(done, clock, drain):
    problem = report(done, clock, "coach")
    confirm_outcome(done, by=booking_of(done).contract.student, now=clock.now())
    decide(problem, "refund", clock)
    drain()
    assert money(done) == ("cancelled", "refunded", False)


def test_much_money_is_given_back_by_finance_only(standin, clock):
    session = held_session(active(standin, rate_cents=10001), clock)
    problem = report(session, clock)
    refusal("needs_finance", decide, problem, "refund", clock)
    assert decide(problem, "refund", clock, of_staff("finance")).state == "solved"


def test_the_limit_of_support_is_that_of_all_seats_together(standin, clock, drain):
    session = published(seats=3, price_cents=6000).session
    paid = [joined(session, standin) for _seat in range(2)]
    clock.travel_to(session.starts_at)
    session.refresh_from_db()
    for person in (session.coach, *(contract.student for contract in paid)):
        check_in(session, by=person, now=clock.now())
    close_session(session, now=clock.advance(hours=1))
    problem = report_problem(session, by=session.coach, now=clock.now(), **SAID)
    refusal("needs_finance", decide, problem, "refund", clock)
    assert decide(problem, "refund", clock, of_staff("finance")).state == "solved"
    drain()
    assert set(Portion.objects.values_list("state", flat=True)) == {"refunded"}


def test_a_hundred_is_given_back_by_support(standin, clock):
    session = held_session(active(standin, rate_cents=10000), clock)
    assert decide(report(session, clock), "refund", clock).state == "solved"


def test_an_unclear_session_is_settled_first(standin, clock):
    contract = active(standin)
    session = scheduled(contract)
    clock.travel_to(session.starts_at + timedelta(minutes=20))
    check_in(session, by=contract.student, now=clock.now())
    clock.travel_to(session.ends_at)
    close_session(session, now=clock.now())
    problem = report(session, clock)
    for verdict in ("release", "refund"):
        refusal("unsettled", decide, problem, verdict, clock)
    assert money(session) == ("confirmed", "held", True)


def test_what_is_not_held_any_more_goes_nowhere(standin, clock, drain):
    session = held_session(active(standin), clock, who="student")
    drain()
    problem = report(session, clock, "coach")
    assert money(session) == ("cancelled", "refunded", False)
    refusal("not_held", decide, problem, "release", clock)
    assert decide(problem, "as_it_stands", clock).state == "solved"


def test_a_verdict_is_one_of_three(done, clock):
    refusal("no_verdict", decide, report(done, clock), "half", clock)


def test_the_truth_notices_reported_money_that_is_not_frozen(done, clock):
    report(done, clock)
    portion = booking_of(done).portion
    unfreeze(portion, now=clock.now())
    assert list(broken()) == [OPEN_IS_FROZEN]
    clock.advance(minutes=1)
    release(portion, by=None, now=clock.now())
    assert OPEN_IS_FROZEN in broken()


@pytest.mark.django_db(transaction=True)
class TestReportAgainstRelease:
    def race(self, done, clock):
        """The release falls due in the very moment in which the student reports a problem."""
        contract = booking_of(done).contract
        clock.advance(hours=24)
        return together(
            lambda: report_problem(done, by=contract.student, now=the_clock.now(), **SAID).state,
            lambda: release_due_portions(the_clock.now()),
        )

    def test_one_of_them_comes_first(self, standin, clock):
        for _round in range(5):
            done = held_session(active(standin), clock)
            reported, released = self.race(done, clock)
            expected = ("held", True) if reported == "open" else ("released", False)
            assert (reported, released) in {("open", 0), ("released", 1)}
            assert money(done)[1:] == expected
        assert broken() == {}

    def test_the_control_without_the_lock_both_happen(self, standin, clock, monkeypatch):
        both_have_read = threading.Barrier(2)

        def read(portions):
            fresh = list(Portion.objects.filter(pk__in=[each.pk for each in portions]).select_related("escrow__payee"))
            both_have_read.wait(10)
            return fresh

        done = held_session(active(standin), clock)
        monkeypatch.setattr(escrows, "lock_portions", read)
        monkeypatch.setattr(releases, "lock_portions", read)
        assert self.race(done, clock) == ["open", 1]
        assert list(broken()) == [OPEN_IS_FROZEN]
