from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from accounts.tests.factories import CoachFactory, SkillFactory, StudentFactory
from core import clock
from marketplace.models import Invitation, LearningRequest, Proposal, ScreeningQuestion, Terms
from marketplace.operations.words import rewrite_request


class LearningRequestFactory(DjangoModelFactory):
    """An open request; `questions=["…"]` gives it screening questions."""

    class Meta:
        model = LearningRequest
        skip_postgeneration_save = True

    student = factory.SubFactory(StudentFactory)
    title = "Spanish for a move to Valencia"
    description = "I move to Valencia in spring and want to hold everyday conversations by then."
    level = LearningRequest.Level.BEGINNER
    budget_cents = 40000
    currency = "usd"
    sessions_needed = 4
    timeframe = "within three months"
    time_zone = "Europe/Dublin"
    created_at = factory.LazyFunction(clock.now)
    state = LearningRequest.State.OPEN
    posted_at = factory.LazyAttribute(lambda request: request.created_at)
    expires_at = factory.LazyAttribute(lambda request: request.created_at + timedelta(days=60))

    @factory.post_generation
    def skills(request, create, extracted, **kwargs):
        if create:
            request.skills.set(extracted if extracted is not None else [SkillFactory(name="Spanish")])
            rewrite_request(request, now=clock.now())

    @factory.post_generation
    def questions(request, create, extracted, **kwargs):
        if create:
            ScreeningQuestion.objects.bulk_create(
                ScreeningQuestion(request=request, position=position, text=text)
                for position, text in enumerate(extracted or [])
            )


class ProposalFactory(DjangoModelFactory):
    """An open proposal of an approved coach: 4 sessions of 60 minutes for 50.00 USD each, its first terms."""

    class Meta:
        model = Proposal
        skip_postgeneration_save = True

    request = factory.SubFactory(LearningRequestFactory)
    coach = factory.SubFactory(CoachFactory)
    cover_letter = "I have taught Spanish to beginners for ten years. " * 3
    approach_summary = "We talk from the first minute."
    payment_model = "per_session"
    rate_cents = 5000
    currency = "usd"
    session_count = 4
    session_minutes = 60
    created_at = factory.LazyFunction(clock.now)
    expires_at = factory.LazyAttribute(lambda proposal: proposal.created_at + timedelta(days=14))

    @factory.post_generation
    def thread(proposal, create, extracted, **kwargs):
        if create:
            Terms.objects.create(
                proposal=proposal,
                number=1,
                offered_by="coach",
                payment_schedule="upfront",
                offered_at=proposal.created_at,
                **proposal.figures,
            )


class InvitationFactory(DjangoModelFactory):
    """An invitation that waits for an answer."""

    class Meta:
        model = Invitation

    request = factory.SubFactory(LearningRequestFactory)
    coach = factory.SubFactory(CoachFactory)
    message = "Your profile reads as if you had written it for me."
    sent_at = factory.LazyFunction(clock.now)
