"""The thread of terms: who may offer what, who answers, and what it does to the proposal."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import CoachProfile
from accounts.tests.factories import CoachFactory, StudentFactory
from core.registry import invariants
from marketplace import operations
from marketplace.models import Proposal, Terms
from marketplace.tests.factories import InvitationFactory, LearningRequestFactory, ProposalFactory
from marketplace.tests.test_operations import TERMS, events, refusal_of

pytestmark = pytest.mark.django_db
OPENED = [state for state in Proposal.State.values if state != "open"]


@pytest.fixture
def proposal():
    return ProposalFactory()


def counter(proposal, now, **figures):
    return operations.offer_terms(
        proposal, by=proposal.request.student, now=now, **(figures or {"rate_cents": 4500, "session_count": 6})
    )


def stands(proposal):
    proposal.refresh_from_db()
    return proposal.rate_cents, proposal.session_count, proposal.terms_number


def broken():
    return [row for name in ("proposals_are_the_terms_they_name", "coaches_stand_behind_their_terms")
            for row in invariants[name]()]  # fmt: skip


class TestOffer:
    def test_the_first_version_is_what_the_coach_proposes(self, clock):
        coach, request, now = CoachFactory(), LearningRequestFactory(), clock.now()
        sent = operations.propose(request, by=coach, now=now, answers={}, **TERMS)
        [first] = sent.thread.all()
        assert (first.number, first.offered_by, first.offered_at, first.figures) == (1, "coach", now, sent.figures)
        assert broken() == []

    def test_a_counter_offer_waits_and_the_coachs_terms_still_stand(self, proposal, clock):
        now = clock.now()
        offered = counter(proposal, now, rate_cents=4500)
        assert (offered.number, offered.offered_by, offered.rate_cents, offered.session_count) == (
            2,
            "student",
            4500,
            4,
        )
        assert offered.expected_total_cents == 18000
        assert stands(proposal) == (5000, 4, 1)
        assert list(Terms.objects.waiting()) == [offered]
        assert events(proposal) == [("terms_offered", proposal.request.student_id, {"number": 2, "side": "student"})]
        assert broken() == []

    def test_new_figures_of_the_coach_stand_at_once_and_replace_a_counter_offer(self, proposal, clock):
        counter(proposal, clock.now())
        offered = operations.offer_terms(
            proposal, by=proposal.coach, now=clock.now(), payment_model="per_hour", session_minutes=90, message=" Hi "
        )
        assert (offered.number, offered.message, offered.expected_total_cents) == (3, "Hi", 30000)
        assert stands(proposal) == (5000, 4, 3)
        assert (proposal.payment_model, proposal.session_minutes) == ("per_hour", 90)
        assert not Terms.objects.waiting().exists()
        assert broken() == []

    def test_the_coach_agrees_and_the_counter_offer_stands(self, proposal, clock):
        counter(proposal, clock.now())
        now = clock.advance(days=1)
        agreed = operations.agree_to_terms(proposal, by=proposal.coach, now=now, number=2)
        assert stands(proposal) == (4500, 6, 2)
        assert (agreed.agreed_at, proposal.expires_at) == (now, now + timedelta(days=14))
        assert events(proposal)[-1] == ("terms_agreed", proposal.coach_id, {"number": 2})
        assert refusal_of(operations.agree_to_terms, proposal, by=proposal.coach, now=now) == "no_counter_offer"
        assert broken() == []

    def test_the_coach_declines_and_the_old_terms_stand(self, proposal, clock):
        counter(proposal, clock.now())
        now = clock.now()
        declined = operations.decline_terms(proposal, by=proposal.coach, now=now)
        assert (declined.declined_at, stands(proposal)) == (now, (5000, 4, 1))
        assert events(proposal)[-1] == ("terms_declined", proposal.coach_id, {"number": 2})
        assert refusal_of(operations.decline_terms, proposal, by=proposal.coach, now=now) == "no_counter_offer"

    @pytest.mark.parametrize("answer", [operations.agree_to_terms, operations.decline_terms])
    def test_only_the_newest_counter_offer_is_answered(self, proposal, clock, answer):
        counter(proposal, clock.now())
        counter(proposal, clock.now(), rate_cents=4600)
        assert refusal_of(answer, proposal, by=proposal.coach, now=clock.now(), number=2) == "terms_changed"
        assert answer(proposal, by=proposal.coach, now=clock.now(), number=3).rate_cents == 4600

    def test_a_counter_offer_that_was_followed_by_a_declined_one_does_not_come_back(self, proposal, clock):
        counter(proposal, clock.now())
        counter(proposal, clock.now(), rate_cents=4600)
        operations.decline_terms(proposal, by=proposal.coach, now=clock.now())
        assert not Terms.objects.waiting().exists()

    def test_each_version_gives_fourteen_days_more(self, proposal, clock):
        now = clock.advance(days=10)
        counter(proposal, now)
        proposal.refresh_from_db()
        assert proposal.expires_at == now + timedelta(days=14)
        later = clock.advance(days=10)
        operations.offer_terms(proposal, by=proposal.coach, now=later, rate_cents=4800)
        proposal.refresh_from_db()
        assert proposal.expires_at == later + timedelta(days=14)

    @pytest.mark.parametrize(
        ("figures", "code", "field"),
        [
            ({"rate_cents": 999}, "below_minimum", "rate"),
            ({"rate_cents": 2000, "payment_model": "per_hour", "session_minutes": 15}, "below_minimum", "rate"),
            ({"rate_cents": 90_000_000, "session_count": 2}, "above_maximum", "rate"),
            ({"session_count": 0}, "session_count", "session_count"),
            ({"session_count": 101}, "session_count", "session_count"),
            ({"session_minutes": 14}, "session_minutes", "session_minutes"),
            ({"session_minutes": 241}, "session_minutes", "session_minutes"),
            ({"message": "x" * 1001, "rate_cents": 4500}, "message_too_long", "message"),
            ({}, "terms_unchanged", None),
        ],
    )
    @pytest.mark.parametrize("side", ["coach", "student"])
    def test_every_version_keeps_the_limits(self, proposal, clock, side, figures, code, field):
        by = proposal.coach if side == "coach" else proposal.request.student
        assert refusal_of(operations.offer_terms, proposal, by=by, now=clock.now(), **figures) == code
        assert proposal.thread.count() == 1

    def test_the_least_and_the_most_are_allowed(self, proposal, clock):
        counter(proposal, clock.now(), rate_cents=1000, session_count=1, session_minutes=15)
        counter(proposal, clock.now(), rate_cents=999_999, session_count=100, session_minutes=240)
        assert proposal.thread.count() == 3

    def test_what_already_waits_is_not_offered_again_by_either_side(self, proposal, clock):
        counter(proposal, clock.now(), rate_cents=4500)
        for by in (proposal.coach, proposal.request.student):
            offered = {"by": by, "now": clock.now(), "rate_cents": 4500}
            assert refusal_of(operations.offer_terms, proposal, **offered) == "terms_unchanged"

    def test_there_are_twenty_versions_at_most(self, proposal, clock):
        for number in range(2, 21):
            counter(proposal, clock.now(), rate_cents=4000 + number)
        for by in (proposal.coach, proposal.request.student):
            more = {"by": by, "now": clock.now(), "rate_cents": 4900}
            assert refusal_of(operations.offer_terms, proposal, **more) == "too_many_versions"
        assert operations.agree_to_terms(proposal, by=proposal.coach, now=clock.now()).number == 20

    @pytest.mark.parametrize("state", OPENED)
    def test_nothing_is_offered_or_answered_when_it_is_over(self, proposal, clock, state):
        counter(proposal, clock.now())
        Proposal.objects.update(state=state)
        more = {"by": proposal.coach, "now": clock.now()}
        assert refusal_of(operations.offer_terms, proposal, **more, rate_cents=4400) == "proposal_not_open"
        assert refusal_of(operations.agree_to_terms, proposal, **more) == "proposal_not_open"
        assert refusal_of(operations.decline_terms, proposal, **more) == "proposal_not_open"
        assert refusal_of(operations.edit_proposal, proposal, **more, rate_cents=4400) == "proposal_not_open"

    def test_nor_after_its_last_day_before_the_sweep(self, proposal, clock):
        late = clock.advance(days=14)
        assert refusal_of(counter, proposal, late) == "proposal_not_open"

    def test_strangers_offer_nothing_and_only_the_coach_answers(self, proposal, clock):
        counter(proposal, clock.now())
        for by in (StudentFactory(), CoachFactory()):
            with pytest.raises(PermissionDenied):
                operations.offer_terms(proposal, by=by, now=clock.now(), rate_cents=4400)
        for by in (proposal.request.student, CoachFactory()):
            for answer in (operations.agree_to_terms, operations.decline_terms):
                with pytest.raises(PermissionDenied):
                    answer(proposal, by=by, now=clock.now())
        assert stands(proposal) == (5000, 4, 1)


class TestResponse:
    def minutes(self, proposal):
        return CoachProfile.objects.get(user=proposal.coach).response_minutes

    @pytest.mark.parametrize(
        ("answer", "more"),
        [
            (operations.agree_to_terms, {}),
            (operations.decline_terms, {}),
            (operations.offer_terms, {"rate_cents": 4800}),
        ],
    )
    def test_each_answer_to_a_counter_offer_counts(self, proposal, clock, answer, more):
        now = clock.now()
        counter(proposal, now)
        assert self.minutes(proposal) is None
        answer(proposal, by=proposal.coach, now=now + timedelta(minutes=90), **more)
        assert self.minutes(proposal) == 90

    def test_the_time_is_the_median_with_invitations_and_without_what_was_offered_unasked(self, proposal, clock):
        now = clock.now()
        InvitationFactory(coach=proposal.coach, sent_at=now, answered_at=now + timedelta(minutes=10), state="declined")
        operations.offer_terms(proposal, by=proposal.coach, now=now + timedelta(minutes=500), rate_cents=5500)
        assert self.minutes(proposal) == 10
        counter(proposal, now + timedelta(minutes=600))
        operations.decline_terms(proposal, by=proposal.coach, now=now + timedelta(minutes=640))
        assert self.minutes(proposal) == 25


class TestEdit:
    def test_other_words_are_marked_and_told_and_the_terms_stay(self, proposal, clock):
        now, expires_at = clock.now(), proposal.expires_at
        letter = "I would now begin with what you hear at the market in your first week. " * 2
        operations.edit_proposal(proposal, by=proposal.coach, now=now, cover_letter=letter, approach_summary="Slowly.")
        proposal.refresh_from_db()
        assert (proposal.cover_letter, proposal.approach_summary) == (letter, "Slowly.")
        assert (proposal.edited_at, proposal.expires_at, proposal.thread.count()) == (now, expires_at, 1)
        assert events(proposal) == [("proposal_edited", proposal.coach_id, {"has_new_terms": False})]

    def test_answers_are_changed_one_by_one_and_none_is_lost(self, clock):
        coach, request = CoachFactory(), LearningRequestFactory(questions=["Why?", "When?"])
        why, when = request.screening_questions.all()
        answers = {why.pk: "Because.", when.pk: "Soon."}
        sent = operations.propose(request, by=coach, now=clock.now(), answers=answers, **TERMS)
        operations.edit_proposal(sent, by=coach, now=clock.now(), answers={when.pk: "In May."})
        assert [answer.text for answer in sent.answers.all()] == ["Because.", "In May."]
        for wrong, code in [({when.pk: " "}, "answers_missing"), ({0: "?"}, "answers_missing")]:
            change = {"by": coach, "now": clock.now(), "answers": wrong}
            assert refusal_of(operations.edit_proposal, sent, **change) == code
        assert [answer.text for answer in sent.answers.all()] == ["Because.", "In May."]

    def test_other_figures_are_a_new_version(self, proposal, clock):
        now = clock.advance(days=2)
        operations.edit_proposal(proposal, by=proposal.coach, now=now, approach_summary="Slowly.", rate_cents=4800)
        assert stands(proposal) == (4800, 4, 2)
        assert proposal.expires_at == now + timedelta(days=14)
        told = [("proposal_edited", {"has_new_terms": True}), ("terms_offered", {"number": 2, "side": "coach"})]
        assert [(name, facts) for name, _by, facts in events(proposal)] == told

    def test_the_same_again_is_no_change(self, proposal, clock):
        same = {"approach_summary": proposal.approach_summary, **proposal.figures}
        operations.edit_proposal(proposal, by=proposal.coach, now=clock.now(), **same)
        proposal.refresh_from_db()
        assert (proposal.edited_at, events(proposal), proposal.thread.count()) == (None, [], 1)

    def test_only_its_coach_edits(self, proposal, clock):
        for by in (proposal.request.student, CoachFactory()):
            with pytest.raises(PermissionDenied):
                operations.edit_proposal(proposal, by=by, now=clock.now(), approach_summary="Mine.")


class TestEnd:
    def test_what_is_accepted_is_what_was_seen(self, proposal, clock):
        operations.offer_terms(proposal, by=proposal.coach, now=clock.now(), rate_cents=5500)
        accept = {"by": proposal.request.student, "now": clock.now()}
        assert refusal_of(operations.accept_proposal, proposal, **accept, terms=1) == "terms_changed"
        assert refusal_of(operations.accept_proposal, proposal, **accept, terms=3) == "terms_changed"
        assert operations.accept_proposal(proposal, **accept, terms=2).rate_cents == 5500
        assert events(proposal)[-1][2] == {"terms": 2}

    def test_with_a_counter_offer_waiting_the_coachs_terms_may_still_be_accepted(self, proposal, clock):
        counter(proposal, clock.now())
        accepted = operations.accept_proposal(proposal, by=proposal.request.student, now=clock.now(), terms=1)
        assert (accepted.rate_cents, accepted.terms_number) == (5000, 1)
        assert broken() == []

    def test_a_reason_stays_on_the_proposal_and_out_of_the_event(self, proposal, clock):
        student = proposal.request.student
        said = {"because": "price", "reason": " My budget is 150 dollars. "}
        declined = operations.decline_proposal(proposal, by=student, now=clock.now(), **said)
        assert (declined.declined_because, declined.decline_reason) == ("price", "My budget is 150 dollars.")
        assert events(proposal) == [("proposal_declined", student.pk, {"reason": "price"})]

    def test_a_reason_has_its_length(self, proposal, clock):
        said = {"by": proposal.request.student, "now": clock.now(), "reason": "x" * 501}
        assert refusal_of(operations.decline_proposal, proposal, **said) == "reason_too_long"

    @pytest.mark.parametrize(
        ("end", "because"),
        [(operations.accept_proposal, "another_accepted"), (operations.close_request, "request_closed")],
    )
    def test_what_ends_with_its_request_says_why(self, proposal, clock, end, because):
        other = ProposalFactory(request=proposal.request)
        student = proposal.request.student
        end(other if because == "another_accepted" else proposal.request, by=student, now=clock.now())
        proposal.refresh_from_db()
        assert (proposal.state, proposal.declined_because) == ("declined", because)

    @pytest.mark.parametrize("state", ["declined", "withdrawn", "expired"])
    def test_after_its_end_the_coach_may_propose_again(self, proposal, clock, state):
        Proposal.objects.update(state=state)
        again = operations.propose(proposal.request, by=proposal.coach, now=clock.now(), answers={}, **TERMS)
        assert (again.state, again.terms_number, again.thread.count()) == ("open", 1, 1)
