"""Somebody who learnt here and has left."""

from datetime import date

from allauth.account.models import EmailAddress

from accounts.models import User
from accounts.operations import describe_student
from contracts.operations import write_review
from dashboards.operations import erase_account
from demo.seed.acts import ask, deal, learn, offer
from demo.seed.cast import Cast
from demo.seed.people import DOMAIN
from demo.seed.stage import Scene, Stage
from demo.seed.story.learning import fresh


def former_student(stage: Stage, cast: Cast) -> Scene:
    """One session, a review, and an erased account: the coach's history shows a former member."""
    yield stage.ago(52)
    walter = User.objects.create(
        email=f"walter@{DOMAIN}", name="Walter Brandt", is_student=True, time_zone="Europe/Vienna"
    )
    EmailAddress.objects.create(user=walter, email=walter.email, verified=True, primary=True)
    describe_student(walter, by=walter, now=stage.now(), country="AT", born_on=date(1958, 3, 9))
    text = "My granddaughter moves to Madrid and I would like to order a coffee and ask for the way when I visit her."
    request = ask(stage, walter, "Enough Spanish for a visit", text, "Spanish", sessions_needed=1)
    yield stage.ago(51, 12)
    proposal = offer(stage, request, cast["lucia"], 1)
    yield stage.ago(50, 12)
    contract = yield from deal(stage, proposal, "Order a coffee and find the way")
    yield from learn(stage, contract, 1, 46, 16)
    yield stage.ago(44, 10)
    words = (
        "Lucía let me say everything twice and never lost her patience. I asked the way in Madrid and was understood."
    )
    write_review(fresh(contract), by=walter, stars=5, text=words, now=stage.now())
    yield stage.ago(30, 10)
    erase_account(walter, by=walter, now=stage.now())


SCENES = [former_student]
