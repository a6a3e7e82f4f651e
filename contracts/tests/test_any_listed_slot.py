"""Calendars of chance, in any zone and around changes of clocks: a listed time is booked, paid and agreed; no other is."""

from random import Random

import pytest

from contracts import operations
from contracts.models import Contract
from core.refused import Refused
from core.registry import invariants
from payments.operations import settle_checkout
from scheduling.models import Calendar, Session
from scheduling.slots import slots
from scheduling.tests.factories import DAY, MINUTE
from scheduling.tests.test_oracle import Life

pytestmark = pytest.mark.django_db
LENGTHS = {"direct": [15, 30, 45, 60, 90, 120, 150, 180], "trial": [15, 30, 45, 60]}


@pytest.mark.parametrize("kind", ["direct", "trial"])
@pytest.mark.parametrize("seeds", [range(1000, 1012), pytest.param(range(2000, 2200), marks=pytest.mark.deep)])
def test_any_listed_slot_is_booked_paid_and_agreed_and_no_other_moment(kind, seeds, standin, clock):
    booked = sum(book_by_chance(Life(Random(seed)), kind, standin, clock) for seed in seeds)
    assert booked > len(seeds) / 3, "or nothing was tried"
    broken = {name for name, check in invariants.items() if list(check())}
    assert broken <= {"time: an outcome exactly when a session is over"}, "of which the lives of chance have none"


def book_by_chance(life, kind, standin, clock):
    """Whether there was a time to book."""
    clock.travel_to(life.now)
    minutes = life.dice.choice(LENGTHS[kind])
    listed = slots(life.coach, life.student, minutes, life.now, life.now + 6 * DAY, life.now, kind=kind)
    facts = {"kind": kind, "duration_minutes": minutes, "by": life.student, "now": life.now}
    for at in [life.moment() for _number in range(4)]:
        if at not in listed:
            with pytest.raises(Refused):
                operations.book_directly(life.coach, starts_at=at, **facts)
    if not listed:
        return False
    contract = operations.book_directly(life.coach, starts_at=life.dice.choice(listed), **facts)
    session = contract.bookings.get().session
    later = life.now + life.dice.randrange(1, 15) * MINUTE
    payment = operations.start_payment(contract, by=life.student, now=life.now)
    standin.pay(payment.checkout_session_id)
    settle_checkout(payment.checkout_session_id, now=later)
    asked = Calendar.objects.get(coach=life.coach).confirms == Calendar.Confirms.REQUEST
    session.refresh_from_db()
    contract.refresh_from_db()
    assert session.state == (Session.State.REQUESTED if asked else Session.State.SCHEDULED)
    assert (session.starts_at in listed, contract.state) == (True, Contract.State.ACTIVE)
    assert not set(slots(life.coach, life.student, 15, session.starts_at, session.ends_at, life.now, kind="contract"))
    return True
