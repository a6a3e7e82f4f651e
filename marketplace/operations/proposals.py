"""A proposal from the first word to the last: sent, edited, accepted, declined, withdrawn, expired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, Role, User, lock_members
from accounts.operations import relate
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from core.registry import count_done
from core.words import shown
from marketplace.events import (
    PROPOSAL_ACCEPTED,
    PROPOSAL_DECLINED,
    PROPOSAL_EDITED,
    PROPOSAL_EXPIRED,
    PROPOSAL_SENT,
    PROPOSAL_WITHDRAWN,
)
from marketplace.models import DeclineReason, LearningRequest, Proposal, ScreeningAnswer, Terms
from marketplace.operations.invitations import answer_invitations
from marketplace.operations.requests import BATCH, decline_open
from marketplace.operations.terms import (
    check_figures,
    put_forward,
    refuse_unless_open,
    refuse_unless_seen,
    terms_changed,
)
from marketplace.policy import MAX_ANSWER, MAX_REASON, MIN_LETTER, proposal_until

WORDS = ("cover_letter", "approach_summary")
State = Proposal.State


@operation
def propose(
    request: LearningRequest, *, by: User, now: datetime, answers: Mapping[int, str], **fields: Any
) -> Proposal:
    """Offer to teach, in the coach's own currency, with an answer (by question id) to every screening question."""
    lock_members([by.pk, request.student_id])
    request = locked(request)
    profile = _check_coach(request, by, now)
    answered = _answers(request, answers)
    _refuse_unreadable(fields["cover_letter"])
    proposal = Proposal(
        request=request, coach=by, currency=profile.currency, created_at=now, expires_at=proposal_until(now), **fields
    )
    check_figures(proposal.figures, proposal.currency, now)
    proposal.save()
    Terms.objects.create(
        proposal=proposal,
        number=proposal.terms_number,
        offered_by=Role.COACH,
        payment_schedule=proposal.payment_schedule,
        offered_at=now,
        **proposal.figures,
    )
    _write_answers(proposal, answered)
    relate(request.student, by, now=now)
    answer_invitations(request, coach=by, now=now)
    record(proposal, PROPOSAL_SENT, by=by, at=now)
    return proposal


@operation
def edit_proposal(
    proposal: Proposal,
    *,
    by: User,
    now: datetime,
    answers: Mapping[int, str] | None = None,
    seen: int | None = None,
    **changes: Any,
) -> Proposal:
    """Change the words of an open proposal; other figures are a new version of its terms, as in a counter-offer."""
    proposal = locked(proposal)
    if not proposal.may_be_withdrawn_by(by):
        raise PermissionDenied
    refuse_unless_open(proposal, now)
    figures = proposal.figures | {name: changes[name] for name in proposal.FIGURES if name in changes}
    has_new_terms = figures != proposal.figures
    if _rewrite(proposal, changes, answers):
        proposal.edited_at = now
        proposal.save(update_fields=[*WORDS, "edited_at"])
        record(proposal, PROPOSAL_EDITED, by=by, at=now, has_new_terms=has_new_terms)
    if has_new_terms:
        refuse_unless_seen(proposal, seen)
        put_forward(proposal, figures, side=Role.COACH, by=by, now=now)
    return proposal


@operation
def accept_proposal(proposal: Proposal, *, by: User, now: datetime, terms: int | None = None) -> Proposal:
    """Choose this proposal and no other, on the terms that were seen: the request is matched, the others end."""
    request = locked(proposal.request)
    proposal = locked(proposal)
    if request.student_id != by.pk:
        raise PermissionDenied
    if proposal.state == State.ACCEPTED:
        raise Refused(_("You have accepted this proposal already."), code="already_accepted")
    if request.state == LearningRequest.State.MATCHED:
        raise Refused(_("You have accepted another proposal on this request."), code="request_matched")
    refuse_unless_open(proposal, now)
    if terms not in {None, proposal.terms_number}:
        raise terms_changed()
    proposal.accepted_at, proposal.accepted_terms = now, True
    proposal.move_to(State.ACCEPTED, "accepted_at", "accepted_terms")
    request.move_to(LearningRequest.State.MATCHED)
    decline_open(request, by=by, now=now, reason=DeclineReason.ANOTHER_ACCEPTED)
    record(proposal, PROPOSAL_ACCEPTED, by=by, at=now, terms=proposal.terms_number)
    return proposal


