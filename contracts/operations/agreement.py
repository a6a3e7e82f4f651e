"""From an accepted proposal to a contract that both want, or to its end."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Role, User
from contracts import events, policy
from contracts.models import ChangeRequest, Contract
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from marketplace.models import Proposal
from marketplace.policy import expected_total
from payments.operations import close_checkout, open_escrow
from payments.policy import fee_basis_points, plan_portions
from scheduling.operations import drop_hold, leave_seat


@operation
def draft_contract(proposal: Proposal, *, by: User, now: datetime) -> Contract:
    """Freeze an accepted proposal's terms into a contract, with its money in as many portions as sessions."""
    contract = begin_contract(
        student=proposal.request.student,
        coach=proposal.coach,
        currency=proposal.currency,
        figures=proposal.figures,
        now=now,
        origin=Contract.Origin.PROPOSAL,
        proposal=proposal,
        title=proposal.request.title,
        expires_at=policy.draft_due(now),
    )
    record(contract, events.CONTRACT_DRAFTED, by=by, at=now, total_cents=contract.total_cents)
    return contract


def begin_contract(
    *, student: User, coach: User, currency: str, figures: Mapping[str, Any], now: datetime, **columns: Any
) -> Contract:
    """A new contract at these figures with an escrow of its own, at today's fee and policy; nobody is told yet."""
    total, fee, number = expected_total(**figures), fee_basis_points("contract", now), next_number(now)
    portions = plan_portions(total, figures["session_count"], fee)
    escrow = open_escrow(payer=student, payee=coach, currency=currency, label=number, portions=portions)
    return Contract.objects.create(
        number=number,
        student=student,
        coach=coach,
        escrow=escrow,
        total_cents=total,
        fee_basis_points=fee,
        policy=policy.terms_of_today(now),
        time_zone=student.time_zone,
        created_at=now,
        **figures,
        **columns,
    )


def next_number(now: datetime) -> str:
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
    if contract.student_id != by.pk or contract.is_coachs_idea:
        raise PermissionDenied
    refuse_when_late(contract, now)
    refuse_start(start_date, contract.time_zone, now)
    contract.learning_outcomes, contract.note, contract.start_date = learning_outcomes, note, start_date
    contract.expires_at = policy.answer_due(now, contract.policy)
    contract.move_to(Contract.State.AWAITING_COACH, "learning_outcomes", "note", "start_date", "expires_at")
    record(contract, events.CONTRACT_SENT, by=by, at=now)
    return contract


@operation
def accept_contract(contract: Contract, *, by: User, now: datetime) -> Contract:
    """The coach agrees, or the student to a coach's idea; the student may pay."""
    contract = locked(contract)
    _refuse_answer(contract, by, now)
    if contract.change_requests.filter(state=ChangeRequest.State.OPEN).exists():
        sentence = _("You have asked for other terms. Take that back first if these are fine after all.")
        raise Refused(sentence, code="change_open")
    contract.expires_at = policy.payment_due(now, contract.policy)
    contract.move_to(Contract.State.AWAITING_PAYMENT, "expires_at")
    record(contract, events.CONTRACT_ACCEPTED, by=by, at=now)
    return contract


@operation
def decline_contract(contract: Contract, *, by: User, now: datetime, reason: str = "") -> Contract:
    """Who is to agree does not want this contract after all, and may say why."""
    contract = locked_with_its_money(contract)
    _refuse_answer(contract, by, now)
    _end(contract, Contract.State.DECLINED, now, reason)
    record(contract, events.CONTRACT_DECLINED, by=by, at=now)
    return contract


@operation
def cancel_contract(contract: Contract, *, by: User, now: datetime, reason: str = "") -> Contract:
    """Either party calls a contract off before it is paid, and may say why."""
    if contract.kind in Contract.HELD_KINDS:
        return _give_time_back(contract, by, now)
    contract = locked_with_its_money(contract)
    if by.pk not in {contract.student_id, contract.coach_id}:
        raise PermissionDenied
    step = contract.state
    _call_off(contract, now, reason)
    record(contract, events.CONTRACT_CANCELLED, by=by, at=now, step=step)
    return contract


@operation
def cancel_by_staff(contract: Contract, *, by: User, now: datetime, reason: str) -> Contract:
    """Staff call an unpaid contract off, with a reason that both parties read."""
    if not by.is_staff or not by.has_perm("contracts.change_contract"):
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Give a reason of at most 500 characters."), code="reason_missing", field="reason")
    contract = locked_with_its_money(contract)
    if contract.kind in Contract.HELD_KINDS:
        raise Refused(_("This ends by itself with the time that is kept for it."), code="held")
    step = contract.state
    _call_off(contract, now, reason)
    record(contract, events.CONTRACT_CANCELLED, by=by, at=now, step=step, role="staff")
    return contract


