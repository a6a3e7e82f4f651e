"""Who is told what along the journey, in exact words; and that a second reaction to the same event adds nothing."""

from datetime import timedelta

import pytest

from accounts.documents import digest
from accounts.operations import approve_coach, change_profile, reject_coach, submit_coach_profile
from accounts.tests.factories import CoachFactory, StudentFactory, UserFactory
from contracts import operations as contracts
from contracts.tests.factories import active, drafted, held_session, paying, scheduled, sent
from core.events import _reactions
from core.models import Event, OutgoingMail
from marketplace.operations import accept_proposal, close_request, decline_proposal, propose, withdraw_proposal
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from notifications.models import Notification
from notifications.tasks import tell_of_what_waits
from payments.operations import settle_checkout
from payments.tests.factories import onboard
from scheduling.operations import cancel_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return StudentFactory(name="Anna", time_zone="Europe/London")


@pytest.fixture
def lucia():
    return CoachFactory(name="Lucía", time_zone="Europe/Madrid")


@pytest.fixture
def terms(anna, lucia):
    return {"request__student": anna, "request__title": "Spanish for Valencia", "coach": lucia}


def told(person, name):
    """What this person was told of events of this name."""
    return list(person.notifications.filter(event__name=name).order_by("pk").values_list("text", flat=True))


def mailed(person, name):
    events = [f"event:{pk}" for pk in Event.objects.filter(name=name).values_list("pk", flat=True)]
    return list(OutgoingMail.objects.filter(to=person.email, key__in=events).values_list("subject", flat=True))


def staff():
    return UserFactory(is_staff=True, is_superuser=True)


def test_a_coach_is_told_of_the_approval(clock):
    coach = CoachFactory(profile__state="submitted")
    approve_coach(coach.coach_profile, seen=digest(coach.coach_profile), by=staff(), now=clock.now())
    assert told(coach, "coach_approved") == ["Your profile is approved: students can find you now."]
    assert mailed(coach, "coach_approved") == ["Your coach profile is approved"]


def test_a_coach_is_told_why_the_profile_was_rejected(clock):
    coach = CoachFactory(profile__state="submitted")
    profile = coach.coach_profile
    reject_coach(profile, reason="Please say more.", seen=digest(profile), by=staff(), now=clock.now())
    assert told(coach, "coach_rejected") == ["Your profile was not approved yet: Please say more."]
    assert "Please say more." in OutgoingMail.objects.get().text


def test_a_coach_is_told_that_a_change_is_public_or_why_it_is_not(clock):
    coach = CoachFactory()
    profile = change_profile(coach.coach_profile, by=coach, now=clock.now(), bio="New words.")
    submit_coach_profile(profile, by=coach, now=clock.now())
    reject_coach(profile, reason="Say more.", seen=digest(profile), by=staff(), now=clock.now())
    assert told(coach, "coach_rejected") == ["Your change was not approved, your profile stays as it was: Say more."]
    assert mailed(coach, "coach_rejected") == ["The change of your coach profile was not approved"]
    submit_coach_profile(profile, by=coach, now=clock.now())
    approve_coach(profile, seen=digest(profile), by=staff(), now=clock.now())
    assert told(coach, "coach_approved") == ["Your change is public now."]
    assert mailed(coach, "coach_approved") == ["The change of your coach profile is public"]


def test_a_student_is_told_of_a_proposal(anna, lucia, clock):
    request = LearningRequestFactory(student=anna, title="Spanish for Valencia")
    letter = "I have taught Spanish to beginners for ten years. " * 3
    propose(request, by=lucia, now=clock.now(), answers={}, cover_letter=letter, rate_cents=5000, session_count=4)
    assert told(anna, "proposal_sent") == ["Lucía sent you a proposal for “Spanish for Valencia”."]
    assert mailed(anna, "proposal_sent") == ["A proposal for you"]


def test_the_chosen_coach_and_the_others_are_told(terms, anna, lucia, clock):
    chosen = ProposalFactory(**terms)
    other = ProposalFactory(request=chosen.request, coach=CoachFactory(name="Jonas"))
    accept_proposal(chosen, by=anna, now=clock.now())
    assert told(lucia, "proposal_accepted") == ["Anna accepted your proposal for “Spanish for Valencia”."]
    assert told(other.coach, "proposal_declined") == ["Anna chose another coach for “Spanish for Valencia”."]
    assert told(anna, "proposal_accepted") == []


