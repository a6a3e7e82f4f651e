"""Requests and proposals that have not become contracts."""

from datetime import timedelta

from demo.seed.acts import ask, evenings, offer
from demo.seed.cast import Cast, skill
from demo.seed.stage import Scene, Stage
from marketplace.operations import (
    close_by_staff,
    close_request,
    decline_invitation,
    decline_proposal,
    invite_coach,
    pause_request,
    save_draft,
    save_request,
    withdraw_proposal,
)


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
    yield stage.ago(19, 9)
    save_request(request, by=cast["jonas"], now=stage.now())
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
    """Two open offers, one of them invited, and one that was taken back; two questions to answer."""
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
        preferred_hours=evenings(0, 1, 2, 3, 4, starts=15, ends=19),
        questions=["Have you taught people who work in an office?", "Could we practise with my own mails?"],
    )
    yield stage.ago(5, 12)
    message = "I read that you begin with what one needs on the first day. That is where I am."
    invite_coach(request, coach=cast["lucia"], by=cast["oscar"], now=stage.now(), message=message)
    yield stage.ago(4, 10)
    offer(stage, request, cast["lucia"], 6)
    withdrawn = offer(stage, request, cast["jonas"], 10)
    yield stage.ago(3, 10)
    offer(stage, request, cast["ruth"], 5)
    withdraw_proposal(withdrawn, by=cast["jonas"], now=stage.now())


def fresh_wishes(stage: Stage, cast: Cast) -> Scene:
    """Requests of the last days that wait for offers; of the coaches asked one has no time, two have not answered."""
    yield stage.ago(2, 7)
    text = "I can follow a recipe for bread but cannot tell why it fails when it does. I bake on Sundays."
    more = {"currency": "eur", "budget_cents": 20000, "preferred_hours": range(6 * 24 + 9, 6 * 24 + 14)}
    ask(stage, cast["chloe"], "Understand sourdough at last", text, "Baking", **more)
    yield stage.ago(1, 13)
    text = "We want to see which campaign brings customers back. I know some SQL and the data is a mess."
    more = {"level": "advanced", "budget_cents": 30000, "preferred_hours": evenings(1, 3), "languages": ["en"]}
    cohorts = ask(stage, cast["priya"], "Cohorts and retention with SQL", text, "SQL", "Statistics", **more)
    message = "My questions are those of a shop, not of a course. Would that interest you?"
    asked = invite_coach(cohorts, coach=cast["aisha"], by=cast["priya"], now=stage.now(), message=message)
    invite_coach(cohorts, coach=cast["daniel"], by=cast["priya"], now=stage.now())
    yield stage.ago(1, 17)
    decline_invitation(
        asked, by=cast["aisha"], now=stage.now(), reason="I am full until the new year. Ask me again then!"
    )
    save_request(cohorts, by=cast["daniel"], now=stage.now())
    yield stage.end - timedelta(hours=2)
    text = "I want to show my children that it is never too late: scales, a few songs, and reading notes."
    more = {"sessions_needed": 10, "budget_cents": 45000, "preferred_hours": evenings(5, 6, starts=9, ends=12)}
    piano = ask(stage, cast["marcus"], "Piano from nothing at forty", text, "Piano", "Music theory", **more)
    message = "I know you play the guitar, but you write so well about hearing what one plays."
    invite_coach(piano, coach=cast["tomas"], by=cast["marcus"], now=stage.now(), message=message)
    save_request(piano, by=cast["rafael"], now=stage.now())


def half_written(stage: Stage, cast: Cast) -> Scene:
    """Two drafts: one of a few words, one that only has to be posted."""
    yield stage.ago(3, 21)
    save_draft(by=cast["anna"], now=stage.now(), title="Cook a paella for my new neighbours")
    yield stage.ago(1, 20)
    text = "I write to my host family every month and look up every second word. I want letters that sound like me."
    save_draft(
        by=cast["hana"],
        now=stage.now(),
        title="Letters in English that sound like me",
        description=text,
        skills=[skill("English"), skill("Writing")],
        level="intermediate",
        budget_cents=20000,
        preferred_hours=evenings(2, 5),
        questions=["Would you correct letters between the sessions?"],
    )


def not_for_here(stage: Stage, cast: Cast) -> Scene:
    """Staff close what is not learning."""
    yield stage.ago(16, 15)
    text = "I have six sheets of exercises due on Friday. Who solves them for me? I only need the answers."
    request = ask(stage, cast["liam"], "Solve my calculus sheets", text, "Calculus")
    yield stage.ago(16, 17)
    reason = "Coaches help you to solve exercises, they do not solve them for you. You are welcome to ask for that."
    close_by_staff(request, reason=reason, by=cast["support"], now=stage.now())


SCENES = [unanswered, on_hold, given_up, choosing, fresh_wishes, half_written, not_for_here]
