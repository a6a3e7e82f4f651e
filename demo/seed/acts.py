"""What the demo people do again and again, each by the operation a page would call."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta

from accounts.models import User
from contracts.models import Booking, Contract
from contracts.operations import (
    accept_contract,
    cancel_booked_session,
    quote_session,
    send_contract,
    start_payment,
)
from demo.seed.cast import ask_standin, skill
from demo.seed.stage import Stage
from marketplace.models import LearningRequest, Proposal
from marketplace.operations import accept_proposal, post_request, propose
from payments.operations import settle_checkout
from scheduling.models import Session
from scheduling.operations import check_in, confirm_outcome, rate_session, schedule, write_note, write_summary
from scheduling.slots import slots

Playing = Iterator[datetime]
Agreeing = Generator[datetime, None, Contract]
LETTER = (
    "Hello {name}, I read your request with pleasure: this is what I do every week. I would begin with where you are "
    "now, agree on a goal for each session with you, and send you a short summary afterwards. You can ask me anything "
    "in between."
)


def ask(stage: Stage, student: User, title: str, text: str, *skills: str, **more: object) -> LearningRequest:
    """A student posts what they want to learn."""
    fields = {"level": "beginner", "currency": "usd", "sessions_needed": 4, "timeframe": "within three months"} | more
    fields["preferred_hours"] = list(fields.get("preferred_hours", evenings(0, 2, 4)))
    return post_request(
        by=student,
        now=stage.now(),
        title=title,
        description=text,
        skills=[skill(name) for name in skills],
        time_zone=student.time_zone,
        **fields,
    )


def evenings(*weekdays: int, starts: int = 18, ends: int = 22) -> list[int]:
    """Hours of a student's week, Monday being 0."""
    return [weekday * 24 + hour for weekday in weekdays for hour in range(starts, ends)]


def offer(stage: Stage, request: LearningRequest, coach: User, count: int, **more: object) -> Proposal:
    """A coach sends a proposal at the rate of their profile."""
    fields = {"session_minutes": 60, "payment_model": "per_session"} | more
    answers = {
        question.pk: "Yes, I do that with most of my students." for question in request.screening_questions.all()
    }
    return propose(
        request,
        by=coach,
        now=stage.now(),
        answers=answers,
        cover_letter=LETTER.format(name=request.student.first_name),
        approach_summary="A goal for each session, practice in between, and a summary at the end.",
        rate_cents=fields.pop("rate_cents", coach.coach_profile.hourly_rate_cents),
        session_count=count,
        **fields,
    )


def agree(stage: Stage, proposal: Proposal, *goals: str) -> Agreeing:
    """The student accepts and sends the contract, the coach agrees; the contract waits for the payment afterwards."""
    contract = yield from send(stage, proposal, *goals)
    yield stage.now() + timedelta(hours=3)
    return accept_contract(contract, by=contract.coach, now=stage.now())


def send(stage: Stage, proposal: Proposal, *goals: str) -> Agreeing:
    """The student accepts the proposal and, an hour later, sends the contract."""
    accept_proposal(proposal, by=proposal.request.student, now=stage.now())
    yield stage.now() + timedelta(hours=1)
    contract = Contract.objects.get(proposal=proposal)
    return send_contract(contract, by=contract.student, now=stage.now(), learning_outcomes="\n".join(goals))


def pay(stage: Stage, contract: Contract, card: str = "4242424242424242") -> Contract:
    """The student pays on Stripe's page."""
    payment = start_payment(contract, by=contract.student, now=stage.now())
    ask_standin("pay", session=payment.checkout_session_id, card=card)
    settle_checkout(payment.checkout_session_id, now=stage.now())
    return Contract.objects.get(pk=contract.pk)


def deal(stage: Stage, proposal: Proposal, *goals: str, card: str = "4242424242424242") -> Agreeing:
    """From a proposal to a contract in force."""
    contract = yield from agree(stage, proposal, *goals)
    yield stage.now() + timedelta(hours=2)
    return pay(stage, contract, card)


def book(stage: Stage, contract: Contract, number: int, after: datetime) -> Session:
    """The student picks the first free time after a moment."""
    session = Booking.objects.get(contract=contract, number=number).session
    free = slots(
        session.coach, contract.student, session.duration_minutes, after, after + timedelta(days=4), stage.now()
    )
    return schedule(session, starts_at=free[0], by=contract.student, now=stage.now())


def call_off(stage: Stage, session: Session, by: User, reason: str) -> None:
    """By the quote that the page would show; a student of a group gives up their seat."""
    quote = quote_session(session, by=by, now=stage.now())
    cancel_booked_session(session, by=by, quote=quote.id, reason=reason, now=stage.now())


def meet(stage: Stage, session: Session, *who: User, confirm: bool = True) -> Playing:
    """These people come, and an hour after the end the student confirms it."""
    yield session.starts_at - timedelta(minutes=3)
    for person in who:
        check_in(session, by=person, now=stage.now())
    yield session.ends_at + timedelta(hours=1)
    if confirm:
        student = next(place.user for place in session.participants.select_related("user") if place.role == "student")
        confirm_outcome(session, by=student, now=stage.now())
        look_back(stage, session, student)


def look_back(stage: Stage, session: Session, student: User) -> None:
    """After a session that took place the coach sums it up, and the student keeps a note and says how it was."""
    session = Session.objects.get(pk=session.pk)
    if session.state == Session.State.COMPLETED:
        text, note, stars = WRITTEN[session.pk % len(WRITTEN)]
        write_summary(session, text=text, by=session.coach, now=stage.now())
        write_note(session, text=note, by=student)
        rate_session(session, stars=stars, by=student, now=stage.now())


WRITTEN = [
    ("The plan for the next weeks, and a first round of questions.\n\nNext time: bring two examples.", "", 5),
    ("We went through your homework and practised the three points you got wrong.", "Look at point two again.", 4),
    ("A long conversation with few corrections. You hesitate less than last week.", "Ask for more to listen to.", 5),
    ("Most of the hour went into preparing your week; the rest into questions.", "Too fast at the end.", 3),
]


def learn(stage: Stage, contract: Contract, number: int, days_ago: int, hour: int, **how: bool) -> Playing:
    """A session that both come to, picked two days before."""
    yield max(stage.now(), stage.ago(days_ago + 2, 18))
    session = book(stage, contract, number, stage.ago(days_ago, hour))
    yield from meet(stage, session, contract.coach, contract.student, **how)
