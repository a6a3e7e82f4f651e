"""What goes wrong: problems that are reported, a session that stays unclear, a coach who does not come."""

from datetime import timedelta

from contracts.models import Mark
from contracts.operations import (
    appeal_mark,
    ask_excuse,
    decide_problem,
    excuse_mark,
    keep_mark,
    lift_mark,
    uphold_mark,
)
from contracts.operations.problems import Verdict
from demo.seed.acts import ask, book, deal, meet, offer
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from demo.seed.story.bookings import consult
from scheduling.operations import check_in, end, report_problem, say_outcome, withdraw_problem


def problems(stage: Stage, cast: Cast) -> Scene:
    """Four sessions: one given back after a problem, one whose problem was taken back, one that waits, one unclear."""
    chloe, daniel = cast["chloe"], cast["daniel"]
    yield stage.ago(16, 10)
    text = "I speak to new colleagues every month and lose them after ten minutes. I would like to hear why, kindly."
    request = ask(stage, chloe, "Keep a room awake", text, "Public speaking", sessions_needed=5, currency="eur")
    yield stage.ago(15, 10)
    proposal = offer(stage, request, daniel, 5)
    yield stage.ago(14, 10)
    contract = yield from deal(stage, proposal, "Ten minutes without notes")
    yield from meet(stage, book(stage, contract, 1, stage.ago(12, 10)), daniel, chloe, confirm=False)
    said = "Your connection failed four times, and in the end we had talked for a quarter of an hour."
    problem = report_problem(_session(contract, 1), kind="technical", text=said, by=chloe, now=stage.now())
    yield stage.now() + timedelta(days=1)
    answer = "We saw that the session was started four times. You get its price back, and it is no mark for Daniel."
    decide_problem(problem, verdict=Verdict.REFUND, decision=answer, by=cast["support"], now=stage.now())
    yield from meet(stage, book(stage, contract, 2, stage.ago(9, 10)), daniel, chloe, confirm=False)
    said = "We began twenty minutes late, and I had to leave on time."
    problem = report_problem(_session(contract, 2), kind="late", text=said, by=chloe, now=stage.now())
    yield stage.now() + timedelta(hours=5)
    withdraw_problem(problem, by=chloe, now=stage.now())
    yield from _unclear(stage, book(stage, contract, 3, stage.ago(6, 10)), daniel, chloe)
    yield from meet(stage, book(stage, contract, 4, stage.ago(3, 10)), daniel, chloe, confirm=False)
    said = "We had agreed to look at my own slides. We talked about posture again."
    report_problem(_session(contract, 4), kind="quality", text=said, by=chloe, now=stage.now())


def ladder(stage: Stage, cast: Cast) -> Scene:
    """Nadia does not come to seven consultations: each step of the ladder, each answer to an excuse; she is hidden."""
    nadia, staff = cast["nadia"], cast["support"]
    keys = ["anna", "ben", "liam", "sofia", "emre", "hana", "marcus"]
    yield stage.ago(44, 9)
    sessions = [consult(stage, cast[key], nadia, stage.ago(42 - 6 * turn, 9)) for turn, key in enumerate(keys)]
    for turn, session in enumerate(sessions):
        yield from meet(stage, session, cast[keys[turn]], confirm=False)
        mark = Mark.objects.get(session=session)
        if turn < len(ANSWERS):
            yield stage.now() + timedelta(days=1)
            ask_excuse(mark, text=EXCUSE, by=nadia, now=stage.now())
            yield stage.now() + timedelta(days=1)
            yield from ANSWERS[turn](stage, mark, staff)


def _excused(stage, mark, staff):
    excuse_mark(
        mark, decision="Thank you for the note from the airport. We wish you calmer days.", by=staff, now=stage.now()
    )
    yield from ()


def _appealed(stage, mark, staff):
    keep_mark(mark, decision="A word to your student would have been enough.", by=staff, now=stage.now())
    yield stage.now() + timedelta(days=1)
    appeal_mark(
        mark, text="I did write, an hour before: the message is in our conversation.", by=mark.coach, now=stage.now()
    )


def _lifted(stage, mark, staff):
    yield from _appealed(stage, mark, staff)
    yield stage.now() + timedelta(days=1)
    lift_mark(mark, decision="You are right, we have found it.", by=staff, now=stage.now())


def _upheld(stage, mark, staff):
    yield from _appealed(stage, mark, staff)
    yield stage.now() + timedelta(days=1)
    uphold_mark(mark, decision="We have not found it; the mark stands.", by=staff, now=stage.now())


def _kept(stage, mark, staff):
    keep_mark(mark, decision="You knew of the shift a week before.", by=staff, now=stage.now())
    yield from ()


def _waits(stage, mark, staff):
    yield from ()


def _unclear(stage, session, coach, student):
    """Both come and part after ten minutes; the student has said what it came to, the coach has not."""
    yield session.starts_at
    for person in (coach, student):
        check_in(session, by=person, now=stage.now())
    yield session.starts_at + timedelta(minutes=10)
    session = end(session, by=coach, now=stage.now())
    yield stage.now() + timedelta(hours=2)
    say_outcome(session, outcome="coach_absent", by=student, now=stage.now())


def _session(contract, number):
    return contract.bookings.get(number=number).session


EXCUSE = "My shift at the airport was made longer that very morning, and I could not reach my phone."
ANSWERS = [_excused, _lifted, _upheld, _kept, _appealed, _waits]
SCENES = [problems, ladder]
