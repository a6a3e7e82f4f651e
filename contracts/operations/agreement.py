"""From an accepted proposal to a contract that both want, or to its end."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from contracts import events, policy
from contracts.models import Contract
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from marketplace.models import Proposal
from marketplace.policy import expected_total
from payments.operations import close_checkout, open_escrow
from payments.policy import fee_basis_points, plan_portions


@operation
def draft_contract(proposal: Proposal, *, by: User, now: datetime) -> Contract:
    """Freeze an accepted proposal's terms into a contract, with its money in as many portions as sessions."""
    total = expected_total(
        proposal.payment_model, proposal.rate_cents, proposal.session_count, proposal.session_minutes
    )
    fee = fee_basis_points("contract")
    number = _next_number(now)
    student = proposal.request.student
    escrow = open_escrow(
        payer=student,
        payee=proposal.coach,
        currency=proposal.currency,
        label=number,
        portions=plan_portions(total, proposal.session_count, fee),
    )
    contract = Contract.objects.create(
        number=number,
        origin=Contract.Origin.PROPOSAL,
        student=student,
        coach=proposal.coach,
        proposal=proposal,
        escrow=escrow,
        title=proposal.request.title,
        payment_model=proposal.payment_model,
        rate_cents=proposal.rate_cents,
        session_count=proposal.session_count,
        session_minutes=proposal.session_minutes,
        total_cents=total,
        fee_basis_points=fee,
        policy=policy.terms_of_today(),
        time_zone=student.time_zone,
        created_at=now,
        expires_at=policy.draft_due(now),
    )
    record(contract, events.CONTRACT_DRAFTED, by=by, at=now, total_cents=total)
    return contract


def _next_number(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('contract_number')")
        return policy.number(now.year, cursor.fetchone()[0])


@operation
def send_contract(
    contract: Contract,
    *,
    by: User,
    now: datetime,
    learning_outcomes: str = "",
    note: str = "",
    start_date: date | None = None,
) -> Contract:
    """The student adds goals and a start date and sends the draft to the coach."""
    contract = locked(contract)
    if contract.student_id != by.pk:
        raise PermissionDenied
    contract.learning_outcomes, contract.note, contract.start_date = learning_outcomes, note, start_date
    contract.expires_at = policy.answer_due(now)
    contract.move_to(Contract.State.AWAITING_COACH, "learning_outcomes", "note", "start_date", "expires_at")
    record(contract, events.CONTRACT_SENT, by=by, at=now)
    return contract


@operation
def accept_contract(contract: Contract, *, by: User, now: datetime) -> Contract:
    """The coach agrees; the student may pay."""
    contract = locked(contract)
    if contract.coach_id != by.pk:
        raise PermissionDenied
    _refuse_when_late(contract, now)
    contract.expires_at = policy.payment_due(now, contract.policy)
    contract.move_to(Contract.State.AWAITING_PAYMENT, "expires_at")
    record(contract, events.CONTRACT_ACCEPTED, by=by, at=now)
    return contract


@operation
def decline_contract(contract: Contract, *, by: User, now: datetime) -> Contract:
    """The coach does not want this contract after all."""
    contract = locked_with_its_money(contract)
    if contract.coach_id != by.pk:
        raise PermissionDenied
    _refuse_when_late(contract, now)
    _end(contract, Contract.State.DECLINED, now)
    record(contract, events.CONTRACT_DECLINED, by=by, at=now)
    return contract


@operation
def cancel_contract(contract: Contract, *, by: User, now: datetime) -> Contract:
    """Either party calls a contract off before it is paid."""
    contract = locked_with_its_money(contract)
    if by.pk not in {contract.student_id, contract.coach_id}:
        raise PermissionDenied
    if contract.state not in Contract.OPEN_STEPS:
        raise Refused(_("Only a contract that is not paid yet can be called off here."), code="not_open")
    _end(contract, Contract.State.CANCELLED, now)
    record(contract, events.CONTRACT_CANCELLED, by=by, at=now)
    return contract


@operation
def expire_contract(contract: Contract, *, now: datetime) -> Contract:
    """End a contract whose open step nobody took in time."""
    contract = locked_with_its_money(contract)
    if contract.state in Contract.OPEN_STEPS and contract.is_overdue(now):
        step = contract.state
        _end(contract, Contract.State.EXPIRED, now)
        record(contract, events.CONTRACT_EXPIRED, by=None, at=now, step=step)
    return contract


def locked_with_its_money(contract: Contract) -> Contract:
    """The contract under lock after its escrow, in the order in which a payment that arrives takes them."""
    locked(contract.escrow)
    return locked(contract)


def _end(contract: Contract, state: str, now: datetime) -> None:
    """An ended contract takes no money any more: its open Checkout is closed at Stripe as well."""
    contract.ended_at, contract.expires_at = now, None
    contract.move_to(state, "ended_at", "expires_at")
    close_checkout(contract.escrow, now=now)


def _refuse_when_late(contract: Contract, now: datetime) -> None:
    if contract.state == Contract.State.AWAITING_COACH and contract.is_overdue(now):
        raise Refused(_("The time to answer this contract is over."), code="expired")
