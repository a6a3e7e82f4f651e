from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import CoachProfile, Relation
from accounts.tests.factories import CoachFactory, StudentFactory
from marketplace import operations
from marketplace.models import Invitation, LearningRequest, SavedRequest
from marketplace.tests.asking import events, refusal_of
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory, ProposalFactory
from marketplace.tests.test_operations import TERMS

pytestmark = pytest.mark.django_db


def response_of(coach):
    return CoachProfile.objects.get(user=coach).response_minutes


class TestInviting:
    def invite(self, clock, request=None, coach=None, **named):
        request = request or LearningRequestFactory()
        named = {"by": request.student, "now": clock.now()} | named
        return operations.invite_coach(request, coach=coach or CoachFactory(), **named)

    def test_an_invited_coach_may_read_the_request_and_not_the_profile_of_the_student(self, clock):
        request, coach = LearningRequestFactory(), CoachFactory()
        invitation = self.invite(clock, request, coach, message=" Please look. ")
        assert (invitation.state, invitation.message) == ("sent", "Please look.")
        assert events(invitation) == [("coach_invited", request.student_id, {})]
        operations.pause_request(request, by=request.student, now=clock.now())
        assert list(LearningRequest.objects.of(coach)) == [request]
        assert not LearningRequest.objects.of(CoachFactory()).exists()
        assert not Relation.objects.exists()

    @pytest.mark.parametrize("state", ["draft", "paused", "closed", "matched", "expired"])
    def test_only_an_open_request_invites(self, clock, state):
        assert refusal_of(self.invite, clock, LearningRequestFactory(state=state)) == "request_not_open"

    def test_nor_does_one_past_its_day_that_no_sweep_has_ended_yet(self, clock):
        request = LearningRequestFactory()
        clock.advance(days=60)
        assert refusal_of(self.invite, clock, request) == "request_not_open"

    def test_a_coach_is_invited_once_also_after_a_no(self, clock):
        first = InvitationFactory()
        assert refusal_of(self.invite, clock, first.request, first.coach) == "already_invited"
        operations.decline_invitation(first, by=first.coach, now=clock.now())
        assert refusal_of(self.invite, clock, first.request, first.coach) == "already_invited"

    def test_who_has_proposed_needs_no_invitation(self, clock):
        proposal = ProposalFactory(state="withdrawn")
        assert refusal_of(self.invite, clock, proposal.request, proposal.coach) == "already_proposed"

    def test_only_public_coaches_are_invited_and_nobody_invites_themselves(self, clock):
        assert refusal_of(self.invite, clock, coach=CoachFactory(profile__state="submitted")) == "coach_not_public"
        assert refusal_of(self.invite, clock, coach=StudentFactory()) == "coach_not_public"
        both = CoachFactory(is_student=True)
        assert refusal_of(self.invite, clock, LearningRequestFactory(student=both), both) == "own_request"

    def test_twenty_may_wait_and_a_no_makes_room_for_another(self, clock):
        request = LearningRequestFactory()
        waiting = InvitationFactory.create_batch(20, request=request)
        assert refusal_of(self.invite, clock, request) == "too_many_invitations"
        operations.decline_invitation(waiting[0], by=waiting[0].coach, now=clock.now())
        assert self.invite(clock, request).state == "sent"

    def test_a_message_has_its_length(self, clock):
        assert refusal_of(self.invite, clock, message="x" * 1001) == "message_too_long"
        assert self.invite(clock, message="x" * 1000).state == "sent"

    def test_nobody_invites_to_the_request_of_another(self, clock):
        for somebody in (StudentFactory(), CoachFactory()):
            with pytest.raises(PermissionDenied):
                self.invite(clock, by=somebody)
        assert not Invitation.objects.exists()


