"""Contracts that are lived: sessions, missed ones, money that moves, reviews."""

from datetime import timedelta

from contracts.models import Contract
from contracts.operations import write_review
from demo.seed.acts import ask, book, deal, learn, meet, offer
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from payments.operations import refund
from scheduling.operations import check_in


def spanish_for_valencia(stage: Stage, cast: Cast) -> Scene:
    """Eight sessions: four done, one the coach missed, two agreed, one to be given a time."""
    yield stage.ago(30)
    text = "I move to Valencia in spring and want to hold everyday conversations: the market, the landlord, the doctor."
    request = ask(stage, cast["anna"], "Conversational Spanish for travel", text, "Spanish", sessions_needed=8)
    yield stage.ago(30, 15)
    offer(stage, request, cast["jonas"], 8)
    proposal = offer(stage, request, cast["lucia"], 8)
    yield stage.ago(29, 9)
    goals = ["Hold a 15-minute unscripted conversation", "Handle travel problems by phone", "Tell a story in the past"]
    contract = yield from deal(stage, proposal, *goals)
    yield from learn(stage, contract, 1, 26, 14)
    yield from learn(stage, contract, 2, 22, 14)
    yield stage.ago(20, 10)
    yield from meet(stage, book(stage, contract, 3, stage.ago(18, 14)), cast["anna"], confirm=False)
    yield from learn(stage, contract, 4, 14, 14)
    yield from learn(stage, contract, 5, 9, 14)
    yield stage.ago(2, 18)
    book(stage, contract, 6, stage.end + timedelta(hours=20))
    book(stage, contract, 7, stage.end + timedelta(days=3))


def first_app(stage: Stage, cast: Cast) -> Scene:
    """Four sessions, all done and reviewed."""
    yield stage.ago(40)
    text = "I am a nurse and want to build a small tool that shows my ward who is on call. I know a little Python."
    request = ask(stage, cast["marcus"], "My first Django app, for my ward", text, "Python", "Django")
    yield stage.ago(39, 20)
    proposal = offer(stage, request, cast["daniel"], 4)
    yield stage.ago(38, 14)
    contract = yield from deal(stage, proposal, "Put a page on the internet", "Know where to look when it breaks")
    for number, days in enumerate([34, 30, 25, 20], start=1):
        yield from learn(stage, contract, number, days, 17)
    yield stage.ago(18, 21)
    text = "Daniel never typed for me, and now my ward uses what I built. I would not have believed it in spring."
    write_review(fresh(contract), by=cast["marcus"], stars=5, text=text, now=stage.now())


def watercolour(stage: Stage, cast: Cast) -> Scene:
    """Three sessions, one of which the student slept through; a private review."""
    yield stage.ago(33)
    text = "I paint in the evenings to rest. My colours turn to mud, and I would like to know what I do wrong."
    request = ask(stage, cast["chloe"], "Watercolours that stay clear", text, "Watercolour", level="intermediate")
    yield stage.ago(33, 12)
    proposal = offer(stage, request, cast["mei"], 3)
    yield stage.ago(32, 8)
    contract = yield from deal(stage, proposal, "Mix three greens", "Finish a print")
    yield from learn(stage, contract, 1, 28, 6)
    yield stage.ago(24, 18)
    yield from meet(stage, book(stage, contract, 2, stage.ago(21, 6)), cast["mei"], confirm=False)
    yield from learn(stage, contract, 3, 12, 6, confirm=False)
    yield stage.ago(10, 18)
    text = "Lovely lessons; early in the morning for me."
    write_review(fresh(contract), by=cast["chloe"], stars=4, text=text, is_public=False, now=stage.now())


def sales_figures(stage: Stage, cast: Cast) -> Scene:
    """Twelve sessions: two done, one to which she came late; the next ones are told in `today` and `groups`."""
    yield stage.ago(21)
    text = "Every month I build the same report by hand from five sheets. I want to do it with SQL and pandas instead."
    request = ask(
        stage, cast["priya"], "From spreadsheets to SQL and pandas", text, "SQL", "pandas", sessions_needed=12
    )
    yield stage.ago(20, 11)
    proposal = offer(stage, request, cast["aisha"], 12)
    yield stage.ago(19, 6)
    contract = yield from deal(stage, proposal, "Query our sales without help", "A report that builds itself")
    yield from learn(stage, contract, 1, 15, 13)
    yield from learn(stage, contract, 2, 11, 13)
    yield stage.ago(7, 8)
    session = book(stage, contract, 3, stage.ago(5, 13))
    yield session.starts_at - timedelta(minutes=1)
    check_in(session, by=cast["aisha"], now=stage.now())
    yield session.starts_at + timedelta(minutes=25)
    check_in(session, by=cast["priya"], now=stage.now())


def jazz(stage: Stage, cast: Cast) -> Scene:
    """A new coach's first contract: one session done, its money waiting for the first seven days."""
    yield stage.ago(8)
    text = "I play guitar in a band and want to understand the chords I play, so that I can change them."
    request = ask(stage, cast["emre"], "Understand the chords I play", text, "Guitar", currency="eur")
    yield stage.ago(8, 17)
    proposal = offer(stage, request, cast["tomas"], 8)
    yield stage.ago(7, 9)
    contract = yield from deal(stage, proposal, "Name every chord of a standard", "Comp through a blues in three keys")
    yield from learn(stage, contract, 1, 4, 18)


def clear_letters(stage: Stage, cast: Cast) -> Scene:
    """The coach has earned something but has not told Stripe where to send it."""
    yield stage.ago(25)
    text = "I write to my host family in Boston and would like my letters to sound like me and not like a textbook."
    request = ask(stage, cast["hana"], "Letters that sound like me", text, "Writing", "English")
    yield stage.ago(24, 13)
    proposal = offer(stage, request, cast["ruth"], 2, rate_cents=5000, payment_model="per_hour", session_minutes=90)
    yield stage.ago(23, 9)
    contract = yield from deal(stage, proposal, "Two letters sent")
    yield from learn(stage, contract, 1, 16, 13)
    yield stage.ago(3, 9)
    book(stage, contract, 2, stage.end + timedelta(days=2))


def speaking(stage: Stage, cast: Cast) -> Scene:
    """Finance gives the money of an agreed session back; another has its answer from Stripe outstanding (see today)."""
    yield stage.ago(16)
    text = "In six weeks I speak before two hundred people about our clinic, and my voice leaves me when I stand up."
    request = ask(stage, cast["sofia"], "A talk before two hundred people", text, "Public speaking", currency="eur")
    yield stage.ago(15, 10)
    proposal = offer(stage, request, cast["ines"], 3)
    yield stage.ago(14, 10)
    contract = yield from deal(stage, proposal, "Open without notes")
    yield from learn(stage, contract, 1, 10, 10)
    yield stage.ago(6, 9)
    book(stage, contract, 2, stage.end + timedelta(days=4))
    yield stage.ago(3, 11)
    portion = contract.escrow.portions.get(number=2)
    refund([portion], reason="goodwill", by=cast["admin"], now=stage.now())


def fresh(contract: Contract) -> Contract:
    return Contract.objects.get(pk=contract.pk)


SCENES = [spanish_for_valencia, first_app, watercolour, sales_figures, jazz, clear_letters, speaking]
