"""When something went wrong: problems, outcomes that stay unclear, marks and what they lead to."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts import policy
from contracts.events import (
    EXCUSE_ASKED,
    MARK_APPEALED,
    MARK_EXCUSED,
    MARK_KEPT,
    MARK_LIFTED,
    MARK_MADE,
    MARK_UPHELD,
    SANCTION_ENDED,
    SANCTION_LIFTED,
)
from contracts.models import Mark, Sanction
from contracts.operations.problems import Verdict
from core.events import telling_of
from core.models import Event
from notifications.live import announce
from notifications.operations import tell
from notifications.words import days, hours, moment, say
from scheduling.events import (
    OUTCOME_SAID,
    PROBLEM_REPORTED,
    PROBLEM_SOLVED,
    PROBLEM_WITHDRAWN,
    SESSION_CONFIRMED,
    STAFF_ASKED,
)
from scheduling.models import Problem, Session


@telling_of(OUTCOME_SAID, SESSION_CONFIRMED)
def tell_what_was_said(session: Session, event: Event) -> None:
    """The other side of an unclear session is asked to answer."""
    if session.outcome == Session.Outcome.UNCLEAR:
        for place in session.others(event.by):
            if not place.says:
                text = say(_("{name} has said what your session on {moment} came to. Please say so, too."),
                           name=event.by.name, moment=moment(session.starts_at))  # fmt: skip
                _tell(place.user, event, text, session.get_absolute_url())
    announce([each.user_id for each in session.people], "sessions")


@telling_of(STAFF_ASKED)
def ask_support_to_settle(session: Session, event: Event) -> None:
    text = say(_("Session {number} of {moment} is still unclear: please settle it."), **_of(session))
    _tell_support(event, text, reverse("admin:scheduling_session_change", args=[session.pk]))


@telling_of(PROBLEM_REPORTED)
def tell_of_report(problem: Problem, event: Event) -> None:
    session, name = problem.session, problem.reporter.name
    text = say(_("{name} reported a problem with your session on {moment}. Its money waits until that is solved."),
               name=name, moment=moment(session.starts_at))  # fmt: skip
    for person in _concerned(problem):
        _tell(person, event, text, session.get_absolute_url(), _("A problem with your session"))
    text = say(_("A problem was reported with session {number} of {moment}."), **_of(session))
    _tell_support(event, text, reverse("admin:scheduling_problem_change", args=[problem.pk]))


@telling_of(PROBLEM_WITHDRAWN)
def tell_of_withdrawal(problem: Problem, event: Event) -> None:
    name, at = problem.reporter.name, moment(problem.session.starts_at)
    text = say(_("{name} has taken back what they reported of your session on {moment}."), name=name, moment=at)
    for person in _concerned(problem):
        _tell(person, event, text, problem.session.get_absolute_url())


@telling_of(PROBLEM_SOLVED)
def tell_of_answer(problem: Problem, event: Event) -> None:
    text = say(ANSWERS[event.facts["verdict"]], moment=moment(problem.session.starts_at))
    for person in [problem.reporter, *_concerned(problem)]:
        _tell(person, event, text, problem.session.get_absolute_url(), _("The problem with your session is solved"))


@telling_of(MARK_MADE)
def tell_of_mark(mark: Mark, event: Event) -> None:
    session = mark.session
    notice = hours(policy.free_hours_of_coach(session.kind, session.terms))
    what = say(WHY[event.facts["reason"]], moment=moment(session.starts_at), notice=notice)
    counts, hidden = days(policy.ladder_days(event.at)), days(policy.first_hidden_days())
    then = say(LEADS_TO[event.facts["step"]], counts=counts, hidden=hidden)
    text = say("{what} {then}", what=what, then=then)
    _tell(mark.coach, event, text, reverse("mark", args=[mark.pk]), _("A mark on your account"))
    if event.facts["step"] == Sanction.Step.REVIEW:
        text = say(_("Coach {number} is hidden until you have looked at it."), number=mark.coach_id)
        _tell_support(event, text, reverse("admin:contracts_mark_change", args=[mark.pk]))


@telling_of(EXCUSE_ASKED, MARK_APPEALED)
def ask_support_to_decide(mark: Mark, event: Event) -> None:
    asked = _("An excuse waits for an answer.") if event.name == EXCUSE_ASKED else _("An appeal waits for an answer.")
    _tell_support(event, asked, reverse("admin:contracts_mark_change", args=[mark.pk]))


@telling_of(MARK_EXCUSED, MARK_KEPT, MARK_LIFTED, MARK_UPHELD)
def tell_of_decision(mark: Mark, event: Event) -> None:
    text = say(DECISIONS[event.name], days=days(policy.excuse_days(event.at)))
    if event.facts.get("shown"):
        text = say("{text} {shown}", text=text, shown=SHOWN)
    _tell(mark.coach, event, text, reverse("mark", args=[mark.pk]), _("About the mark on your account"))


@telling_of(SANCTION_ENDED, SANCTION_LIFTED)
def tell_that_they_are_shown(mark: Mark, event: Event) -> None:
    if event.facts["shown"]:
        _tell(mark.coach, event, SHOWN, reverse("marks"), _("Your profile is shown again"))


def _tell(person: User, event: Event, text: Promise | str, url: str, subject: Promise | str | None = None) -> None:
    tell(person, event, kind="sessions", text=text, url=url, mail="notice" if subject else None, subject=subject)


def _tell_support(event: Event, text: Promise | str, url: str) -> None:
    for person in support():
        tell(person, event, kind="staff", text=text, url=url)


def support() -> QuerySet[User]:
    """Who of staff looks after people."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    return staff.filter(Q(groups__name="support") | Q(is_superuser=True)).distinct()


