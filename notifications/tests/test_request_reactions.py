"""Who is told what about requests and invitations, in exact words."""

import pytest

from accounts.tests.factories import CoachFactory, StudentFactory
from marketplace import operations
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from notifications.models import Notification
from notifications.tests.test_reactions import mailed, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_anna():
    return LearningRequestFactory(student=StudentFactory(name="Anna Byrne"), title="Spanish for Valencia")


@pytest.fixture
def lucia():
    return CoachFactory(name="Lucía")


def test_an_invited_coach_is_told_and_mailed(clock, request_of_anna, lucia):
    operations.invite_coach(request_of_anna, coach=lucia, by=request_of_anna.student, now=clock.now())
    assert told(lucia, "coach_invited") == ["Anna invites you to send a proposal for “Spanish for Valencia”."]
    assert mailed(lucia, "coach_invited") == ["An invitation for you"]
    assert lucia.notifications.get().url == f"/requests/{request_of_anna.pk}/"


def test_the_student_is_told_of_a_no_and_not_twice_of_a_proposal(clock, request_of_anna, lucia):
    anna = request_of_anna.student
    invitation = operations.invite_coach(request_of_anna, coach=lucia, by=anna, now=clock.now())
    operations.decline_invitation(invitation, by=lucia, now=clock.now())
    assert told(anna, "invitation_declined") == ["Lucía cannot take on “Spanish for Valencia”."]
    operations.answer_invitations(request_of_anna, coach=lucia, now=clock.now())
    assert told(anna, "invitation_answered") == []


def test_coaches_who_wait_are_told_of_a_change(clock, request_of_anna, lucia):
    ProposalFactory(request=request_of_anna, coach=lucia)
    gone = ProposalFactory(request=request_of_anna, state="withdrawn").coach
    operations.edit_request(request_of_anna, by=request_of_anna.student, now=clock.now(), sessions_needed=6)
    sentence = "Anna changed the request “Spanish for Valencia” you sent a proposal for."
    assert told(lucia, "request_edited") == [sentence]
    assert told(gone, "request_edited") == []


def test_nobody_is_told_of_a_draft(clock):
    student = StudentFactory()
    draft = operations.save_draft(by=student, now=clock.now(), title="Spa")
    operations.edit_request(draft, by=student, now=clock.now(), title="Span")
    operations.discard_draft(draft, by=student, now=clock.now())
    assert not Notification.objects.exists()


def test_the_student_is_told_why_staff_closed(clock, request_of_anna):
    staff = StudentFactory(is_staff=True)
    operations.close_by_staff(request_of_anna, reason="It asks for homework.", by=staff, now=clock.now())
    sentence = "We closed your request “Spanish for Valencia”: It asks for homework."
    assert told(request_of_anna.student, "request_closed_by_staff") == [sentence]
    assert mailed(request_of_anna.student, "request_closed_by_staff") == ["We closed your request"]
