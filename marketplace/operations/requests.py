"""A learning request, from the first words to its end."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import StudentProfile, User, lock_members
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from core.registry import count_done
from marketplace import faults
from marketplace.events import (
    PROPOSAL_DECLINED,
    REQUEST_CLOSED,
    REQUEST_CLOSED_BY_STAFF,
    REQUEST_DISCARDED,
    REQUEST_DRAFTED,
    REQUEST_EDITED,
    REQUEST_EXPIRED,
    REQUEST_FREED,
    REQUEST_PAUSED,
    REQUEST_POSTED,
    REQUEST_REOPENED,
)
from marketplace.models import LearningRequest, Proposal, ScreeningQuestion
from marketplace.operations.words import rewrite_request
from marketplace.policy import MAX_REASON, request_until

State = LearningRequest.State
BATCH = 200


@operation
def save_draft(*, by: User, now: datetime, **written: Any) -> LearningRequest:
    """Keep what a student has written so far: it may be incomplete, and nobody else sees it."""
    draft = _begin(by, now)
    _refuse_first(faults.of_draft(written))
    _write(draft, written, now)
    record(draft, REQUEST_DRAFTED, by=by, at=now)
    return draft


@operation
def post_request(*, by: User, now: datetime, **written: Any) -> LearningRequest:
    """Publish what a student wants to learn; open to proposals for 60 days."""
    return _publish(_begin(by, now), written, by, now)


@operation
def post_draft(request: LearningRequest, *, by: User, now: datetime, **written: Any) -> LearningRequest:
    """Publish a draft, with what is written besides; what is not, stays as it was kept."""
    request = _own(request, by)
    if not request.is_draft:
        raise Refused(_("This request is posted already."), code="already_posted")
    return _publish(request, written, by, now)


@operation
def edit_request(request: LearningRequest, *, by: User, now: datetime, **written: Any) -> LearningRequest:
    """Change a draft, an open or a paused request; its questions only while nobody has answered them.

    A draft may stay incomplete; what is posted must stay whole.
    """
    request = _own(request, by)
    if not request.may_be_edited:
        raise Refused(_("This request can no longer be changed."), code="not_editable")
    _refuse_first(faults.of_draft(written) if request.is_draft else faults.of_request(request.written | written))
    if changed := _write(request, written, now):
        record(request, REQUEST_EDITED, by=by, at=now, changed=changed)
    return request


@operation
def discard_draft(request: LearningRequest, *, by: User, now: datetime) -> None:
    """Throw a draft away for good: nobody else has ever seen it, so nothing of it is kept."""
    request = _own(request, by)
    if not request.is_draft:
        raise Refused(_("Only a draft can be thrown away. You can close this request."), code="not_a_draft")
    record(request, REQUEST_DISCARDED, by=by, at=now)
    request.delete()


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
    """Take proposals again, for another 60 days; not after one was accepted, nor after staff closed it.

    What had ended counts as newly posted, what was only paused keeps its day.
    """
    request = _own(request, by)
    if request.close_reason:
        raise Refused(_("Our staff have closed this request, so it stays closed."), code="closed_by_staff")
    if not request.may_be_reopened:
        raise Refused(_("This request cannot be opened again."), code="not_reopenable")
    if request.state != State.PAUSED:
        request.posted_at = now
    request.expires_at = request_until(now)
    request.move_to(State.OPEN, "expires_at", "posted_at")
    rewrite_request(request, now=now)
    record(request, REQUEST_REOPENED, by=by, at=now)
    return request


@operation
def close_request(request: LearningRequest, *, by: User, now: datetime) -> LearningRequest:
    """End a request without accepting anybody; open proposals are declined."""
    request = _own(request, by)
    _end(request, by, now)
    record(request, REQUEST_CLOSED, by=by, at=now)
    return request


@operation
def close_by_staff(request: LearningRequest, *, reason: str, by: User, now: datetime) -> LearningRequest:
    """Staff end a request that should not be here, with a reason that its student reads; it stays closed."""
    if not by.is_staff:
        raise PermissionDenied
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise Refused(_("Give a reason of at most 500 characters."), code="reason_missing", field="reason")
    request = locked(request)
    request.close_reason = reason
    _end(request, by, now, "close_reason")
    record(request, REQUEST_CLOSED_BY_STAFF, by=by, at=now)
    return request


@operation
def free_request(proposal: Proposal, *, by: User | None, now: datetime) -> LearningRequest:
    """The contract of an accepted proposal came to nothing: the proposal lapses, the request may be opened again.

    It is paused, not opened: whether they still look for a coach, only the student knows.
    """
    request = locked(proposal.request)
    proposal = locked(proposal)
    if proposal.state == Proposal.State.ACCEPTED:
        proposal.move_to(Proposal.State.LAPSED)
        request.move_to(State.PAUSED)
        record(request, REQUEST_FREED, by=by, at=now, proposal=proposal.pk)
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
        proposal.declined_because = reason
        proposal.move_to(Proposal.State.DECLINED, "declined_because")
        record(proposal, PROPOSAL_DECLINED, by=by, at=now, reason=reason)


def _begin(by: User, now: datetime) -> LearningRequest:
    """An empty draft in the student's zone, to be learned in the languages they speak."""
    if not by.is_student:
        raise Refused(_("Become a student first, then post a request."), code="not_a_student")
    lock_members([by.pk])
    profile = StudentProfile.objects.filter(user=by).first()
    spoken = [each["code"] for each in profile.languages] if profile else []
    return LearningRequest.objects.create(student=by, created_at=now, time_zone=by.time_zone, languages=spoken)


