"""Consultations, trials and single sessions, in each state they can be in."""

from datetime import datetime, timedelta

from accounts.models import User
from contracts.models import Contract
from contracts.operations import book_directly, cancel_contract, start_payment
from demo.seed.acts import meet, pay
from demo.seed.cast import Cast, ask_standin
from demo.seed.stage import Scene, Stage
from payments.operations import settle_checkout
from scheduling.models import Calendar, Session
from scheduling.operations import book_consultation, cancel_session, confirm_request, decline_request, withdraw_request
from scheduling.slots import slots

NOTE = "I have learnt on my own for a year and would like to know what to do next."


def consultations(stage: Stage, cast: Cast) -> Scene:
    """One that took place, one the coach called off, one that the coach missed, one to come."""
    yield stage.ago(20, 9)
    first = consult(stage, cast["anna"], cast["mei"], stage.ago(18, 9))
    yield from meet(stage, first, cast["mei"], cast["anna"], confirm=False)
    missed = consult(stage, cast["ben"], cast["tomas"], stage.ago(15, 9))
    yield from meet(stage, missed, cast["ben"], confirm=False)
    yield stage.ago(12, 9)
    called_off = consult(stage, cast["priya"], cast["lucia"], stage.ago(10, 9))
    cancel_session(called_off, by=cast["lucia"], now=stage.now())
    yield stage.ago(1, 9)
    consult(stage, cast["priya"], cast["lucia"], stage.end + timedelta(days=2))


def trials(stage: Stage, cast: Cast) -> Scene:
    """A trial that took place, and one whose time was given back without paying."""
    yield stage.ago(17, 9)
    trial = single(stage, cast["priya"], cast["aisha"], stage.ago(14, 9), kind="trial", minutes=30)
    yield stage.now() + timedelta(minutes=4)
    pay(stage, trial)
    yield from meet(stage, _session(trial), cast["aisha"], cast["priya"])
    yield stage.ago(8, 9)
    dropped = single(stage, cast["marcus"], cast["aisha"], stage.ago(6, 9), kind="trial", minutes=30)
    yield stage.now() + timedelta(minutes=4)
    cancel_contract(dropped, by=cast["marcus"], now=stage.now())


def singles(stage: Stage, cast: Cast) -> Scene:
    """One not paid in time, one whose payment came too late, one to come."""
    yield stage.ago(11, 9)
    single(stage, cast["marcus"], cast["tomas"], stage.ago(8, 9))
    yield stage.ago(10, 9)
    late = single(stage, cast["marcus"], cast["tomas"], stage.ago(7, 9))
    payment = start_payment(late, by=late.student, now=stage.now())
    ask_standin("pay", session=payment.checkout_session_id, card="4242424242424242")
    yield stage.now() + timedelta(minutes=15)  # Stripe's word comes late, and somebody else has taken the time
    consult(stage, cast["oscar"], cast["tomas"], _session(late).span[0])
    settle_checkout(payment.checkout_session_id, now=stage.now())
    yield stage.ago(2, 9)
    coming = single(stage, cast["anna"], cast["aisha"], stage.end + timedelta(days=3), minutes=90)
    yield stage.now() + timedelta(minutes=5)
    pay(stage, coming)


def by_request(stage: Stage, cast: Cast) -> Scene:
    """A coach who says yes to each: to one they do, one they decline, one is taken back, one goes unanswered, one waits."""
    coach = cast["ruth"]
    yield stage.end - timedelta(days=2, hours=6)
    Calendar.objects.filter(coach=coach).update(confirms=Calendar.Confirms.REQUEST)
    agreed, declined, silent, taken_back = [
        single(stage, cast[key], coach, stage.end + timedelta(days=day), minutes=60)
        for day, key in ((4, "anna"), (5, "marcus"), (6, "priya"), (7, "ben"))
    ]
    yield stage.now() + timedelta(minutes=6)
    for contract in (agreed, declined, silent, taken_back):
        pay(stage, contract)
    yield stage.now() + timedelta(hours=2)
    confirm_request(_session(agreed), by=coach, now=stage.now())
    decline_request(_session(declined), by=coach, now=stage.now(), reason="My choir rehearses then.")
    withdraw_request(_session(taken_back), by=taken_back.student, now=stage.now())
    yield stage.end - timedelta(hours=3)
    consult(stage, cast["oscar"], coach, stage.end + timedelta(days=3))
    waiting = single(stage, cast["liam"], coach, stage.end + timedelta(days=8))
    yield stage.now() + timedelta(minutes=3)
    pay(stage, waiting)


def held_now(stage: Stage, cast: Cast) -> Scene:
    """Somebody is about to pay."""
    yield stage.end
    single(stage, cast["chloe"], cast["tomas"], stage.end + timedelta(days=5), minutes=45)


def single(
    stage: Stage, student: User, coach: User, after: datetime, *, kind: str = "direct", minutes: int = 60
) -> Contract:
    """A student has a time of a coach kept."""
    facts = {"kind": kind, "duration_minutes": minutes, "note": NOTE, "now": stage.now()}
    return book_directly(coach, starts_at=_free(stage, coach, student, minutes, after), by=student, **facts)


def consult(stage: Stage, student: User, coach: User, after: datetime) -> Session:
    """A student asks a coach for a consultation."""
    starts_at = _free(stage, coach, student, 15, after)
    return book_consultation(coach, starts_at=starts_at, by=student, now=stage.now(), note=NOTE)


def _free(stage: Stage, coach: User, student: User, minutes: int, after: datetime) -> datetime:
    return slots(coach, student, minutes, after, after + timedelta(days=7), stage.now())[0]


def _session(contract: Contract) -> Session:
    return contract.bookings.get().session


SCENES = [consultations, trials, singles, by_request, held_now]