class TestAnswering:
    def test_a_coach_declines_with_a_reason(self, clock):
        invitation = InvitationFactory()
        now = clock.advance(hours=3)
        declined = operations.decline_invitation(invitation, by=invitation.coach, now=now, reason=" No time. ")
        assert (declined.state, declined.decline_reason, declined.answered_at) == ("declined", "No time.", now)
        assert events(invitation) == [("invitation_declined", invitation.coach_id, {})]

    def test_a_coach_declines_once_and_only_what_is_open(self, clock):
        invitation, ended = InvitationFactory(), InvitationFactory(request__state="closed")
        named = {"by": invitation.coach, "now": clock.now()}
        assert refusal_of(operations.decline_invitation, invitation, **named, reason="x" * 501) == "reason_too_long"
        operations.decline_invitation(invitation, **named)
        assert refusal_of(operations.decline_invitation, invitation, **named) == "invitation_not_open"
        named = {"by": ended.coach, "now": clock.now()}
        assert refusal_of(operations.decline_invitation, ended, **named) == "invitation_not_open"

    def test_nobody_else_declines(self, clock):
        invitation = InvitationFactory()
        for somebody in (invitation.request.student, CoachFactory()):
            with pytest.raises(PermissionDenied):
                operations.decline_invitation(invitation, by=somebody, now=clock.now())

    @pytest.mark.parametrize("state", ["sent", "declined"])
    def test_a_proposal_is_the_answer_also_after_a_no(self, clock, state):
        invitation, other = InvitationFactory(), InvitationFactory()
        if state == "declined":
            operations.decline_invitation(invitation, by=invitation.coach, now=clock.now())
        clock.advance(hours=2)
        now = clock.now()
        operations.propose(invitation.request, by=invitation.coach, now=now, answers={}, **TERMS)
        invitation.refresh_from_db()
        other.refresh_from_db()
        assert (invitation.state, other.state) == ("answered", "sent")
        assert (invitation.answered_at == now) is (state == "sent")  # the first answer counts
        assert events(invitation)[-1] == ("invitation_answered", invitation.coach_id, {})

    def test_without_an_invitation_a_proposal_answers_nothing(self, clock):
        request, coach = LearningRequestFactory(), CoachFactory()
        assert operations.answer_invitations(request, coach=coach, now=clock.now()) is None
        assert response_of(coach) is None


class TestResponseTime:
    def test_it_is_the_median_of_ninety_days_in_minutes(self, clock):
        coach = CoachFactory()
        now = clock.now()
        waits = [(10, 30), (20, 90), (30, 6000), (91, 1)]  # days ago, minutes to the answer
        for days, minutes in waits:
            sent = now - timedelta(days=days)
            InvitationFactory(
                coach=coach, sent_at=sent, answered_at=sent + timedelta(minutes=minutes), state="declined"
            )
        InvitationFactory(coach=coach, sent_at=now - timedelta(days=40))
        operations.refresh_response(coach, now=now)
        assert response_of(coach) == 90
        operations.refresh_response(coach, now=now + timedelta(days=75))
        assert response_of(coach) == 30
        operations.refresh_response(coach, now=now + timedelta(days=95))
        assert response_of(coach) is None

    def test_an_answer_refreshes_it_and_only_for_this_coach(self, clock):
        invitation, other = InvitationFactory(), CoachFactory()
        now = clock.advance(minutes=45)
        operations.decline_invitation(invitation, by=invitation.coach, now=now)
        assert response_of(invitation.coach) == 45
        assert response_of(other) is None


class TestSaving:
    def test_a_coach_saves_once_and_forgets(self, clock):
        request, coach = LearningRequestFactory(), CoachFactory()
        first = operations.save_request(request, by=coach, now=clock.now())
        assert operations.save_request(request, by=coach, now=clock.advance(days=1)).saved_at == first.saved_at
        assert SavedRequest.objects.get(coach=coach).request == request
        for _twice in range(2):
            operations.forget_request(request.pk, by=coach)
        assert not SavedRequest.objects.exists()

    def test_what_others_saved_stays(self, clock):
        saved = operations.save_request(LearningRequestFactory(), by=CoachFactory(), now=clock.now())
        operations.forget_request(saved.request_id, by=CoachFactory())
        assert SavedRequest.objects.exists()

    def test_only_approved_coaches_save_and_not_their_own(self, clock):
        request, both = LearningRequestFactory(), CoachFactory(is_student=True)
        for somebody in (StudentFactory(), CoachFactory(profile__state="draft")):
            assert refusal_of(operations.save_request, request, by=somebody, now=clock.now()) == "coach_not_approved"
        own = LearningRequestFactory(student=both)
        assert refusal_of(operations.save_request, own, by=both, now=clock.now()) == "own_request"
