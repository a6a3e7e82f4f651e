from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Relation
from accounts.tests.factories import CoachFactory, StudentFactory
from core.models import Event
from core.refused import Refused
from marketplace import operations
from marketplace.models import LearningRequest, Proposal
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "Spanish for a move to Valencia",
    "description": "I move to Valencia in spring and want to hold everyday conversations by then.",
    "time_zone": "Europe/Dublin",
}
TERMS = {
    "cover_letter": "I have taught Spanish to beginners for ten years. " * 3,
    "payment_model": "per_session",
    "rate_cents": 5000,
    "session_count": 4,
    "session_minutes": 60,
}


def events(subject):
    return [(event.name, event.by_id, event.facts) for event in Event.objects.about(subject)]


def refusal_of(work, *args, **named):
    with pytest.raises(Refused) as caught:
        work(*args, **named)
    return caught.value.code


class TestProposals:
    def send(self, clock, request=None, by=None, **fields):
        named = {"by": by or CoachFactory(), "now": clock.now(), "answers": {}} | TERMS | fields
        return operations.propose(request or LearningRequestFactory(), **named)

    def test_a_coach_proposes_in_their_own_currency_and_is_known_to_the_student(self, clock):
        coach = CoachFactory(profile__currency="eur")
        request = LearningRequestFactory(questions=["Why?"])
        question = request.screening_questions.get()
        sent = self.send(clock, request, coach, answers={question.pk: " Because. "})
        assert (sent.state, sent.currency, sent.expected_total_cents) == ("open", "eur", 20000)
        assert sent.expires_at - sent.created_at == timedelta(days=14)
        assert [answer.text for answer in sent.answers.all()] == ["Because."]
        assert Relation.objects.filter(student=request.student, coach=coach).exists()
        assert events(sent) == [("proposal_sent", coach.pk, {})]

    @pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
    def test_only_approved_coaches_propose(self, clock, state):
        coach = CoachFactory(profile__state=state)
        assert refusal_of(self.send, clock, by=coach) == "coach_not_approved"

    def test_a_student_does_not_propose(self, clock):
        assert refusal_of(self.send, clock, by=StudentFactory()) == "coach_not_approved"

    def test_nobody_proposes_on_their_own_request(self, clock):
        both = CoachFactory(is_student=True)
        assert refusal_of(self.send, clock, LearningRequestFactory(student=both), both) == "own_request"

    @pytest.mark.parametrize("state", ["paused", "closed", "matched", "expired"])
    def test_a_request_that_is_not_open_takes_no_proposal(self, clock, state):
        assert refusal_of(self.send, clock, LearningRequestFactory(state=state)) == "request_not_open"

    def test_a_request_past_its_day_takes_no_proposal_before_the_sweep_either(self, clock):
        request = LearningRequestFactory()
        clock.advance(days=60)
        assert refusal_of(self.send, clock, request) == "request_not_open"

    def test_a_second_open_proposal_is_refused_and_one_after_a_withdrawal_is_not(self, clock):
        request, coach = LearningRequestFactory(), CoachFactory()
        first = self.send(clock, request, coach)
        assert refusal_of(self.send, clock, request, coach) == "already_proposed"
        operations.withdraw_proposal(first, by=coach, now=clock.now())
        assert self.send(clock, request, coach).pk != first.pk

    @pytest.mark.parametrize("answer", [{}, {0: "  "}, {0: "Yes.", 99: "What?"}])
    def test_each_question_is_answered_and_no_other(self, clock, answer):
        request = LearningRequestFactory(questions=["Why?"])
        pk = request.screening_questions.get().pk
        answers = {(pk if key == 0 else pk + key): text for key, text in answer.items()}
        assert refusal_of(self.send, clock, request, answers=answers) == "answers_missing"

    def test_an_answer_has_its_length(self, clock):
        request = LearningRequestFactory(questions=["Why?"])
        answers = {request.screening_questions.get().pk: "x" * 1001}
        assert refusal_of(self.send, clock, request, answers=answers) == "answer_too_long"

    def test_one_session_costs_ten_at_least(self, clock):
        assert refusal_of(self.send, clock, rate_cents=999) == "below_minimum"
        half_hour = {"payment_model": "per_hour", "session_minutes": 30}
        assert refusal_of(self.send, clock, rate_cents=1998, **half_hour) == "below_minimum"
        assert self.send(clock, rate_cents=1999, **half_hour).expected_total_cents == 3998
        assert self.send(clock, rate_cents=1000).state == "open"

    def test_all_sessions_together_have_a_ceiling(self, clock):
        assert refusal_of(self.send, clock, rate_cents=1_000_000, session_count=100) == "above_maximum"

    def test_accepting_matches_the_request_and_declines_the_others(self, clock):
        request = LearningRequestFactory()
        chosen, other, gone = (ProposalFactory(request=request, state=state) for state in ("open", "open", "withdrawn"))
        now = clock.now()
        accepted = operations.accept_proposal(chosen, by=request.student, now=now)
        for row in (request, other, gone):
            row.refresh_from_db()
        assert (accepted.state, accepted.accepted_at, accepted.accepted_terms) == ("accepted", now, True)
        assert (request.state, other.state, gone.state) == ("matched", "declined", "withdrawn")
        assert events(other) == [("proposal_declined", request.student_id, {"reason": "another_accepted"})]
        assert events(chosen)[0] == ("proposal_accepted", request.student_id, {"terms": 1})

    def test_a_paused_request_may_still_choose(self, clock):
        proposal = ProposalFactory(request__state="paused")
        assert operations.accept_proposal(proposal, by=proposal.request.student, now=clock.now()).state == "accepted"

    def test_accepting_twice_or_another_one_is_refused(self, clock):
        request = LearningRequestFactory()
        chosen, other = ProposalFactory(request=request), ProposalFactory(request=request)
        operations.accept_proposal(chosen, by=request.student, now=clock.now())
        named = {"by": request.student, "now": clock.now()}
        assert refusal_of(operations.accept_proposal, chosen, **named) == "already_accepted"
        assert refusal_of(operations.accept_proposal, other, **named) == "request_matched"

    @pytest.mark.parametrize("verb", ["accept_proposal", "decline_proposal", "withdraw_proposal"])
    @pytest.mark.parametrize("state", ["declined", "withdrawn", "expired"])
    def test_what_is_over_is_not_decided_again(self, clock, verb, state):
        proposal = ProposalFactory(state=state)
        by = proposal.coach if verb == "withdraw_proposal" else proposal.request.student
        assert refusal_of(getattr(operations, verb), proposal, by=by, now=clock.now()) == "proposal_not_open"

    @pytest.mark.parametrize("verb", ["accept_proposal", "decline_proposal", "withdraw_proposal"])
    def test_nothing_is_decided_after_its_day_before_the_sweep_either(self, clock, verb):
        proposal = ProposalFactory()
        by = proposal.coach if verb == "withdraw_proposal" else proposal.request.student
        clock.advance(days=14)
        assert refusal_of(getattr(operations, verb), proposal, by=by, now=clock.now()) == "proposal_not_open"

    def test_the_student_declines_one_and_the_request_stays_open(self, clock):
        proposal = ProposalFactory()
        student = proposal.request.student
        assert operations.decline_proposal(proposal, by=student, now=clock.now()).state == "declined"
        assert LearningRequest.objects.get().state == "open"
        assert events(proposal) == [("proposal_declined", student.pk, {"reason": "declined"})]

    def test_the_coach_withdraws(self, clock):
        proposal = ProposalFactory()
        assert operations.withdraw_proposal(proposal, by=proposal.coach, now=clock.now()).state == "withdrawn"
        assert events(proposal) == [("proposal_withdrawn", proposal.coach_id, {})]

    @pytest.mark.parametrize("verb", ["accept_proposal", "decline_proposal", "withdraw_proposal"])
    def test_strangers_and_the_other_side_decide_nothing(self, clock, verb):
        proposal = ProposalFactory()
        other_side = proposal.request.student if verb == "withdraw_proposal" else proposal.coach
        for somebody in (other_side, StudentFactory(), CoachFactory()):
            with pytest.raises(PermissionDenied):
                getattr(operations, verb)(proposal, by=somebody, now=clock.now())

    def test_a_proposal_expires_after_fourteen_days_and_once(self, clock, drain):
        proposal = ProposalFactory()
        clock.advance(days=14, seconds=1)
        drain()
        drain()
        proposal.refresh_from_db()
        assert proposal.state == Proposal.State.EXPIRED
        assert events(proposal) == [("proposal_expired", None, {})]
