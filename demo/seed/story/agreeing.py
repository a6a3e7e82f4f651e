"""Contracts whose terms are discussed, further contracts, and terms that coaches keep."""

from datetime import timedelta

from contracts.models import Contract
from contracts.operations import (
    accept_contract,
    agree_to_changes,
    cancel_contract,
    decline_changes,
    decline_contract,
    extend_contract,
    request_changes,
    withdraw_changes,
)
from demo.seed.acts import ask, deal, learn, offer, send
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from marketplace.operations import keep_template

TERMS = {"payment_model": "per_session", "session_minutes": 60}


def kept_terms(stage: Stage, cast: Cast) -> Scene:
    """Lucía and Tomáš keep the terms that they offer often."""
    yield stage.ago(35)
    goals = "Hold a 15-minute unscripted conversation\nHandle travel problems by phone"
    lucia, tomas = cast["lucia"], cast["tomas"]
    keep_template(by=lucia, now=stage.now(), name="Conversation course", rate_cents=6000, session_count=8, **TERMS)
    facts = {"rate_cents": 5500, "session_count": 4, "learning_outcomes": goals}
    keep_template(by=lucia, now=stage.now(), name="Before a journey", **facts, **TERMS)
    keep_template(by=tomas, now=stage.now(), name="A term of guitar", rate_cents=3600, session_count=10, **TERMS)


def asks_for_changes(stage: Stage, cast: Cast) -> Scene:
    """Lucía asks for fewer and longer sessions, for the second time, and Chloe is to answer."""
    yield stage.ago(3, 10)
    text = "I read well but freeze when somebody talks to me. In spring I spend four weeks with friends in Granada."
    request = ask(stage, cast["chloe"], "Speak Spanish without freezing", text, "Spanish", sessions_needed=8)
    yield stage.ago(3, 14)
    proposal = offer(stage, request, cast["lucia"], 8)
    contract = yield from send(stage, proposal, "Order and pay", "Ask somebody the way")
    yield stage.ago(2, 16)
    request_changes(contract, by=cast["lucia"], now=stage.now(), rate_cents=7000, words="Prices rise in spring.")
    yield stage.ago(2, 19)
    decline_changes(contract, number=1, by=cast["chloe"], now=stage.now())
    yield stage.end - timedelta(hours=5)
    words = "Five long sessions bring you further than eight short ones, and they cost less together."
    longer = {"rate_cents": 8000, "session_count": 5, "session_minutes": 90}
    request_changes(contract, by=cast["lucia"], now=stage.now(), words=words, **longer)


def other_terms_agreed(stage: Stage, cast: Cast) -> Scene:
    """Mei takes one request back, asks again, Liam agrees and is to pay; another contract ends with its request."""
    liam, mei = cast["liam"], cast["mei"]
    yield stage.ago(6, 9)
    text = "I doodle in every meeting and would like it to be something that one recognises, people most of all."
    request = ask(stage, liam, "Draw people in meetings", text, "Drawing")
    yield stage.ago(6, 12)
    contract = yield from send(stage, offer(stage, request, mei, 4), "Draw a face in five minutes")
    yield stage.ago(5, 9)
    request_changes(contract, by=mei, now=stage.now(), session_count=3)
    withdraw_changes(contract, number=1, by=mei, now=stage.now())
    request_changes(contract, by=mei, now=stage.now(), session_count=6, words="Six leave time for hands.")
    yield stage.ago(4, 9)
    agree_to_changes(contract, number=2, by=liam, now=stage.now())
    text = "My sister marries in June and I promised to paint the place cards, thirty of them, with flowers on each."
    wanted = ask(stage, liam, "Flowers in ink for thirty cards", text, "Drawing")
    yield stage.ago(4, 12)
    ended = yield from send(stage, offer(stage, wanted, mei, 2))
    request_changes(ended, by=mei, now=stage.now(), session_count=3)
    yield stage.ago(3, 12)
    cancel_contract(ended, by=liam, now=stage.now(), reason="My sister has found a printer.")


def goes_on(stage: Stage, cast: Cast) -> Scene:
    """Emre and Ruth have met twice: he asks for more, she agrees; a second idea of hers he declined before."""
    emre, ruth = cast["emre"], cast["ruth"]
    yield stage.ago(26, 9)
    text = "I give my first talk in English in autumn and would like to practise the questions that come afterwards."
    request = ask(stage, emre, "Answer questions after a talk", text, "Public speaking")
    yield stage.ago(26, 15)
    contract = yield from deal(stage, offer(stage, request, ruth, 2), "Answer what I did not expect")
    yield from learn(stage, contract, 1, 20, 14)
    yield from learn(stage, contract, 2, 16, 14)
    yield stage.ago(12, 9)
    idea = extend_contract(contract, by=ruth, now=stage.now(), session_count=6, note="Until your next talk?")
    yield stage.ago(11, 9)
    decline_contract(idea, by=emre, now=stage.now(), reason="Six are more than I can pay this month.")
    yield stage.ago(10, 9)
    more = extend_contract(contract, by=emre, now=stage.now(), session_count=2)
    yield stage.ago(9, 9)
    accept_contract(more, by=ruth, now=stage.now())


def coachs_idea(stage: Stage, cast: Cast) -> Scene:
    """Lucía proposes four more sessions to Anna, who is to agree."""
    yield stage.end - timedelta(hours=9)
    contract = Contract.objects.get(student=cast["anna"], coach=cast["lucia"], state="active", extends=None)
    note = "Four more before you leave: the landlord, the doctor, the bank, and one for whatever happens."
    extend_contract(contract, by=cast["lucia"], now=stage.now(), session_count=4, note=note)


def asks_for_more(stage: Stage, cast: Cast) -> Scene:
    """Sofia asks Inês for more of what runs well, and Inês is to answer."""
    sofia, ines = cast["sofia"], cast["ines"]
    yield stage.ago(12, 9)
    text = "I moderate our yearly meeting and say “so” at the start of each sentence. I would like to stop that."
    request = ask(stage, sofia, "Moderate without filling words", text, "Public speaking")
    yield stage.ago(12, 15)
    contract = yield from deal(stage, offer(stage, request, ines, 3), "Begin sentences with a thought")
    yield from learn(stage, contract, 1, 6, 16)
    yield stage.end - timedelta(hours=30)
    extend_contract(contract, by=sofia, now=stage.now(), session_count=3)


SCENES = [kept_terms, asks_for_changes, other_terms_agreed, goes_on, coachs_idea, asks_for_more]
