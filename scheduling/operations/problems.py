"""A session went wrong: one side reports it, its money waits, staff look into it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from core.templatetags.skileez import in_hours
from scheduling import events, policy
from scheduling.models import Problem, Session

MOST = 2000


@operation
def report_problem(session: Session, *, kind: str, text: str, by: User, now: datetime) -> Problem:
    """Say what went wrong; nothing of this session's money is released until it is withdrawn or solved."""
    session = locked(session)
    if not session.has_participant(by):
        raise PermissionDenied
    text = text.strip()
    _refuse(session, kind, text, by, now)
    problem = Problem.objects.create(session=session, reporter=by, kind=kind, text=text, reported_at=now)
    record(
        problem, events.PROBLEM_REPORTED, by=by, at=now, session=session.pk, kind=str(kind), role=session.role_of(by)
    )
    return problem


@operation
def withdraw_problem(problem: Problem, *, by: User, now: datetime) -> Problem:
    """Who reported it takes it back; the money goes its way again. Once however often."""
    problem = _locked(problem)
    if problem.reporter_id != by.pk:
        raise PermissionDenied
    if problem.state == Problem.State.WITHDRAWN:
        return problem
    _refuse_unless_open(problem)
    problem.solved_at = now
    problem.move_to(Problem.State.WITHDRAWN, "solved_at")
    record(problem, events.PROBLEM_WITHDRAWN, by=by, at=now, session=problem.session_id)
    return problem


@operation
def solve_problem(problem: Problem, *, verdict: str, decision: str, by: User, now: datetime) -> Problem:
    """Staff answer a report in words both sides read; what it means for the money is the verdict."""
    if not (by.is_staff and by.has_perm("scheduling.change_problem")):
        raise PermissionDenied
    problem = _locked(problem)
    _refuse_unless_open(problem)
    decision = decision.strip()
    if not decision or len(decision) > MOST:
        raise Refused(_("Say in up to 2000 characters why you decide so."), code="no_words", field="decision")
    problem.decision, problem.solved_at = decision, now
    problem.move_to(Problem.State.SOLVED, "decision", "solved_at")
    record(problem, events.PROBLEM_SOLVED, by=by, at=now, session=problem.session_id, verdict=str(verdict))
    return problem


def _refuse(session: Session, kind: str, text: str, by: User, now: datetime) -> None:
    if not session.may_be_reported_by(by, now):
        sentence = _("A problem is reported from the start of a session until %(hours)s after it.")
        hours = in_hours(policy.kept(session.terms, "problem_hours"))
        raise Refused(sentence % {"hours": hours}, code="not_now")
    if kind not in Problem.Kind.values:
        raise Refused(_("Please choose what went wrong."), code="no_kind", field="kind")
    if not text or len(text) > MOST:
        raise Refused(_("Tell us in up to 2000 characters what happened."), code="no_words", field="text")
    states = set(session.problems.filter(reporter=by).values_list("state", flat=True))
    if Problem.State.OPEN in states:
        raise Refused(_("You have reported a problem with this session already."), code="already_reported")
    if Problem.State.SOLVED in states:
        raise Refused(_("Your problem with this session has been decided."), code="already_solved")


def _refuse_unless_open(problem: Problem) -> None:
    if problem.state != Problem.State.OPEN:
        raise Refused(_("This problem is not open any more."), code="not_open")


def _locked(problem: Problem) -> Problem:
    """Session first, as everywhere."""
    locked(problem.session)
    return locked(problem)