def _concerned(problem: Problem) -> list[User]:
    """The other side: of a student's report the coach, of a coach's the student, but not a whole group."""
    session = problem.session
    if session.kind == Session.Kind.GROUP and problem.reporter_id == session.coach_id:
        return []
    return [place.user for place in session.others(problem.reporter)]


def _of(session: Session) -> dict[str, object]:
    return {"number": session.pk, "moment": moment(session.starts_at)}


SHOWN = _("Your profile is shown again, and students can book you.")
ANSWERS = {
    Verdict.AS_IT_STANDS: _("We looked into the problem with the session on {moment}. Its money goes its way."),
    Verdict.RELEASE: _("We looked into the problem with the session on {moment}. Its money goes to the coach."),
    Verdict.REFUND: _("We looked into the problem with the session on {moment}. Its money goes back to the student."),
}
WHY = {
    Mark.Reason.ABSENCE: _("You failed your student for the session on {moment}: that is a mark."),
    Mark.Reason.LATE_CANCEL: _("You cancelled the session on {moment} less than {notice} before: that is a mark."),
}
LEADS_TO = {
    Sanction.Step.WARNING: _("It is a warning; the next one within {counts} hides your profile for {hidden}."),
    Sanction.Step.HIDDEN_7: _("Your profile is hidden for 7 days; agreed sessions go on."),
    Sanction.Step.HIDDEN_14: _("Your profile is hidden for 14 days; agreed sessions go on."),
    Sanction.Step.HIDDEN_30: _("Your profile is hidden for 30 days; agreed sessions go on."),
    Sanction.Step.REVIEW: _("Your profile is hidden until our team has looked at it; agreed sessions go on."),
}
DECISIONS = {
    MARK_EXCUSED: _("Your excuse was taken: the mark counts no longer."),
    MARK_KEPT: _("Your excuse was not taken: the mark stands. You may appeal once within {days}."),
    MARK_LIFTED: _("Your mark was lifted: it counts no longer."),
    MARK_UPHELD: _("We looked at your mark again: it stands."),
}
