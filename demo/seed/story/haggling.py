"""Proposals that are talked about: terms that go back and forth, and how it ends."""

from datetime import timedelta

from demo.seed.acts import ask, offer
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from marketplace.operations import (
    agree_to_terms,
    decline_proposal,
    decline_terms,
    edit_proposal,
    offer_terms,
    withdraw_proposal,
)

AFTER_WORK_AND_SATURDAYS = [1 * 24 + 18, 1 * 24 + 19, 3 * 24 + 15, 3 * 24 + 16, 5 * 24 + 10, 5 * 24 + 11, 5 * 24 + 12]
WEEKDAY_EVENINGS = [day * 24 + hour for day in range(5) for hour in (17, 18, 19, 20)]


def back_and_forth(stage: Stage, cast: Cast) -> Scene:
    """Anna and Lucía are two steps apart, Lucía is to answer; meanwhile Ruth has offered, too."""
    anna, lucia = cast["anna"], cast["lucia"]
    yield stage.ago(4, 9)
    text = "I read a novel in Spanish each month and would like somebody to talk about it with, chapter by chapter."
    hours = {"preferred_hours": AFTER_WORK_AND_SATURDAYS, "sessions_needed": 6}
    request = ask(stage, anna, "Talk about novels in Spanish", text, "Spanish", level="advanced", **hours)
    yield stage.ago(4, 12)
    proposal = offer(stage, request, lucia, 6)
    yield stage.ago(3, 18)
    offer(stage, request, cast["ruth"], 5)
    said = "I could take ten sessions. Would you do them for a little less each?"
    offer_terms(proposal, by=anna, now=stage.now(), rate_cents=5000, session_count=10, message=said)
    yield stage.ago(2, 10)
    said = "For ten sessions I can go down to 56. Shorter ones would be cheaper still."
    offer_terms(proposal, by=lucia, now=stage.now(), rate_cents=5600, session_count=10, message=said)
    yield stage.end - timedelta(hours=3)
    said = "45 minutes is enough for one chapter: eight of those?"
    figures = {"rate_cents": 4400, "session_count": 8, "session_minutes": 45}
    offer_terms(proposal, by=anna, now=stage.now(), message=said, **figures)


def agreed_to(stage: Stage, cast: Cast) -> Scene:
    """Tomáš has agreed to the second counter-offer, and Emre may accept."""
    emre, tomas = cast["emre"], cast["tomas"]
    yield stage.ago(6, 9)
    text = "I play in a quartet at weddings and get lost whenever a tune changes key. I practise in the evenings."
    request = ask(stage, emre, "Find my way through jazz changes", text, "Guitar", preferred_hours=WEEKDAY_EVENINGS)
    yield stage.ago(5, 20)
    proposal = offer(stage, request, tomas, 8)
    yield stage.ago(4, 20)
    offer_terms(proposal, by=emre, now=stage.now(), rate_cents=3000, message="I am still a student.")
    yield stage.ago(3, 9)
    decline_terms(proposal, by=tomas, now=stage.now())
    yield stage.ago(2, 20)
    offer_terms(proposal, by=emre, now=stage.now(), rate_cents=3600, session_count=10)
    yield stage.ago(1, 9)
    agree_to_terms(proposal, by=tomas, now=stage.now())


def turned_down(stage: Stage, cast: Cast) -> Scene:
    """One offer is declined with a reason, one is edited and then taken back, one nobody answers in time."""
    sofia = cast["sofia"]
    yield stage.ago(19, 9)
    text = "Once a year I speak to two hundred people. This time I would like to sleep the night before."
    request = ask(stage, sofia, "A keynote without stage fright", text, "Public speaking", currency="eur")
    yield stage.ago(18, 9)
    declined = offer(stage, request, cast["ruth"], 6)
    withdrawn = offer(stage, request, cast["daniel"], 3)
    offer(stage, request, cast["ines"], 4)
    yield stage.ago(17, 9)
    approach = "We record you twice, watch it together, and change one thing at a time."
    edit_proposal(withdrawn, by=cast["daniel"], now=stage.now(), approach_summary=approach)
    said = "Thank you, Ruth! You are not awake yet when I have time to practise."
    decline_proposal(declined, by=sofia, now=stage.now(), because="times", reason=said)
    yield stage.ago(16, 9)
    withdraw_proposal(withdrawn, by=cast["daniel"], now=stage.now())


SCENES = [back_and_forth, agreed_to, turned_down]
