"""What contracts do when something happens on the floors below."""

from accounts.models import Role, User
from contracts import operations, policy
from contracts.events import CONTRACT_CANCELLED, CONTRACT_COMPLETED, CONTRACT_DECLINED, CONTRACT_EXPIRED
from contracts.models import Contract, Mark
from core.events import on
from core.models import Event
from marketplace.events import PROPOSAL_ACCEPTED
from marketplace.models import Proposal
from marketplace.operations import free_request
from payments.events import PAYMENT_SETTLED, REFUND_FAILED, REFUND_MADE
from payments.models import Payment, Refund
from scheduling.events import (
    GROUP_TOO_SMALL,
    HOLD_DROPPED,
    HOLD_EXPIRED,
    PROBLEM_REPORTED,
    PROBLEM_WITHDRAWN,
    SEAT_EXPIRED,
    SEAT_LEFT,
    SESSION_CANCELLED,
    SESSION_CONFIRMED,
    SESSION_DECLINED,
    SESSION_ENDED,
    SESSION_GIVEN_BACK,
    SESSION_SCHEDULED,
    SESSION_SETTLED,
    SESSION_UNANSWERED,
    SESSION_WITHDRAWN,
)
from scheduling.models import Participant, Problem, Session


@on(PROPOSAL_ACCEPTED)
def draft_its_contract(proposal: Proposal, event: Event) -> None:
    operations.draft_contract(proposal, by=event.by, now=event.at)


@on(CONTRACT_CANCELLED, CONTRACT_DECLINED, CONTRACT_EXPIRED)
def free_its_request(contract: Contract, event: Event) -> None:
    if contract.proposal:
        free_request(contract.proposal, by=event.by, now=event.at)


@on(CONTRACT_CANCELLED, CONTRACT_COMPLETED, SESSION_CANCELLED, SESSION_ENDED)
def ask_no_second_person(row: Contract | Session, event: Event) -> None:
    operations.drop_approval(row, now=event.at)


@on(PAYMENT_SETTLED)
def take_the_money(payment: Payment, event: Event) -> None:
    operations.receive_payment(payment, now=event.at)


@on(SESSION_SCHEDULED)
def confirm_its_booking(session: Session, event: Event) -> None:
    operations.book(session, now=event.at)


@on(SESSION_GIVEN_BACK)
def free_its_booking(session: Session, event: Event) -> None:
    operations.unbook(session)


@on(SESSION_ENDED, SESSION_SETTLED)
def settle_its_money(session: Session, event: Event) -> None:
    operations.settle_session(session, outcome=event.facts["outcome"], now=event.at)


@on(SESSION_ENDED, SESSION_SETTLED)
def count_what_was_done(session: Session, event: Event) -> None:
    """Once: a group is settled seat by seat, and has an outcome of its own only when none of them is open."""
    if session.outcome == Session.Outcome.COMPLETED:
        operations.count_session(session)


@on(SESSION_CONFIRMED)
def release_its_money(session: Session, event: Event) -> None:
    operations.release_on_confirmation(session, by=User.objects.get(pk=event.by_id), now=event.at)


@on(REFUND_MADE)
def cancel_what_was_refunded(refund: Refund, event: Event) -> None:
    operations.give_back(refund, now=event.at)


@on(REFUND_FAILED)
def settle_what_was_not_refunded(refund: Refund, event: Event) -> None:
    operations.settle_after_all(refund, now=event.at)
    operations.freeze_again(refund, now=event.at)


@on(HOLD_EXPIRED)
def end_what_was_not_paid(session: Session, event: Event) -> None:
    operations.end_unpaid_booking(session, state=Contract.State.EXPIRED, by=None, now=event.at)


@on(HOLD_DROPPED, SESSION_CANCELLED)
def end_what_was_called_off(session: Session, event: Event) -> None:
    operations.end_unpaid_booking(session, state=Contract.State.CANCELLED, by=event.by, now=event.at)


@on(SESSION_DECLINED, SESSION_WITHDRAWN, SESSION_UNANSWERED)
def return_its_money(session: Session, event: Event) -> None:
    operations.return_money_of_request(session, reason=event.name, by=event.by, now=event.at)


@on(PROBLEM_REPORTED)
def keep_what_is_reported(problem: Problem, event: Event) -> None:
    operations.freeze_reported(problem, now=event.at)


@on(PROBLEM_WITHDRAWN)
def let_it_go_its_way(problem: Problem, event: Event) -> None:
    operations.thaw_reported(problem, now=event.at)


@on(SESSION_ENDED, SESSION_SETTLED)
def mark_an_absent_coach(session: Session, event: Event) -> None:
    if session.outcome == Session.Outcome.COACH_ABSENT:
        operations.mark_coach(session, reason=Mark.Reason.ABSENCE, now=event.at)


@on(SESSION_CANCELLED)
def mark_a_late_cancellation(session: Session, event: Event) -> None:
    facts = event.facts
    role, notice = facts["role"], facts["notice_minutes"]
    reason = policy.mark_of(session.kind, facts["was"], role, notice, session.terms)
    if reason and session.has_students:  # nobody is failed by a group that nobody has joined
        operations.mark_coach(session, reason=reason, now=event.at)


@on(SEAT_LEFT)
def mark_a_seat_taken_away_late(session: Session, event: Event) -> None:
    taken_away = event.facts["role"] == Role.COACH and event.facts["was"] == Participant.State.TAKEN
    if taken_away and (reason := operations.failing_of(session, now=event.at).reason):
        operations.mark_coach(session, reason=reason, now=event.at)


@on(SEAT_EXPIRED)
def end_seat_that_was_not_paid(session: Session, event: Event) -> None:
    operations.end_unpaid_seat(session, student=event.facts["student"], state=Contract.State.EXPIRED, now=event.at)


@on(SEAT_LEFT)
def end_seat_that_was_given_up(session: Session, event: Event) -> None:
    operations.end_unpaid_seat(session, student=event.facts["student"], state=Contract.State.CANCELLED, now=event.at)


@on(SESSION_CANCELLED)
def end_seats_of_what_was_called_off(session: Session, event: Event) -> None:
    if session.kind == Session.Kind.GROUP:
        operations.end_all_unpaid_seats(session, now=event.at)


@on(GROUP_TOO_SMALL)
def return_seats_of_what_was_too_small(session: Session, event: Event) -> None:
    operations.return_all_seats(session, now=event.at)
