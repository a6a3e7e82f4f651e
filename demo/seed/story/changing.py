"""Plans change: sessions called off by either side, and other times asked for in both directions."""

from datetime import datetime, timedelta

from accounts.models import User
from demo.seed.acts import ask, book, call_off, deal, offer
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from scheduling.models import Move, Session
from scheduling.operations import agree_to_move, answer_move, decline_move, move_session, withdraw_move
from scheduling.slots import slots

TEXT = "I have an offer in Hamburg and would like to survive meetings and the canteen in German. My weeks change a lot."


def german_for_hamburg(stage: Stage, cast: Cast) -> Scene:
    """One session called off by the coach, one late by the student; of the others each has been asked to move."""
    yield stage.ago(12)
    request = ask(stage, cast["chloe"], "German for a move to Hamburg", TEXT, "German", sessions_needed=5)
    yield stage.ago(11, 20)
    proposal = offer(stage, request, cast["jonas"], 5)
    yield stage.ago(11, 8)
    contract = yield from deal(stage, proposal, "Follow a meeting", "Order lunch without pointing")
    yield stage.ago(9)
    first, second = book(stage, contract, 1, stage.ago(6, 9)), book(stage, contract, 2, stage.ago(4, 9))
    yield first.starts_at - timedelta(hours=60)  # in good time: no mark
    call_off(stage, first, cast["jonas"], "I have lost my voice. I am sorry!")
    yield second.starts_at - timedelta(hours=15)
    call_off(stage, second, cast["chloe"], "A meeting was put over it.")
    yield stage.ago(3)
    third = book(stage, contract, 3, stage.end + timedelta(days=5))
    fourth = book(stage, contract, 4, stage.end + timedelta(hours=16))
    fifth = book(stage, contract, 5, stage.end + timedelta(days=9))
    _wish(stage, fifth, cast["jonas"], 2, "Could we meet two days later?")  # and nobody answers
    yield stage.ago(3, 2)
    decline_move(_wish(stage, third, cast["jonas"], 1, "Perhaps a day later?"), by=cast["chloe"], now=stage.now())
    again = _wish(stage, third, cast["jonas"], 2, "Or two?")
    other = answer_move(again, starts_at=_free(stage, third, 3), by=cast["chloe"], now=stage.now())
    agree_to_move(other, by=cast["jonas"], now=stage.now())
    yield stage.end - timedelta(hours=3)
    _wish(stage, third, cast["jonas"], 4, "My son has a concert that evening.")
    yield stage.end - timedelta(hours=1)
    withdraw_move(_wish(stage, fourth, cast["chloe"], 1, "My train is late."), by=cast["chloe"], now=stage.now())
    _wish(stage, fourth, cast["chloe"], 2, "My train is late, and tomorrow is full.")


def _wish(stage: Stage, session: Session, by: User, days: int, reason: str) -> Move:
    return move_session(session, starts_at=_free(stage, session, days), by=by, reason=reason, now=stage.now())


def _free(stage: Stage, session: Session, days: int) -> datetime:
    """The first free time so many days after the one it has."""
    session = Session.objects.get(pk=session.pk)
    student = session.participants.get(role="student").user
    after = session.span[0] + timedelta(days=days)
    return slots(session.coach, student, 60, after, after + timedelta(days=5), stage.now(), apart_from=session)[0]


SCENES = [german_for_hamburg]
