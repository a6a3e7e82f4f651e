"""Fifty clicks at the same moment; each proof has a control that fails when the lock is taken away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections

from core.models import Event, OutgoingMail
from core.refused import Refused
from core.registry import invariants as registry
from marketplace.models import LearningRequest, Proposal
from marketplace.operations import (
    accept_proposal,
    agree_to_terms,
    close_request,
    decline_proposal,
    decline_terms,
    edit_proposal,
    offer_terms,
    propose,
    withdraw_proposal,
)
from marketplace.operations import proposals as module
from marketplace.operations import terms as terms_module
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.test_operations import TERMS

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50
invariants = ("proposals_are_the_terms_they_name", "coaches_stand_behind_their_terms")
ONE_ACCEPTED = 'DROP INDEX "one_accepted_proposal_per_request"'
RESTORED = (
    'CREATE UNIQUE INDEX "one_accepted_proposal_per_request" ON marketplace_proposal (request_id) '
    "WHERE state = 'accepted'"
)


def at_once(work, items):
    """What `work` gives for each item when all start together: the row's state, or the code of the refusal.

    Each has a connection of its own, which it opens before the start.
    """
    start = Barrier(len(items))

    def run(item):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return getattr(work(item), "state", "done")
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(run, items))


def proposals_on_one_request(count):
    request = LearningRequestFactory()
    return request, [ProposalFactory(request=request) for _number in range(count)]


def test_of_fifty_proposals_accepted_at_once_exactly_one_wins_and_the_others_are_told_once(clock):
    request, proposals = proposals_on_one_request(MANY)
    student, now = request.student, clock.now()
    answers = at_once(lambda proposal: accept_proposal(proposal, by=student, now=now, terms=1), proposals)
    assert answers.count("accepted") == 1
    assert set(answers) <= {"accepted", "request_matched", "busy"}
    won = Proposal.objects.get(state="accepted")
    assert Proposal.objects.filter(state="declined", declined_because="another_accepted").count() == MANY - 1
    assert LearningRequest.objects.get().state == "matched"
    assert Event.objects.filter(name="proposal_accepted").count() == 1
    assert Event.objects.filter(name="proposal_declined").count() == MANY - 1
    assert Event.objects.filter(name="contract_drafted").count() == 1
    assert not Event.objects.filter(name="telling_failed").exists()
    told = [(event.subject_id, event.name) for event in Event.objects.filter(name__startswith="proposal_")]
    assert sorted(told) == sorted(
        (each.pk, "proposal_accepted" if each == won else "proposal_declined") for each in proposals
    )
    mailed = list(OutgoingMail.objects.values_list("to", flat=True))
    assert sorted(mailed) == sorted(each.coach.email for each in proposals)


def test_the_same_proposal_accepted_fifty_times_is_accepted_once(clock):
    request, [proposal] = proposals_on_one_request(1)
    student, now = request.student, clock.now()
    answers = at_once(lambda _n: accept_proposal(proposal, by=student, now=now, terms=1), range(MANY))
    assert answers.count("accepted") == 1
    assert set(answers) <= {"accepted", "already_accepted", "busy"}
    assert Event.objects.filter(name="proposal_accepted").count() == 1
    assert Event.objects.filter(name="contract_drafted").count() == 1
    assert OutgoingMail.objects.count() == 1


def test_a_coach_who_clicks_fifty_times_sends_one_proposal(clock):
    request, coach = LearningRequestFactory(), ProposalFactory().coach
    send = {"by": coach, "now": clock.now(), "answers": {}} | TERMS
    answers = at_once(lambda _n: propose(request, **send), range(MANY))
    assert answers.count("open") == 1
    assert set(answers) <= {"open", "already_proposed", "busy"}


def steps(proposal, now):
    """What both sides may do with one proposal at the same moment."""
    student, coach = proposal.request.student, proposal.coach
    return {
        "accept": lambda: accept_proposal(proposal, by=student, now=now, terms=1),
        "withdraw": lambda: withdraw_proposal(proposal, by=coach, now=now),
        "decline": lambda: decline_proposal(proposal, by=student, now=now),
        "edit": lambda: edit_proposal(proposal, by=coach, now=now, rate_cents=9000),
        "counter": lambda: offer_terms(proposal, by=student, now=now, rate_cents=3000),
        "close": lambda: close_request(proposal.request, by=student, now=now),
    }


@pytest.mark.parametrize("other", ["withdraw", "decline", "edit", "counter", "close"])
@pytest.mark.parametrize("round_", range(3))
def test_accepting_beside_another_step_ends_in_one_of_two_ways(clock, other, round_):
    proposal = ProposalFactory()
    first, second = ("accept", other) if round_ % 2 else (other, "accept")
    does = steps(proposal, clock.now())
    answers = dict(zip([first, second], at_once(lambda name: does[name](), [first, second]), strict=True))
    proposal.refresh_from_db()
    accepted = Event.objects.filter(name="contract_drafted").count()
    assert accepted == (proposal.state == "accepted") == (answers["accept"] == "accepted")
    if accepted:
        assert proposal.rate_cents == 5000
        assert proposal.request.state == "matched"
    elif other == "edit":
        assert (answers["accept"], proposal.rate_cents, proposal.state) == ("terms_changed", 9000, "open")
    else:
        assert answers["accept"] in {"proposal_not_open", "wrong_state"}
    assert [row for check in invariants for row in registry[check]()] == []


def test_fifty_offers_at_once_are_versions_in_order(clock):
    proposal, now = ProposalFactory(), clock.now()
    people = [proposal.coach, proposal.request.student]
    answers = at_once(lambda n: offer_terms(proposal, by=people[n % 2], now=now, rate_cents=4000 + n), range(MANY))
    kept = answers.count("done")
    assert set(answers) <= {"done", "too_many_versions", "busy"}
    assert list(proposal.thread.values_list("number", flat=True)) == list(range(1, kept + 2))
    assert kept <= 19
    assert [row for check in invariants for row in registry[check]()] == []


def test_an_answer_to_a_counter_offer_counts_once(clock):
    proposal, now = ProposalFactory(), clock.now()
    offer_terms(proposal, by=proposal.request.student, now=now, rate_cents=4500)
    answers = at_once(
        lambda n: (agree_to_terms if n % 2 else decline_terms)(proposal, by=proposal.coach, now=now, number=2),
        range(10),
    )
    assert answers.count("done") == 1
    assert Event.objects.filter(name__in=["terms_agreed", "terms_declined"]).count() == 1


def test_control_without_its_lock_a_version_is_lost(clock, monkeypatch):
    proposal, now = ProposalFactory(), clock.now()
    both_have_read = Barrier(2)

    def read_only(row):
        fresh = type(row).objects.get(pk=row.pk)
        both_have_read.wait(timeout=30)
        return fresh

    monkeypatch.setattr(terms_module, "locked", read_only)
    broken = []

    def offer(rate):
        try:
            return offer_terms(proposal, by=proposal.coach, now=now, rate_cents=rate)
        except IntegrityError as error:
            broken.append(str(error))

    at_once(offer, [4100, 4200])
    assert len(broken) == 1
    assert "terms_have_an_order" in broken[0]


def test_control_without_lock_and_constraint_several_win(clock, monkeypatch):
    request, proposals = proposals_on_one_request(2)
    both_have_read = Barrier(2)

    def read_only(row):
        fresh = type(row).objects.get(pk=row.pk)
        if isinstance(row, Proposal):
            both_have_read.wait(timeout=30)
        return fresh

    monkeypatch.setattr(module, "locked", read_only)
    monkeypatch.setattr(module, "decline_open", lambda *args, **named: None)
    student, now = request.student, clock.now()
    with connection.cursor() as cursor:
        cursor.execute(ONE_ACCEPTED)
        try:
            answers = at_once(lambda proposal: accept_proposal(proposal, by=student, now=now), proposals)
            assert answers == ["accepted", "accepted"]
        finally:
            Proposal.objects.update(state="declined")
            cursor.execute(RESTORED)
