"""Twenty clicks at the same moment; each proof has a control that fails when the lock is taken away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from core.models import Event
from core.refused import Refused
from marketplace.models import LearningRequest, Proposal
from marketplace.operations import accept_proposal, propose
from marketplace.operations import proposals as module
from marketplace.tests.factories import LearningRequestFactory, ProposalFactory
from marketplace.tests.test_operations import TERMS

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20
ONE_ACCEPTED = 'DROP INDEX "one_accepted_proposal_per_request"'
RESTORED = (
    'CREATE UNIQUE INDEX "one_accepted_proposal_per_request" ON marketplace_proposal (request_id) '
    "WHERE state = 'accepted'"
)


def at_once(work, items):
    """What `work` gives for each item when all start together: the row's state, or the code of the refusal."""
    start = Barrier(len(items))

    def run(item):
        try:
            start.wait(timeout=30)
            return work(item).state
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(run, items))


def proposals_on_one_request(count):
    request = LearningRequestFactory()
    return request, [ProposalFactory(request=request) for _number in range(count)]


def test_of_twenty_proposals_accepted_at_once_exactly_one_wins(clock):
    request, proposals = proposals_on_one_request(MANY)
    student, now = request.student, clock.now()
    answers = at_once(lambda proposal: accept_proposal(proposal, by=student, now=now), proposals)
    assert answers.count("accepted") == 1
    assert set(answers) <= {"accepted", "request_matched", "busy"}
    assert Proposal.objects.filter(state="accepted").count() == 1
    assert Proposal.objects.filter(state="declined").count() == MANY - 1
    assert LearningRequest.objects.get().state == "matched"
    assert Event.objects.filter(name="proposal_accepted").count() == 1
    assert Event.objects.filter(name="proposal_declined").count() == MANY - 1


def test_the_same_proposal_accepted_twenty_times_is_accepted_once(clock):
    request, [proposal] = proposals_on_one_request(1)
    student, now = request.student, clock.now()
    answers = at_once(lambda _n: accept_proposal(proposal, by=student, now=now), range(MANY))
    assert answers.count("accepted") == 1
    assert Event.objects.filter(name="proposal_accepted").count() == 1


def test_a_coach_who_clicks_twenty_times_sends_one_proposal(clock):
    request, coach = LearningRequestFactory(), ProposalFactory().coach
    send = {"by": coach, "now": clock.now(), "answers": {}} | TERMS
    answers = at_once(lambda _n: propose(request, **send), range(MANY))
    assert answers.count("open") == 1
    assert set(answers) <= {"open", "already_proposed", "busy"}


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
