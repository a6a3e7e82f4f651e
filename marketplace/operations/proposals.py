from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User
from accounts.operations import relate
from core.events import record
from core.models import locked
from core.money import as_text
from core.operations import operation
from core.refused import Refused
from core.registry import count_done
from marketplace.events import (
    PROPOSAL_ACCEPTED,
    PROPOSAL_DECLINED,
    PROPOSAL_EXPIRED,
    PROPOSAL_SENT,
    PROPOSAL_WITHDRAWN,
)
from marketplace.models import LearningRequest, Proposal, ScreeningAnswer
from marketplace.operations.requests import BATCH, decline_open
from marketplace.policy import MAX_ANSWER, MAX_TOTAL_CENTS, minimum_session_cents, proposal_until

State = Proposal.State


@operation
def propose(
    request: LearningRequest, *, by: User, now: datetime, answers: Mapping[int, str], **fields: Any
) -> Proposal:
    """Offer to teach, in the coach's own currency, with an answer (by question id) to every screening question."""
    request = locked(request)
    profile = CoachProfile.objects.public().filter(user=by).first()
    if profile is None:
        raise Refused(_("You can send proposals once your coach profile is approved."), code="coach_not_approved")
    if request.student_id == by.pk:
        raise Refused(_("This is your own request."), code="own_request")
    if not request.takes_proposals(now):
        raise Refused(_("This request takes no proposals any more."), code="request_not_open")
    if request.proposals.open().filter(coach=by).exists():
        raise Refused(_("You have an open proposal on this request already."), code="already_proposed")
    answered = _answers(request, answers)
    proposal = Proposal(
        request=request, coach=by, currency=profile.currency, created_at=now, expires_at=proposal_until(now), **fields
    )
    _check_price(proposal)
    proposal.save()
    ScreeningAnswer.objects.bulk_create(
        ScreeningAnswer(proposal=proposal, question_id=question, text=text) for question, text in answered.items()
    )
    relate(request.student, by, now=now)
    record(proposal, PROPOSAL_SENT, by=by, at=now)
    return proposal


@operation
def accept_proposal(proposal: Proposal, *, by: User, now: datetime) -> Proposal:
    """Choose this proposal and no other: the request is matched, the other open proposals are declined."""
    request = locked(proposal.request)
    proposal = locked(proposal)
    if request.student_id != by.pk:
        raise PermissionDenied
    if proposal.state == State.ACCEPTED:
        raise Refused(_("You have accepted this proposal already."), code="already_accepted")
    if request.state == LearningRequest.State.MATCHED:
        raise Refused(_("You have accepted another proposal on this request."), code="request_matched")
    _still_open(proposal, now)
    proposal.accepted_at, proposal.accepted_terms = now, True
    proposal.move_to(State.ACCEPTED, "accepted_at", "accepted_terms")
    request.move_to(LearningRequest.State.MATCHED)
    decline_open(request, by=by, now=now, reason="another_accepted")
    record(proposal, PROPOSAL_ACCEPTED, by=by, at=now)
    return proposal


@operation
def decline_proposal(proposal: Proposal, *, by: User, now: datetime) -> Proposal:
    """The student does not want this proposal; the request stays as it is."""
    proposal = locked(proposal)
    if not proposal.may_be_decided_by(by):
        raise PermissionDenied
    _still_open(proposal, now)
    proposal.move_to(State.DECLINED)
    record(proposal, PROPOSAL_DECLINED, by=by, at=now, reason="declined")
    return proposal


@operation
def withdraw_proposal(proposal: Proposal, *, by: User, now: datetime) -> Proposal:
    """The coach takes an open proposal back, and may send another one."""
    proposal = locked(proposal)
    if not proposal.may_be_withdrawn_by(by):
        raise PermissionDenied
    _still_open(proposal, now)
    proposal.move_to(State.WITHDRAWN)
    record(proposal, PROPOSAL_WITHDRAWN, by=by, at=now)
    return proposal


def expire_proposals(*, now: datetime) -> int:
    """End the proposals that nobody decided in time, a batch at once; how many."""
    return count_done(Proposal.objects.due(now).order_by("pk")[:BATCH], lambda row: _expire(row, now=now))


@operation
def _expire(proposal: Proposal, *, now: datetime) -> bool:
    due = Proposal.objects.due(now).filter(pk=proposal.pk)
    row = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if row:
        row.move_to(State.EXPIRED)
        record(row, PROPOSAL_EXPIRED, by=None, at=now)
    return row is not None


def _still_open(proposal: Proposal, now: datetime) -> None:
    if not proposal.is_open or proposal.expires_at <= now:
        raise Refused(_("This proposal is not open any more."), code="proposal_not_open")


def _answers(request: LearningRequest, answers: Mapping[int, str]) -> dict[int, str]:
    questions = request.screening_questions.values_list("pk", flat=True)
    answered = {question: answers.get(question, "").strip() for question in questions}
    if not all(answered.values()) or set(answers) - set(answered):
        raise Refused(_("Answer each question of the student."), code="answers_missing", field="answers")
    if any(len(text) > MAX_ANSWER for text in answered.values()):
        raise Refused(_("An answer has at most 1000 characters."), code="answer_too_long", field="answers")
    return answered


def _check_price(proposal: Proposal) -> None:
    least = minimum_session_cents(proposal.currency)
    if proposal.session_price_cents < least:
        raise Refused(
            _("One session must cost at least %(amount)s.") % {"amount": as_text(least, proposal.currency)},
            code="below_minimum",
            field="rate",
        )
    if proposal.expected_total_cents > MAX_TOTAL_CENTS:
        raise Refused(
            _("All sessions together may cost at most %(amount)s.")
            % {"amount": as_text(MAX_TOTAL_CENTS, proposal.currency)},
            code="above_maximum",
            field="rate",
        )
