from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.tests.factories import StudentFactory
from contracts import events, operations
from contracts.models import Contract
from contracts.tasks import expire_open_steps
from contracts.tests.factories import accepted, drafted, sent
from core.models import Event
from core.refused import Refused
from marketplace.operations import accept_proposal, agree_to_terms, offer_terms
from marketplace.tests.factories import ProposalFactory
from payments.models import Payment

pytestmark = pytest.mark.django_db


def happened(contract):
    return list(Event.objects.about(contract).values_list("name", flat=True))


def test_an_accepted_proposal_becomes_a_draft_with_its_terms_frozen():
    contract = drafted(rate_cents=3333, session_count=3, session_minutes=45)
    assert contract.state == "draft"
    assert contract.number.startswith("SKZ-")
    assert (contract.total_cents, contract.session_count, contract.session_minutes) == (9999, 3, 45)
    assert contract.fee_basis_points == 1500
    assert contract.policy["release_completed_hours"] == 24
    assert happened(contract) == [events.CONTRACT_DRAFTED]


def test_a_contract_has_exactly_the_terms_that_were_agreed_after_haggling(clock):
    proposal, now = ProposalFactory(), clock.now()
    student = proposal.request.student
    offered = {"payment_model": "per_hour", "rate_cents": 4550, "session_count": 7, "session_minutes": 50}
    offer_terms(proposal, by=student, now=now, **offered)
    agree_to_terms(proposal, by=proposal.coach, now=now)
    offer_terms(proposal, by=student, now=now, rate_cents=1500)  # not answered, so not agreed
    accept_proposal(proposal, by=student, now=now, terms=2)
    contract, agreed = Contract.objects.get(), proposal.thread.get(number=2)
    assert {name: getattr(contract, name) for name in offered} == offered == agreed.figures
    assert contract.total_cents == agreed.expected_total_cents == 26542  # 5 h 50 at 45.50
    assert sum(contract.escrow.portions.values_list("gross_cents", flat=True)) == 26542
    assert contract.escrow.portions.count() == 7


def test_the_money_of_a_contract_lies_in_as_many_portions_as_sessions_and_adds_up():
    contract = drafted(payment_model="per_hour", rate_cents=2000, session_count=3, session_minutes=50)
    portions = list(contract.escrow.portions.values_list("number", "gross_cents", "fee_cents"))
    assert contract.total_cents == 5000  # 2 h 30 at 20.00
    assert portions == [(1, 1666, 250), (2, 1666, 250), (3, 1668, 250)]


def test_two_contracts_never_get_the_same_number():
    assert drafted().number != drafted().number


def test_a_draft_is_the_students_own_until_it_is_sent():
    contract = drafted()
    start = contract.created_at.date() + timedelta(days=10)
    assert not Contract.objects.of(contract.coach).exists()
    operations.send_contract(
        contract,
        by=contract.student,
        now=contract.created_at,
        learning_outcomes="Order food",
        start_date=start,
    )
    seen = Contract.objects.of(contract.coach).get()
    assert (seen.state, seen.outcomes, seen.start_date) == ("awaiting_coach", ["Order food"], start)
    assert seen.expires_at == contract.created_at + timedelta(days=7)


def test_only_the_student_sends_a_draft():
    contract = drafted()
    for person in (contract.coach, StudentFactory()):
        with pytest.raises(PermissionDenied):
            operations.send_contract(contract, by=person, now=contract.created_at)


def test_a_draft_is_sent_once(clock):
    contract = sent()
    with pytest.raises(Refused) as refusal:
        operations.send_contract(contract, by=contract.student, now=clock.now())
    assert refusal.value.code == "wrong_state"


def test_the_coach_accepts_and_the_student_gets_a_week_to_pay(clock):
    contract, now = sent(), clock.now()
    contract = operations.accept_contract(contract, by=contract.coach, now=now)
    assert (contract.state, contract.expires_at) == ("awaiting_payment", now + timedelta(days=7))


@pytest.mark.parametrize("operation", [operations.accept_contract, operations.decline_contract])
def test_only_the_coach_answers_and_only_once(operation, clock):
    contract = sent()
    for person in (contract.student, StudentFactory()):
        with pytest.raises(PermissionDenied):
            operation(contract, by=person, now=clock.now())
    operation(contract, by=contract.coach, now=clock.now())
    with pytest.raises(Refused) as refusal:
        operation(contract, by=contract.coach, now=clock.now())
    assert refusal.value.code == "wrong_state"


def test_an_answer_after_a_week_is_too_late(clock):
    contract = sent()
    with pytest.raises(Refused) as refusal:
        operations.accept_contract(contract, by=contract.coach, now=contract.expires_at)
    assert refusal.value.code == "expired"


def test_a_declined_contract_takes_no_money():
    contract = sent()
    operations.decline_contract(contract, by=contract.coach, now=contract.created_at)
    contract.refresh_from_db()
    assert (contract.state, contract.ended_at, contract.expires_at) == ("declined", contract.created_at, None)
    with pytest.raises(Refused) as refusal:
        operations.start_payment(contract, by=contract.student, now=contract.created_at)
    assert refusal.value.code == "not_payable"


@pytest.mark.parametrize("make", [drafted, sent, accepted])
def test_either_party_calls_an_unpaid_contract_off(make, clock):
    for party in ("student", "coach"):
        contract = make()
        contract = operations.cancel_contract(contract, by=getattr(contract, party), now=clock.now())
        assert contract.state == "cancelled"


def test_a_stranger_calls_nothing_off(clock):
    with pytest.raises(PermissionDenied):
        operations.cancel_contract(sent(), by=StudentFactory(), now=clock.now())


def test_a_cancelled_contract_is_not_called_off_again(clock):
    contract = sent()
    operations.cancel_contract(contract, by=contract.student, now=clock.now())
    with pytest.raises(Refused) as refusal:
        operations.cancel_contract(contract, by=contract.coach, now=clock.now())
    assert refusal.value.code == "not_open"


@pytest.mark.parametrize("make", [drafted, sent, accepted])
def test_a_step_that_nobody_takes_ends_the_contract_once(make):
    contract = make()
    before = contract.expires_at - timedelta(seconds=1)
    assert expire_open_steps(before) == 0
    assert expire_open_steps(contract.expires_at) == 1
    assert expire_open_steps(contract.expires_at) == 0
    assert happened(contract)[-1] == events.CONTRACT_EXPIRED


def test_calling_off_closes_the_open_checkout(clock, standin, drain):
    contract = accepted()
    payment = operations.start_payment(contract, by=contract.student, now=clock.now())
    operations.cancel_contract(contract, by=contract.coach, now=clock.now())
    drain()
    assert Payment.objects.get(pk=payment.pk).state == "failed"
