"""What is open at this very moment: steps to take, times held, a session under way."""

from collections.abc import Generator
from datetime import datetime, timedelta

from accounts.models import User
from contracts.models import Booking, Contract
from contracts.operations import start_payment
from demo.seed.acts import Agreeing, agree, ask, book, meet, offer, send
from demo.seed.cast import Cast, ask_standin
from demo.seed.stage import Scene, Stage
from marketplace.models import Proposal
from marketplace.operations import accept_proposal
from notifications.models import Notification
from notifications.operations import read_notices
from payments.models import Transfer
from payments.operations import refund, send_refund, send_transfer
from scheduling.operations import check_in, confirm_outcome, hold_time
from scheduling.slots import slots

QUARTER = 900
TEXT = "I have some free evenings and would like to learn this well, in small steps, with somebody who is patient."


def awaiting_payment(stage: Stage, cast: Cast) -> Scene:
    """The Checkout page is open, and the student has gone to look for the card."""
    contract = yield from _until_agreed(stage, cast["liam"], cast["jonas"], "German for an exam in June", "German")
    yield stage.end - timedelta(minutes=10)
    start_payment(contract, by=cast["liam"], now=stage.now())


def ready_to_pay(stage: Stage, cast: Cast) -> Scene:
    """A contract that only waits for its student to pay."""
    yield from _until_agreed(stage, cast["anna"], cast["mei"], "Sketching on my travels", "Drawing")


def awaiting_coach(stage: Stage, cast: Cast) -> Scene:
    proposal = yield from _proposal(stage, cast["marcus"], cast["aisha"], "Statistics for a thesis", "Statistics")
    yield from send(stage, proposal, "Choose the right test")


def draft(stage: Stage, cast: Cast) -> Scene:
    proposal = yield from _proposal(stage, cast["anna"], cast["ines"], "Speak at a wedding", "Public speaking")
    accept_proposal(proposal, by=cast["anna"], now=stage.now())


def under_way(stage: Stage, cast: Cast) -> Scene:
    """Priya and Aisha met six hours ago and are in the middle of their next session."""
    yield stage.end - timedelta(days=1)
    contract = Contract.objects.get(title="From spreadsheets to SQL and pandas", state="active")
    earlier = book(stage, contract, 4, _quarter(stage.end - timedelta(hours=6)))
    session = book(stage, contract, 5, _quarter(stage.end - timedelta(minutes=25)))
    yield from meet(stage, earlier, cast["aisha"], cast["priya"], confirm=False)
    yield session.starts_at - timedelta(minutes=2)
    check_in(session, by=cast["aisha"], now=stage.now())
    yield session.starts_at + timedelta(minutes=1)
    check_in(session, by=cast["priya"], now=stage.now())


def soon(stage: Stage, cast: Cast) -> Scene:
    """Emre's next lesson is about to begin; for the one after it he holds a time."""
    yield stage.end - timedelta(days=1)
    contract = Contract.objects.get(title="Understand the chords I play", state="active")
    book(stage, contract, 2, _quarter(stage.end + timedelta(minutes=20)))
    yield stage.end - timedelta(minutes=2)
    after = stage.end + timedelta(days=3)
    session = Booking.objects.get(contract=contract, number=3).session
    free = slots(contract.coach, contract.student, 60, after, after + timedelta(days=4), stage.now())
    hold_time(session, starts_at=free[0], by=contract.student, now=stage.now())


def stripe_does_not_answer(stage: Stage, cast: Cast) -> Scene:
    """A refund and a transfer of which nobody knows yet whether Stripe made them."""
    yield stage.end - timedelta(minutes=1)
    talk = Contract.objects.get(title="A talk before two hundred people")
    [attempt] = refund([talk.escrow.portions.get(number=3)], reason="goodwill", by=cast["admin"], now=stage.now())
    ask_standin("fail", mode="500_before", path_contains="/v1/refunds", method="POST")
    send_refund(attempt, now=stage.now())
    booking = Booking.objects.get(contract__title="From spreadsheets to SQL and pandas", number=4)
    confirm_outcome(booking.session, by=cast["priya"], now=stage.now())
    ask_standin("fail", mode="500_before", path_contains="/v1/transfers", method="POST")
    send_transfer(Transfer.objects.get(portion=booking.portion), now=stage.now())


def most_notices_are_read(stage: Stage, cast: Cast) -> Scene:
    """People have read what they were told until two days ago."""
    yield stage.end - timedelta(minutes=1)
    for person in cast.values():
        old = Notification.objects.of(person).filter(made_at__lt=stage.end - timedelta(days=2))
        read_notices(by=person, now=stage.now(), ids=list(old.values_list("pk", flat=True)))


def last_minute(stage: Stage, cast: Cast) -> Scene:
    """An offer whose mail has not left yet."""
    yield stage.end
    request = cast["marcus"].learning_requests.get(title="Piano from nothing at forty")
    offer(stage, request, cast["tomas"], 10)


def _proposal(stage: Stage, student: User, coach: User, title: str, skill: str) -> Generator[datetime, None, Proposal]:
    yield stage.ago(4, 8)
    request = ask(stage, student, title, TEXT, skill)
    yield stage.ago(3, 19)
    proposal = offer(stage, request, coach, 4)
    yield stage.ago(2, 12)
    return proposal


def _until_agreed(stage: Stage, student: User, coach: User, title: str, skill: str) -> Agreeing:
    proposal = yield from _proposal(stage, student, coach, title, skill)
    return (yield from agree(stage, proposal, "Feel at home with it"))


def _quarter(moment: datetime) -> datetime:
    """The quarter of an hour in which a moment lies."""
    return datetime.fromtimestamp(moment.timestamp() // QUARTER * QUARTER, moment.tzinfo)


SCENES = [
    awaiting_payment,
    ready_to_pay,
    awaiting_coach,
    draft,
    under_way,
    soon,
    stripe_does_not_answer,
    most_notices_are_read,
    last_minute,
]
