"""Leaving for good while something begins: one or the other."""

import pytest

from accounts.tests.factories import CoachFactory, StudentFactory
from contracts.models import Contract
from core import clock as the_clock
from core.models import Event
from dashboards.tests.leaving import erase
from dashboards.tests.lives import OFFER
from marketplace.models import Proposal
from marketplace.operations import accept_proposal, propose
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from tests.racing import together

pytestmark = pytest.mark.usefixtures("somebody_else_works_here")


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_who_is_leaving_cannot_propose_at_the_same_moment(self):
        for _round in range(4):
            coach, request = CoachFactory(), LearningRequestFactory()
            left, proposed = together(
                lambda coach=coach: erase(coach).erased_at is not None,
                lambda coach=coach, request=request: (
                    propose(request, by=coach, now=the_clock.now(), answers={}, **OFFER).state
                ),
            )
            assert left is True
            assert proposed in {"open", "account_closed", "coach_not_approved"}
            assert not Proposal.objects.filter(coach=coach, state="open").exists()
            assert not Proposal.objects.filter(coach=coach).exclude(cover_letter="").exists()

    def test_accepting_and_leaving_at_the_same_moment_is_one_or_the_other(self):
        for who in ("coach", "student") * 3:
            proposal = ProposalFactory()
            student = proposal.request.student
            person = proposal.coach if who == "coach" else student
            left, accepted_ = together(
                lambda person=person: erase(person).erased_at is not None,
                lambda proposal=proposal, student=student: (
                    accept_proposal(proposal, by=student, now=the_clock.now()).state
                ),
            )
            contracts = Contract.objects.filter(proposal=proposal)
            if accepted_ == "accepted" and who == "student":
                assert (left, contracts.get().state) == ("not_erasable", "draft")
            elif accepted_ == "accepted":
                assert (left, contracts.get().state) == (True, "cancelled")
            else:
                assert (left, contracts.exists()) == (True, False)

    def test_without_the_lock_somebody_who_left_has_an_open_proposal(self, monkeypatch):
        """The control: the coach is read as present, leaves, and the proposal is sent all the same."""
        from marketplace.operations import proposals

        coach, request = CoachFactory(), LearningRequestFactory()
        check = proposals._check_coach

        def and_then_the_coach_leaves(*args):
            profile = check(*args)
            assert together(lambda: erase(coach).name) == ["Former member"]
            return profile

        monkeypatch.setattr(proposals, "lock_members", lambda ids: [])
        monkeypatch.setattr(proposals, "_check_coach", and_then_the_coach_leaves)
        propose(request, by=coach, now=the_clock.now(), answers={}, **OFFER)
        assert Proposal.objects.filter(coach=coach, state="open").exists()

    def test_erasing_twice_at_once_is_once(self):
        person = StudentFactory()
        assert together(*[lambda: erase(person).name] * 4) == ["Former member"] * 4
        assert Event.objects.filter(name="account_erased").count() == 1