def test_a_coach_is_told_of_a_declined_proposal(terms, anna, lucia, clock):
    decline_proposal(ProposalFactory(**terms), by=anna, now=clock.now())
    assert told(lucia, "proposal_declined") == ["Anna did not choose your proposal for “Spanish for Valencia”."]


def test_a_coach_is_told_that_the_request_was_closed(terms, anna, lucia, clock):
    close_request(ProposalFactory(**terms).request, by=anna, now=clock.now())
    assert told(lucia, "proposal_declined") == ["Anna closed the request “Spanish for Valencia”."]


def test_a_student_is_told_of_a_withdrawn_proposal(terms, anna, lucia, clock):
    withdraw_proposal(ProposalFactory(**terms), by=lucia, now=clock.now())
    assert told(anna, "proposal_withdrawn") == ["Lucía took back the proposal for “Spanish for Valencia”."]


def test_the_coach_is_told_of_a_contract_and_the_student_of_the_answer(terms, anna, lucia, clock):
    contract = sent(**terms)
    assert told(lucia, "contract_sent") == ["Anna sent you the contract “Spanish for Valencia”."]
    contracts.accept_contract(contract, by=lucia, now=clock.now())
    expected = "Lucía accepted “Spanish for Valencia”. Pay $200.00 to begin; it is held until your sessions are done."
    assert told(anna, "contract_accepted") == [expected]
    assert mailed(anna, "contract_accepted") == ["Your contract can be paid"]


def test_a_student_is_told_of_a_declined_contract(terms, anna, lucia, clock):
    contracts.decline_contract(sent(**terms), by=lucia, now=clock.now())
    assert told(anna, "contract_declined") == ["Lucía declined “Spanish for Valencia”."]


def test_the_other_party_is_told_of_a_contract_called_off(terms, anna, lucia, clock):
    contracts.cancel_contract(sent(**terms), by=anna, now=clock.now())
    assert told(lucia, "contract_cancelled") == ["The contract “Spanish for Valencia” was cancelled."]
    assert told(anna, "contract_cancelled") == []


def test_both_are_told_of_a_contract_that_expired(terms, anna, lucia, clock):
    contract = sent(**terms)
    contracts.expire_contract(contract, now=clock.now() + timedelta(days=8))
    text = "“Spanish for Valencia” was not answered in time and has expired."
    assert told(anna, "contract_expired") == told(lucia, "contract_expired") == [text]


def test_a_coach_is_not_told_of_a_draft_that_expired(terms, anna, lucia, clock):
    contracts.expire_contract(drafted(**terms), now=clock.now() + timedelta(days=15))
    assert len(told(anna, "contract_expired")) == 1
    assert told(lucia, "contract_expired") == []


def test_a_payment_is_receipted_and_begins_the_contract(terms, anna, lucia, standin):
    contract = active(standin, **terms)
    assert told(anna, "payment_settled") == ["We received $200.00. It is held until your sessions are done."]
    assert told(anna, "contract_activated") == ["“Spanish for Valencia” has begun: pick times for your sessions."]
    assert told(lucia, "contract_activated") == ["Anna has paid for “Spanish for Valencia”."]
    [receipt] = OutgoingMail.objects.filter(kind="receipt")
    assert (receipt.to, receipt.subject) == (anna.email, f"We received $200.00 for {contract.number}")
    assert "To be held for: Lucía" in receipt.text


def test_settling_a_payment_again_tells_nobody_again(terms, anna, standin, clock):
    contract = active(standin, **terms)
    before = Notification.objects.count(), OutgoingMail.objects.count()
    settle_checkout(contract.escrow.payments.get().checkout_session_id, now=clock.now())
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == before


def test_an_agreed_time_is_told_to_the_other_and_mailed_to_both(terms, anna, lucia, standin, clock):
    session = scheduled(active(standin, **terms))
    tell_of_what_waits(clock.now())
    moment = session.starts_at.strftime("%-d %b %Y")
    [text] = told(lucia, "session_scheduled")
    assert text.startswith("Your session with Anna is on ")
    assert moment in text
    assert told(anna, "session_scheduled") == []
    assert len(mailed(anna, "session_scheduled")) == len(mailed(lucia, "session_scheduled")) == 1


def test_each_reads_the_session_in_their_own_time_zone(terms, anna, lucia, standin, clock):
    scheduled(active(standin, **terms), hour=15)
    tell_of_what_waits(clock.now())
    [mine] = OutgoingMail.objects.filter(kind="session_scheduled", to=anna.email)
    [theirs] = OutgoingMail.objects.filter(kind="session_scheduled", to=lucia.email)
    assert mine.text != theirs.text
    assert theirs.subject.endswith((" CET", " CEST"))
    assert mine.subject.endswith((" GMT", " BST"))


