"""More sessions after a contract that goes well: a contract of its own that follows the one before."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import CoachProfile, Role, User, lock_members
from contracts import events, policy
from contracts.models import Contract
from contracts.operations.agreement import begin_contract, refuse_start
from contracts.operations.changes import refuse_long_words
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from marketplace.operations import check_figures


@operation
def extend_contract(
    contract: Contract,
    *,
    by: User,
    now: datetime,
    learning_outcomes: str = "",
    note: str = "",
    start_date: date | None = None,
    **figures: Any,
) -> Contract:
    """Propose more sessions, on the same figures where none are given: the other side is asked to agree."""
    lock_members([contract.student_id, contract.coach_id])
    contract = locked(contract)
    if by.pk not in {contract.student_id, contract.coach_id}:
        raise PermissionDenied
    _refuse_unless_extendable(contract, by, now)
    figures = contract.figures | figures
    check_figures(figures, contract.currency, now)
    refuse_start(start_date, contract.student.time_zone, now)
    for field, text in (("learning_outcomes", learning_outcomes), ("note", note)):
        refuse_long_words(text, field)
    words = {"learning_outcomes": learning_outcomes.strip(), "note": note.strip(), "start_date": start_date}
    extension = _begin(contract, figures, words, by=by, now=now)
    facts = {"role": Role.COACH if extension.is_coachs_idea else Role.STUDENT, "total_cents": extension.total_cents}
    record(contract, events.CONTRACT_EXTENDED, by=by, at=now, extension=extension.pk, **facts)
    record(extension, events.EXTENSION_PROPOSED, by=by, at=now, extends=contract.pk, **facts)
    return extension


def _begin(contract: Contract, figures: dict[str, Any], words: dict[str, Any], *, by: User, now: datetime) -> Contract:
    """A student's waits for the coach at once; a coach's is a draft that its student agrees to."""
    by_coach = contract.coach_id == by.pk
    due = policy.draft_due(now) if by_coach else policy.answer_due(now, policy.terms_of_today(now))
    return begin_contract(
        student=contract.student,
        coach=contract.coach,
        currency=contract.currency,
        figures=figures,
        now=now,
        origin=contract.origin,
        extends=contract,
        is_coachs_idea=by_coach,
        state=Contract.State.DRAFT if by_coach else Contract.State.AWAITING_COACH,
        title=contract.title,
        expires_at=due,
        **words,
    )


def _refuse_unless_extendable(contract: Contract, by: User, now: datetime) -> None:
    if not contract.may_be_extended_by(by, now):
        sentence = _("Only a contract that runs, or was completed not long ago, can be extended.")
        raise Refused(sentence, code="not_extendable")
    open_one = contract.extensions.filter(state__in=[*Contract.OPEN_STEPS]).first()
    if open_one:
        sentence = _("More sessions are proposed already: %(number)s waits for an answer or its payment.")
        raise Refused(sentence % {"number": open_one.number}, code="extension_open", more={"contract": open_one.pk})
    if not CoachProfile.objects.public().filter(user=contract.coach_id).exists():
        raise Refused(_("This coach takes no new contracts now."), code="coach_not_open")