def _publish(request: LearningRequest, written: Mapping[str, Any], by: User, now: datetime) -> LearningRequest:
    _refuse_first(faults.of_request({**request.written, **written}))
    _refuse_unknown_age(by)
    _write(request, written, now)
    request.posted_at, request.expires_at = now, request_until(now)
    request.move_to(State.OPEN, "posted_at", "expires_at")
    record(request, REQUEST_POSTED, by=by, at=now)
    return request


def _refuse_unknown_age(by: User) -> None:
    profile = StudentProfile.objects.filter(user=by).first()
    if profile is None or not profile.is_old_enough:
        raise Refused(_("Say when you were born first: one must be 13 to learn here."), code="age_missing")


def _end(request: LearningRequest, by: User, now: datetime, *also: str) -> None:
    if not request.may_be_closed:
        raise Refused(_("Only an open or paused request can be closed."), code="not_open")
    request.move_to(State.CLOSED, *also)
    decline_open(request, by=by, now=now, reason="request_closed")


def _own(request: LearningRequest, by: User) -> LearningRequest:
    if request.student_id != by.pk:
        raise PermissionDenied
    lock_members([by.pk])
    return locked(request)


def _refuse_first(found: Iterable[faults.Fault]) -> None:
    for fault in found:
        raise Refused(fault.sentence, code=fault.code, field=fault.field)


def _asked(request: LearningRequest) -> list[str]:
    return [question.text for question in request.screening_questions.all()]


def _write(request: LearningRequest, written: Mapping[str, Any], now: datetime) -> list[str]:
    """Store what was written, and what the request is found by; the names of what is new."""
    fields = {name: _tidy(value) for name, value in written.items() if name not in {"skills", "questions"}}
    changed = [name for name, value in fields.items() if getattr(request, name) != value]
    for name in changed:
        setattr(request, name, fields[name])
    request.save(update_fields=changed)
    if "skills" in written and set(written["skills"]) != set(request.skills.all()):
        request.skills.set(written["skills"])
        changed.append("skills")
    if "questions" in written and _ask(request, [text.strip() for text in written["questions"]]):
        changed.append("questions")
    rewrite_request(request, now=now)
    return changed


def _tidy(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(set(value))
    return value.strip() if isinstance(value, str) else value


def _ask(request: LearningRequest, questions: list[str]) -> bool:
    """Put these questions in the place of the old ones; whether they are others."""
    if questions == _asked(request):
        return False
    if request.proposals.exists():
        sentence = _("Coaches have answered these questions already, so they stay as they are.")
        raise Refused(sentence, code="questions_answered", field="questions")
    request.screening_questions.all().delete()
    ScreeningQuestion.objects.bulk_create(
        ScreeningQuestion(request=request, position=position, text=text) for position, text in enumerate(questions)
    )
    return True