@operation
def decline_proposal(proposal: Proposal, *, by: User, now: datetime, because: str = "", reason: str = "") -> Proposal:
    """The student does not want this proposal and may say why; the request stays as it is."""
    proposal = locked(proposal)
    if not proposal.may_be_decided_by(by):
        raise PermissionDenied
    refuse_unless_open(proposal, now)
    if len(reason.strip()) > MAX_REASON:
        raise Refused(_("A reason has at most 500 characters."), code="reason_too_long", field="reason")
    proposal.declined_because, proposal.decline_reason = because, reason.strip()
    proposal.move_to(State.DECLINED, "declined_because", "decline_reason")
    record(proposal, PROPOSAL_DECLINED, by=by, at=now, reason=because or "declined")
    return proposal


@operation
def withdraw_proposal(proposal: Proposal, *, by: User, now: datetime) -> Proposal:
    """The coach takes an open proposal back, and may send another one."""
    proposal = locked(proposal)
    if not proposal.may_be_withdrawn_by(by):
        raise PermissionDenied
    refuse_unless_open(proposal, now)
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


def _check_coach(request: LearningRequest, coach: User, now: datetime) -> CoachProfile:
    profile = CoachProfile.objects.public().filter(user=coach).first()
    if profile is None:
        raise Refused(_("You can send proposals once your coach profile is approved."), code="coach_not_approved")
    if profile.is_hidden:
        raise Refused(_("You can send proposals again once your profile is shown again."), code="hidden")
    if request.student_id == coach.pk:
        raise Refused(_("This is your own request."), code="own_request")
    if not request.takes_proposals(now):
        raise Refused(_("This request takes no proposals any more."), code="request_not_open")
    if request.proposals.open().filter(coach=coach).exists():
        raise Refused(_("You have an open proposal on this request already."), code="already_proposed")
    return profile


def _rewrite(proposal: Proposal, changes: Mapping[str, Any], answers: Mapping[int, str] | None) -> bool:
    """Put other words and answers in; whether anything is different now."""
    words = {name: changes[name] for name in WORDS if name in changes and changes[name] != getattr(proposal, name)}
    _refuse_unreadable(words.get("cover_letter", proposal.cover_letter))
    for name, text in words.items():
        setattr(proposal, name, text)
    given = {answer.question_id: answer.text for answer in proposal.answers.all()}
    answered = _answers(proposal.request, given | dict(answers)) if answers else given
    if answered != given:
        proposal.answers.all().delete()
        _write_answers(proposal, answered)
    return bool(words) or answered != given


def _refuse_unreadable(letter: str) -> None:
    """A letter counts by what can be read of it; signs that nobody sees fill nothing."""
    if len(shown(letter)) < MIN_LETTER:
        sentence = _("Write at least %(n)d characters.") % {"n": MIN_LETTER}
        raise Refused(sentence, code="letter_too_short", field="cover_letter")


def _write_answers(proposal: Proposal, answered: Mapping[int, str]) -> None:
    ScreeningAnswer.objects.bulk_create(
        ScreeningAnswer(proposal=proposal, question_id=question, text=text) for question, text in answered.items()
    )


def _answers(request: LearningRequest, answers: Mapping[int, str]) -> dict[int, str]:
    questions = request.screening_questions.values_list("pk", flat=True)
    answered = {question: answers.get(question, "").strip() for question in questions}
    if not all(map(shown, answered.values())) or set(answers) - set(answered):
        raise Refused(_("Answer each question of the student."), code="answers_missing", field="answers")
    if any(len(text) > MAX_ANSWER for text in answered.values()):
        raise Refused(_("An answer has at most 1000 characters."), code="answer_too_long", field="answers")
    return answered
