"""Who is told of each step of a proposal, in exact words, by notice and by mail, once."""

import pytest

from accounts.tests.factories import CoachFactory, StudentFactory
from core.events import _reactions
from core.models import Event, OutgoingMail
from marketplace import operations
from marketplace.tests.factories import ProposalFactory
from notifications.models import Notification
from notifications.tests.test_reactions import mailed, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return StudentFactory(name="Anna", time_zone="Europe/London")


@pytest.fixture
def lucia():
    return CoachFactory(name="Lucía", time_zone="Europe/Madrid")


@pytest.fixture
def proposal(anna, lucia):
    return ProposalFactory(request__student=anna, request__title="Spanish for Valencia", coach=lucia)


def counter(proposal, now, **figures):
    return operations.offer_terms(proposal, by=proposal.request.student, now=now, **(figures or {"rate_cents": 4500}))


def test_a_coach_is_told_of_a_counter_offer_and_the_student_of_the_yes(proposal, anna, lucia, clock):
    counter(proposal, clock.now())
    text = "Anna made you a counter-offer for “Spanish for Valencia”: $180.00 for everything."
    assert (told(lucia, "terms_offered"), told(anna, "terms_offered")) == ([text], [])
    assert mailed(lucia, "terms_offered") == ["A counter-offer for you"]
    operations.agree_to_terms(proposal, by=lucia, now=clock.now())
    text = "Lucía agreed to your terms for “Spanish for Valencia”. Accept them now to get your contract."
    assert (told(anna, "terms_agreed"), told(lucia, "terms_agreed")) == ([text], [])
    assert mailed(anna, "terms_agreed") == ["Your terms are agreed"]


def test_a_student_is_told_that_the_terms_stay(proposal, anna, lucia, clock):
    counter(proposal, clock.now())
    operations.decline_terms(proposal, by=lucia, now=clock.now())
    text = "Lucía did not agree to your terms for “Spanish for Valencia”. The offer before still stands."
    assert told(anna, "terms_declined") == [text]
    assert mailed(anna, "terms_declined") == ["Your counter-offer was declined"]


def test_a_student_is_told_of_new_terms(proposal, anna, lucia, clock):
    operations.offer_terms(proposal, by=lucia, now=clock.now(), rate_cents=5500)
    text = "Lucía offers you new terms for “Spanish for Valencia”: $220.00 for everything."
    assert told(anna, "terms_offered") == [text]
    assert mailed(anna, "terms_offered") == ["New terms for you"]


def test_a_student_is_told_of_other_words_but_of_one_edit_once(proposal, anna, lucia, clock):
    operations.edit_proposal(proposal, by=lucia, now=clock.now(), approach_summary="Slowly.")
    text = "Lucía changed the proposal for “Spanish for Valencia”. Its terms are the same."
    assert told(anna, "proposal_edited") == [text]
    assert mailed(anna, "proposal_edited") == ["A proposal has changed"]
    operations.edit_proposal(proposal, by=lucia, now=clock.now(), approach_summary="Fast.", rate_cents=5500)
    assert (len(told(anna, "proposal_edited")), len(told(anna, "terms_offered"))) == (1, 1)


def test_both_are_told_of_a_proposal_that_expired(proposal, anna, lucia, clock, drain):
    clock.advance(days=14)
    drain()
    text = "Your proposal for “Spanish for Valencia” was not accepted in time and has expired."
    assert told(lucia, "proposal_expired") == [text]
    assert told(anna, "proposal_expired") == ["The proposal of Lucía for “Spanish for Valencia” has expired."]
    assert mailed(lucia, "proposal_expired") == mailed(anna, "proposal_expired") == ["A proposal has expired"]


@pytest.mark.parametrize("because", ["", "price", "other"])
def test_a_coach_is_told_of_a_no_by_mail_too_and_the_reason_stays_on_the_page(proposal, anna, lucia, clock, because):
    operations.decline_proposal(proposal, by=anna, now=clock.now(), because=because, reason="Too dear for me.")
    assert told(lucia, "proposal_declined") == ["Anna did not choose your proposal for “Spanish for Valencia”."]
    assert mailed(lucia, "proposal_declined") == ["Your proposal was not chosen"]
    assert "Too dear" not in OutgoingMail.objects.get(to=lucia.email).text


def test_everybody_who_was_not_chosen_is_told_once(proposal, anna, clock):
    others = [ProposalFactory(request=proposal.request, coach=CoachFactory()) for _number in range(3)]
    operations.accept_proposal(proposal, by=anna, now=clock.now(), terms=1)
    for other in others:
        assert told(other.coach, "proposal_declined") == ["Anna chose another coach for “Spanish for Valencia”."]
        assert mailed(other.coach, "proposal_declined") == ["Your proposal was not chosen"]


def test_a_second_reaction_to_the_same_step_adds_nothing(proposal, anna, lucia, clock):
    counter(proposal, clock.now())
    operations.agree_to_terms(proposal, by=lucia, now=clock.now())
    before = Notification.objects.count(), OutgoingMail.objects.count()
    for event in Event.objects.about(proposal):
        for reaction in _reactions[event.name]:
            reaction(proposal, event)
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == before
