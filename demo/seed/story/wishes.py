"""Requests and proposals that have not become contracts."""

from datetime import timedelta

from demo.seed.acts import ask, offer
from demo.seed.cast import Cast
from demo.seed.stage import Scene, Stage
from marketplace.operations import close_request, decline_proposal, pause_request, withdraw_proposal


def unanswered(stage: Stage, cast: Cast) -> Scene:
    """Nobody answered for sixty days."""
    yield stage.ago(61, 18)
    text = "My grandfather built boats. I have his tools, a shed and no idea where to begin; I learn best by doing."
    ask(stage, cast["liam"], "Build a small wooden boat", text, "Woodwork", timeframe="this year")


def on_hold(stage: Stage, cast: Cast) -> Scene:
    """A proposal that nobody decided on, then a pause."""
    yield stage.ago(20, 18)
    text = "I have to present our budget to the board every quarter and would like to enjoy it for once."
    request = ask(stage, cast["ben"], "Enjoy the quarterly presentation", text, "Public speaking", currency="eur")
    yield stage.ago(18, 10)
    offer(stage, request, cast["ines"], 4)
    yield stage.ago(2, 20)
    pause_request(request, by=cast["ben"], now=stage.now())


def given_up(stage: Stage, cast: Cast) -> Scene:
    """The student declines one offer and then closes the request with another one open."""
    yield stage.ago(12)
    text = "Our choir sings in Portuguese in May, and I would like to understand what I sing and how to say it."
    request = ask(stage, cast["sofia"], "Portuguese for a choir", text, "Portuguese")
    yield stage.ago(11, 20)
    proposal = offer(stage, request, cast["rafael"], 3)
    offer(stage, request, cast["ines"], 3)
    yield stage.ago(10, 9)
    decline_proposal(proposal, by=cast["sofia"], now=stage.now())
    yield stage.ago(8, 9)
    close_request(request, by=cast["sofia"], now=stage.now())


def choosing(stage: Stage, cast: Cast) -> Scene:
    """Two open offers and one that was taken back; two questions to answer."""
    yield stage.ago(5)
    text = "I have just moved to Madrid for work. I understand most of what people say, but they answer me in English."
    request = ask(
        stage,
        cast["oscar"],
        "Speak up in my new office",
        text,
        "Spanish",
        "English",
        level="intermediate",
        budget_cents=60000,
        preferred_times="Weekdays after 18:00",
        questions=["Have you taught people who work in an office?", "Could we practise with my own mails?"],
    )
    yield stage.ago(4, 10)
    offer(stage, request, cast["lucia"], 6)
    withdrawn = offer(stage, request, cast["jonas"], 10)
    yield stage.ago(3, 10)
    offer(stage, request, cast["ruth"], 5)
    withdraw_proposal(withdrawn, by=cast["jonas"], now=stage.now())


def fresh_wishes(stage: Stage, cast: Cast) -> Scene:
    """Requests of the last days that wait for offers."""
    yield stage.ago(2, 7)
    text = "I can follow a recipe for bread but cannot tell why it fails when it does. I bake on Sundays."
    ask(stage, cast["chloe"], "Understand sourdough at last", text, "Baking", currency="eur", budget_cents=20000)
    yield stage.ago(1, 13)
    text = "We want to see which campaign brings customers back. I know some SQL and the data is a mess."
    ask(stage, cast["priya"], "Cohorts and retention with SQL", text, "SQL", "Statistics", level="advanced")
    yield stage.end - timedelta(hours=2)
    text = "I want to show my children that it is never too late: scales, a few songs, and reading notes."
    ask(stage, cast["marcus"], "Piano from nothing at forty", text, "Piano", sessions_needed=10)


SCENES = [unanswered, on_hold, given_up, choosing, fresh_wishes]