OUTCOMES = {
    "both": (
        "Your session with Lucía took place. Please confirm it; your money moves on after 24 hours.",
        "Your session with Anna took place. Its share is yours once they confirm, or after 24 hours.",
    ),
    "coach": (
        "You missed your session with Lucía. Tell us within 72 hours if that is not right.",
        "Anna did not come. The session is paid to you after 72 hours.",
    ),
    "student": (
        "Lucía did not come. You get the money for this session back.",
        "You missed your session with Anna. Its money goes back to them.",
    ),
    "nobody": (
        "Nobody came to your session with Lucía. You get the money for it back.",
        "Nobody came to your session with Anna. Its money goes back to them.",
    ),
}


@pytest.mark.parametrize("who", OUTCOMES)
def test_both_are_told_what_a_session_came_to(terms, anna, lucia, standin, clock, who):
    held_session(active(standin, **terms), clock, who=who)
    assert (told(anna, "session_ended"), told(lucia, "session_ended")) == ([OUTCOMES[who][0]], [OUTCOMES[who][1]])


def test_the_others_are_told_of_a_cancelled_session(terms, anna, lucia, standin, clock):
    session = scheduled(active(standin, **terms))
    cancel_session(session, by=lucia, now=clock.now())
    assert len(told(anna, "session_cancelled")) == 1
    assert told(lucia, "session_cancelled") == []


def test_each_reminder_reaches_its_recipient_once(terms, anna, lucia, standin, clock, drain):
    session = scheduled(active(standin, **terms))
    for before in [timedelta(hours=24), timedelta(hours=1), timedelta(minutes=5)]:
        clock.travel_to(session.starts_at - before + timedelta(seconds=5))
        drain()
        drain()
    for person, other in [(anna, "Lucía"), (lucia, "Anna")]:
        texts = told(person, "reminder_due")
        starts = [text.partition(":")[0] for text in texts]
        assert starts == [
            f"Your session with {other} is tomorrow",
            f"Your session with {other} starts in an hour",
            f"Your session with {other} is about to start",
        ]
        assert mailed(person, "reminder_due") == ["Your session tomorrow", "Your session starts in an hour"]


def test_released_and_transferred_money_is_told_to_the_coach(terms, anna, lucia, standin, clock, drain):
    contract = active(standin, **terms)
    onboard(lucia, standin, now=clock.now())
    assert told(lucia, "account_changed") == ["Your Stripe account is ready: your earnings can be sent to you."]
    held_session(contract, clock)
    clock.advance(hours=25)
    drain()
    clock.advance(days=8)
    drain()
    assert told(lucia, "money_released") == [f"$42.50 of {contract.number} is yours now."]
    assert told(lucia, "transfer_made") == ["$42.50 was sent to your Stripe account."]
    assert told(anna, "money_released") == []


def test_a_refund_is_told_to_the_payer(terms, anna, lucia, standin, clock, drain):
    contract = active(standin, **terms)
    held_session(contract, clock, who="student")
    drain()
    assert told(anna, "refund_made") == [f"$50.00 of {contract.number} is on its way back to you."]
    assert mailed(anna, "refund_made") == ["Your refund"]
    assert told(lucia, "refund_made") == []


def test_a_review_is_told_to_the_coach(terms, anna, lucia, standin, clock):
    contract = active(standin, **terms)
    held_session(contract, clock)
    contracts.write_review(contract, by=anna, stars=5, now=clock.now())
    assert told(lucia, "review_written") == ["Anna reviewed “Spanish for Valencia”."]


def test_a_declined_card_tells_nobody_that_money_arrived(terms, anna, standin, clock):
    contract = contracts.accept_contract(sent(**terms), by=terms["coach"], now=clock.now())
    paying(contract, standin, card="4000000000000002")
    assert told(anna, "payment_settled") == []


def test_every_reaction_may_run_twice(terms, standin, clock, drain):
    contract = active(standin, **terms)
    onboard(contract.coach, standin, now=clock.now())
    held_session(contract, clock)
    drain()
    before = Notification.objects.count(), OutgoingMail.objects.count()
    for event in Event.objects.all():
        for reaction in _reactions[event.name]:
            if reaction.__module__.startswith("notifications."):
                reaction(event.subject, event)
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == before
