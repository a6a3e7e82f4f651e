"""Contracts at each step, made by the operations that make them in life."""

from datetime import timedelta
from typing import Any

from contracts import operations
from contracts.models import Booking, Contract
from core import clock
from marketplace.operations import accept_proposal
from marketplace.tests.factories import ProposalFactory
from payments.models import Payment
from payments.operations import settle_checkout
from scheduling.models import Calendar, Session, WeeklyHours
from scheduling.operations import check_in, close_session, schedule


def drafted(**terms: Any) -> Contract:
    """A draft from an accepted proposal: 4 sessions of 60 minutes for 50.00 USD each, unless told otherwise."""
    proposal = ProposalFactory(**terms)
    accept_proposal(proposal, by=proposal.request.student, now=clock.now())
    return Contract.objects.get(proposal=proposal)


def sent(**terms: Any) -> Contract:
    contract = drafted(**terms)
    return operations.send_contract(contract, by=contract.student, now=clock.now())


def accepted(**terms: Any) -> Contract:
    contract = sent(**terms)
    return operations.accept_contract(contract, by=contract.coach, now=clock.now())


def paying(contract: Contract, standin: Any, card: str = "4242424242424242") -> Payment:
    """The student pays on the stand-in's page; nothing of ours has heard of it yet."""
    payment = operations.start_payment(contract, by=contract.student, now=clock.now())
    standin.pay(payment.checkout_session_id, card=card)
    return payment


def active(standin: Any, **terms: Any) -> Contract:
    """Paid and settled: its sessions may be scheduled."""
    contract = accepted(**terms)
    payment = paying(contract, standin)
    settle_checkout(payment.checkout_session_id, now=clock.now())
    contract.refresh_from_db()
    return contract


def session_of(contract: Contract, number: int = 1) -> Session:
    return Booking.objects.get(contract=contract, number=number).session


def tomorrow_at(hour: int) -> Any:
    """A whole hour, two days ahead in UTC: outside every minimum notice of the tests' coaches."""
    day = clock.now() + timedelta(days=2)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def opens_all_day(coach: Any) -> None:
    """The coach may be booked at any hour of any day, in UTC."""
    calendar, _ = Calendar.objects.get_or_create(coach=coach, defaults={"time_zone": "UTC"})
    if not calendar.weekly_hours.exists():
        WeeklyHours.objects.bulk_create(
            WeeklyHours(calendar=calendar, weekday=day, starts="00:00", ends="00:00") for day in range(7)
        )


def scheduled(contract: Contract, number: int = 1, *, hour: int = 15) -> Session:
    opens_all_day(contract.coach)
    session = session_of(contract, number)
    return schedule(session, starts_at=tomorrow_at(hour), by=contract.student, now=clock.now())


def held_session(contract: Contract, clock_of_test: Any, *, who: str = "both", number: int = 1) -> Session:
    """A session whose time has passed and that these people joined in time: both, coach, student or nobody."""
    session = scheduled(contract, number)
    clock_of_test.travel_to(session.starts_at)
    people = {"both": [contract.coach, contract.student], "coach": [contract.coach], "student": [contract.student]}
    for person in people.get(who, []):
        check_in(session, by=person, now=clock.now())
    clock_of_test.travel_to(session.ends_at)
    return close_session(session, now=clock.now())
