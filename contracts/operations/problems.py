"""The money of a session that somebody reported a problem with: it waits, and staff may decide where it goes."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from contracts.models import Booking
from contracts.operations.delivery import complete_if_done, release_on_confirmation
from contracts.policy import support_limit
from core.operations import operation
from core.refused import Refused
from payments.models import Portion, Refund
from payments.operations import freeze, refund, release, unfreeze
from scheduling.models import Problem, Session
from scheduling.operations import solve_problem


class Verdict(models.TextChoices):
    """What staff's answer means for the money."""

    AS_IT_STANDS = "as_it_stands", gettext_lazy("it goes its way as it stands")
    RELEASE = "release", gettext_lazy("to the coach, now")
    REFUND = "refund", gettext_lazy("back to the student, in full")


@operation
def freeze_reported(problem: Problem, *, now: datetime) -> None:
    """Keep what the report is about from being released; refused where all of it was released before."""
    states = {_keep(booking.portion, now=now) for booking in _reported(problem)}
    if Portion.State.RELEASED in states and Portion.State.HELD not in states:
        sentence = _("The money of this session has been released. Please write to support.")
        raise Refused(sentence, code="released")


@operation
def thaw_reported(problem: Problem, *, now: datetime) -> None:
    """Nobody complains any more: the money goes its way, at once where its student said that it took place."""
    _thaw(problem, now=now)
    _release_what_is_confirmed(problem.session, now=now)


@operation
def decide_problem(problem: Problem, *, verdict: str, decision: str, by: User, now: datetime) -> Problem:
    """Staff answer a report, and the money of the session goes where they say."""
    if verdict not in Verdict.values:
        raise Refused(_("Please choose what becomes of the money."), code="no_verdict", field="verdict")
    problem = solve_problem(problem, verdict=verdict, decision=decision, by=by, now=now)
    _thaw(problem, now=now)
    if verdict == Verdict.AS_IT_STANDS:
        _release_what_is_confirmed(problem.session, now=now)
    else:
        _carry_out(problem, verdict, by, now)
    return problem


@operation
def freeze_again(made: Refund, *, now: datetime) -> None:
    """Money of a refund that failed is held again: what is reported stays where it is."""
    bookings = Booking.objects.filter(portion__refund_parts__refund=made, portion__is_frozen=False)
    for booking in bookings.filter(portion__state=Portion.State.HELD).select_related("portion", "contract"):
        if _complainers(booking.session_id) & {booking.contract.student_id, booking.contract.coach_id}:
            freeze(booking.portion, now=now)


def _reported(problem: Problem) -> list[Booking]:
    """The seats a report is about: the student's own, or for the coach all of the session."""
    bookings = Booking.objects.filter(session=problem.session_id)
    if problem.reporter_id != problem.session.coach_id:
        bookings = bookings.filter(contract__student=problem.reporter_id)
    return list(bookings.select_related("contract", "portion__escrow").order_by("portion__escrow", "pk"))


def _keep(portion: Portion, *, now: datetime) -> str:
    portion = freeze(portion, now=now)
    if portion.state != Portion.State.HELD:
        unfreeze(portion, now=now)
    return str(portion.state)


def _thaw(problem: Problem, *, now: datetime) -> None:
    complainers = _complainers(problem.session_id)
    for booking in _reported(problem):
        if booking.portion.is_frozen and not complainers & {booking.contract.student_id, booking.contract.coach_id}:
            unfreeze(booking.portion, now=now)


def _complainers(session_id: int) -> set[int]:
    open_ = Problem.objects.filter(session=session_id, state=Problem.State.OPEN)
    return set(open_.values_list("reporter", flat=True))


def _release_what_is_confirmed(session: Session, *, now: datetime) -> None:
    for seat in session.participants.filter(role=Role.STUDENT, confirmed_at__isnull=False).select_related("user"):
        release_on_confirmation(session, by=seat.user, now=now)


def _carry_out(problem: Problem, verdict: str, by: User, now: datetime) -> None:
    held = [booking for booking in _reported(problem) if booking.portion.state == Portion.State.HELD]
    if not held:
        raise Refused(_("None of this money is held any more."), code="not_held", field="verdict")
    if any(booking.state not in Booking.DONE for booking in held):
        raise Refused(_("First settle what this session came to."), code="unsettled", field="verdict")
    if verdict == Verdict.REFUND:
        _refuse_too_much(held, by, now)
    for booking in held:
        if verdict == Verdict.RELEASE:
            release(booking.portion, by=None, now=now)
        else:
            _give_back(booking, now)


def _refuse_too_much(held: list[Booking], by: User, now: datetime) -> None:
    """The limit is that of one decision, whatever the number of seats it is about."""
    total, currency = sum(booking.portion.gross_cents for booking in held), held[0].portion.escrow.currency
    if total > support_limit(currency, now) and not by.has_perm("payments.add_refund"):
        raise Refused(_("So much is given back by finance only."), code="needs_finance", field="verdict")


def _give_back(booking: Booking, now: datetime) -> None:
    booking.move_to(Booking.State.CANCELLED)
    refund([booking.portion], reason="problem", by=None, now=now)
    complete_if_done(booking.contract, now=now)
