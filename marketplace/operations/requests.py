from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Skill, User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from core.registry import count_done
from marketplace.events import (
    PROPOSAL_DECLINED,
    REQUEST_CLOSED,
    REQUEST_EDITED,
    REQUEST_EXPIRED,
    REQUEST_PAUSED,
    REQUEST_POSTED,
    REQUEST_REOPENED,
)
from marketplace.models import LearningRequest, Proposal, ScreeningQuestion
from marketplace.operations.words import rewrite_request
from marketplace.policy import MAX_QUESTION, MAX_QUESTIONS, request_until

State = LearningRequest.State
BATCH = 200


@operation
def post_request(
    *, by: User, now: datetime, skills: Collection[Skill], questions: Sequence[str] = (), **fields: Any
) -> LearningRequest:
    """Publish what a student wants to learn; open to proposals for 60 days."""
    if not by.is_student:
        raise Refused(_("Become a student first, then post a request."), code="not_a_student")
    _check(skills, questions)
    request = LearningRequest.objects.create(
        student=by, state=State.OPEN, created_at=now, posted_at=now, expires_at=request_until(now), **fields
    )
    request.skills.set(skills)
    rewrite_request(request, now=now)
    _ask(request, questions)
    record(request, REQUEST_POSTED, by=by, at=now)
    return request


@operation
def edit_request(
    request: LearningRequest,
    *,
    by: User,
    now: datetime,
    skills: Collection[Skill],
    questions: Sequence[str],
    **fields: Any,
) -> LearningRequest:
    """Change an open or paused request; its questions only while nobody has answered them."""
    request = _own(request, by)
    if not request.may_be_edited:
        raise Refused(_("This request can no longer be changed."), code="not_editable")
    _check(skills, questions)
    if list(request.screening_questions.values_list("text", flat=True)) != list(questions):
        if request.proposals.exists():
            raise Refused(
                _("Coaches have answered these questions already, so they stay as they are."),
                code="questions_answered",
                field="questions",
            )
        request.screening_questions.all().delete()
        _ask(request, questions)
    for name, value in fields.items():
        setattr(request, name, value)
    request.save(update_fields=list(fields))
    request.skills.set(skills)
    rewrite_request(request, now=now)
    record(request, REQUEST_EDITED, by=by, at=now)
    return request


@operation
def pause_request(request: LearningRequest, *, by: User, now: datetime) -> LearningRequest:
    """Take no more proposals for a while; those that came may still be accepted."""
    request = _own(request, by)
    if not request.is_open:
        raise Refused(_("Only an open request can be paused."), code="not_open")
    request.move_to(State.PAUSED)
    record(request, REQUEST_PAUSED, by=by, at=now)
    return request


@operation
def reopen_request(request: LearningRequest, *, by: User, now: datetime) -> LearningRequest:
    """Take proposals again, for another 60 days; not after one was accepted."""
    request = _own(request, by)
    if not request.may_move_to(State.OPEN):
        raise Refused(_("This request cannot be opened again."), code="not_reopenable")
    request.expires_at = request_until(now)
    request.move_to(State.OPEN, "expires_at")
    record(request, REQUEST_REOPENED, by=by, at=now)
    return request


@operation
def close_request(request: LearningRequest, *, by: User, now: datetime) -> LearningRequest:
    """End a request without accepting anybody; open proposals are declined."""
    request = _own(request, by)
    if not request.may_move_to(State.CLOSED):
        raise Refused(_("This request is closed already."), code="not_open")
    request.move_to(State.CLOSED)
    decline_open(request, by=by, now=now, reason="request_closed")
    record(request, REQUEST_CLOSED, by=by, at=now)
    return request


def expire_requests(*, now: datetime) -> int:
    """End the requests whose time is over, a batch at once; how many."""
    return count_done(LearningRequest.objects.due(now).order_by("pk")[:BATCH], lambda row: _expire(row, now=now))


@operation
def _expire(request: LearningRequest, *, now: datetime) -> bool:
    due = LearningRequest.objects.due(now).filter(pk=request.pk)
    row = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if row:
        row.move_to(State.EXPIRED)
        record(row, REQUEST_EXPIRED, by=None, at=now)
    return row is not None


def decline_open(request: LearningRequest, *, by: User, now: datetime, reason: str) -> None:
    """Tell every coach who still waits that it came to nothing; the caller holds the request's lock."""
    for proposal in request.proposals.open().select_for_update(no_key=True).order_by("pk"):
        proposal.move_to(Proposal.State.DECLINED)
        record(proposal, PROPOSAL_DECLINED, by=by, at=now, reason=reason)


def _own(request: LearningRequest, by: User) -> LearningRequest:
    if request.student_id != by.pk:
        raise PermissionDenied
    return locked(request)


def _check(skills: Collection[Skill], questions: Sequence[str]) -> None:
    if not skills:
        raise Refused(_("Choose at least one skill."), code="skills_missing", field="skills")
    if len(questions) > MAX_QUESTIONS:
        raise Refused(_("Ask at most 5 questions."), code="too_many_questions", field="questions")
    if any(not text.strip() or len(text) > MAX_QUESTION for text in questions):
        raise Refused(_("A question has between 1 and 250 characters."), code="question_length", field="questions")


def _ask(request: LearningRequest, questions: Sequence[str]) -> None:
    ScreeningQuestion.objects.bulk_create(
        ScreeningQuestion(request=request, position=position, text=text.strip())
        for position, text in enumerate(questions)
    )