@operation
def expire_contract(contract: Contract, *, now: datetime) -> Contract:
    """End a contract whose open step nobody took in time."""
    contract = locked_with_its_money(contract)
    if Contract.objects.overdue(now).filter(pk=contract.pk).exists():
        step = contract.state
        _end(contract, Contract.State.EXPIRED, now)
        record(contract, events.CONTRACT_EXPIRED, by=None, at=now, step=step)
    return contract


@operation
def warn_of_end(contract: Contract, *, now: datetime) -> bool:
    """Tell once whoever is to act that the open step ends soon; whether it was told now."""
    row = locked(contract)
    if not Contract.objects.ending(now, policy.warned_until(now)).filter(pk=row.pk).exists():
        return False
    row.warned_for = row.expires_at
    row.save(update_fields=["warned_for"])
    role = Role.COACH if _waits_for_coach(row) else Role.STUDENT
    record(row, events.STEP_ENDING, by=None, at=now, step=row.state, role=role)
    return True


def locked_with_its_money(contract: Contract) -> Contract:
    """The contract under lock after its escrow, in the order in which a payment that arrives takes them."""
    locked(contract.escrow)
    return locked(contract)


def refuse_when_late(contract: Contract, now: datetime) -> None:
    if contract.state in Contract.OPEN_STEPS and contract.is_overdue(now):
        raise Refused(_("The time to answer this contract is over."), code="expired")


def refuse_start(start_date: date | None, time_zone: str, now: datetime) -> None:
    """A start date is today or later where the student is, and within a year."""
    if start_date is None:
        return
    today = now.astimezone(ZoneInfo(time_zone)).date()
    if start_date < today:
        raise Refused(_("This start date is over. Choose a later one."), code="past_start_date", field="start_date")
    if start_date > policy.latest_start(today):
        sentence = _("This start date is too far away. Choose one within a year.")
        raise Refused(sentence, code="far_start_date", field="start_date")


def _waits_for_coach(contract: Contract) -> bool:
    """Not while the coach's own wish for other terms waits for the student."""
    changing = contract.change_requests.filter(state=ChangeRequest.State.OPEN).exists()
    return contract.state == Contract.State.AWAITING_COACH and not changing


def _refuse_answer(contract: Contract, by: User, now: datetime) -> None:
    """Only who is to agree, only while it waits for that, only in time."""
    if contract.answered_by_id != by.pk:
        raise PermissionDenied
    if not contract.waits_for_agreement:
        raise Refused(_("This has changed in the meantime. Please look at it again."), code="wrong_state")
    refuse_when_late(contract, now)


def _give_time_back(contract: Contract, by: User, now: datetime) -> Contract:
    """A single session or a seat that nobody paid yet ends with the time that is kept for it."""
    if by.pk != contract.student_id:
        raise PermissionDenied
    session = locked(contract.bookings.get().session)  # before the look: a payment that arrives now waits, or was first
    contract.refresh_from_db(fields=["state"])
    _refuse_unless_open(contract)
    if contract.kind == Contract.Kind.GROUP:
        leave_seat(session, student=contract.student, by=by, now=now)
    else:
        drop_hold(session, by=by, now=now)
    contract.refresh_from_db()
    return contract


def _call_off(contract: Contract, now: datetime, reason: str) -> None:
    _refuse_unless_open(contract)
    _end(contract, Contract.State.CANCELLED, now, reason)


def _refuse_unless_open(contract: Contract) -> None:
    if contract.state not in Contract.OPEN_STEPS:
        raise Refused(_("Only a contract that is not paid yet can be called off here."), code="not_open")


def _end(contract: Contract, state: str, now: datetime, reason: str = "") -> None:
    """An ended contract takes no money any more: its open Checkout is closed at Stripe as well."""
    if len(reason.strip()) > policy.MAX_REASON:
        raise Refused(_("A reason has at most 500 characters."), code="reason_too_long", field="reason")
    contract.ended_at, contract.expires_at, contract.end_reason = now, None, reason.strip()
    contract.move_to(state, "ended_at", "expires_at", "end_reason")
    for change in contract.change_requests.filter(state=ChangeRequest.State.OPEN):
        change.answered_at = now
        change.move_to(ChangeRequest.State.ENDED, "answered_at")
    close_checkout(contract.escrow, now=now)
