"""What a session came to, seat by seat: from the evidence, by agreement of both sides, or decided by staff."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Participant, Session

Outcome = Session.Outcome
ABSENCES = {Outcome.STUDENT_ABSENT, Outcome.COACH_ABSENT, Outcome.BOTH_ABSENT}
CLEAR = {Outcome.COMPLETED, *ABSENCES}


def judge(session: Session, *, ended_at: datetime) -> Session:
    """Close a locked session with the outcome that the check-ins show, each student's seat by itself."""
    starts_at, ends_at = session.span
    coach = _arrival(session.people, Role.COACH)
    students = _students(session)
    for seat in students:
        seat.outcome = policy.outcome(
            coach,
            seat.checked_in_at,
            starts_at=starts_at,
            ends_at=ends_at,
            ended_at=ended_at,
            terms=session.terms,
        )
        seat.save(update_fields=["outcome"])
    session.outcome = policy.outcome_of_seats(seat.outcome for seat in students)
    session.ended_at = ended_at
    over = Session.State.MISSED if session.outcome in ABSENCES else Session.State.COMPLETED
    session.move_to(over, "ended_at", "outcome")
    return session


@operation
def confirm_outcome(session: Session, *, by: User, now: datetime) -> Session:
    """A participant says that it took place; an unclear seat has taken place once both sides say so."""
    session = locked(session)
    mine = _place(session, by)
    if mine.confirmed_at:
        return session
    if session.state != Session.State.COMPLETED:
        raise Refused(_("Only a session that took place can be confirmed."), code="not_completed")
    mine.confirmed_at, mine.says = now, Outcome.COMPLETED
    mine.save(update_fields=["confirmed_at", "says"])
    record(session, events.SESSION_CONFIRMED, by=by, at=now, role=mine.role)
    return _settle_where_agreed(session, by=by, now=now)


@operation
def say_outcome(session: Session, *, outcome: str, by: User, now: datetime) -> Session:
    """A participant says what an unclear session came to; what both sides say is what it came to."""
    if outcome not in CLEAR:
        raise Refused(_("Please choose what the session came to."), code="no_outcome", field="outcome")
    if outcome == Outcome.COMPLETED:
        return confirm_outcome(session, by=by, now=now)
    session = locked(session)
    mine = _place(session, by)
    if not session.is_unclear_to(by):
        raise Refused(_("The outcome of this session is not open."), code="already_settled")
    if mine.says == outcome:
        return session
    mine.confirmed_at, mine.says = None, outcome
    mine.save(update_fields=["confirmed_at", "says"])
    record(session, events.OUTCOME_SAID, by=by, at=now, role=mine.role, outcome=outcome)
    return _settle_where_agreed(session, by=by, now=now)


@operation
def settle_outcome(session: Session, *, outcome: str, by: User, now: datetime, student: User | None = None) -> Session:
    """Staff decide what the unclear seats of a session came to, or that of one student."""
    if not (by.is_staff and by.has_perm("scheduling.change_session")):
        raise PermissionDenied
    session = locked(session)
    seats = [seat for seat in open_seats(session) if student is None or seat.user_id == student.pk]
    if not seats:
        raise Refused(_("The outcome of this session is not open."), code="already_settled")
    if outcome not in CLEAR:
        raise Refused(_("Please choose what the session came to."), code="no_outcome", field="outcome")
    return _settle(session, seats, outcome, by=by, now=now)


@operation
def ask_staff(session: Session, *, now: datetime) -> bool:
    """Nobody has settled an unclear session for three days: staff are asked, once."""
    session = locked(session)
    if session.outcome != Outcome.UNCLEAR or session.staff_asked_at or session.ended_at is None:
        return False
    if now < session.ended_at + policy.unclear_for(now):
        return False
    session.staff_asked_at = now
    session.save(update_fields=["staff_asked_at"])
    record(session, events.STAFF_ASKED, by=None, at=now)
    return True


def _settle_where_agreed(session: Session, *, by: User, now: datetime) -> Session:
    """Each open seat of which the coach and its student say the same."""
    if session.outcome != Outcome.UNCLEAR:
        return session
    said = next((each.says for each in session.people if each.role == Role.COACH), "")
    agreed = [seat for seat in open_seats(session) if said and seat.says == said]
    return _settle(session, agreed, said, by=by, now=now) if agreed else session


def _settle(session: Session, seats: Iterable[Participant], outcome: str, *, by: User, now: datetime) -> Session:
    seats = list(seats)
    for seat in seats:
        seat.outcome = outcome
        seat.save(update_fields=["outcome"])
    others = [each.outcome for each in _students(session) if each.pk not in {seat.pk for seat in seats}]
    session.outcome = policy.outcome_of_seats([outcome, *others])
    if session.outcome in ABSENCES:
        session.move_to(Session.State.MISSED, "outcome")
    else:
        session.save(update_fields=["outcome"])
    about = {"students": [seat.user_id for seat in seats]} if others else {}
    record(session, events.SESSION_SETTLED, by=by, at=now, outcome=str(outcome), **about)
    return session


def _place(session: Session, by: User) -> Participant:
    if mine := session.place_of(by):
        return mine
    raise PermissionDenied


def _students(session: Session) -> list[Participant]:
    return [each for each in session.people if each.role == Role.STUDENT]


def open_seats(session: Session) -> list[Participant]:
    """Seats without a clear outcome, of a session that has none."""
    if session.outcome != Outcome.UNCLEAR:
        return []
    return [seat for seat in _students(session) if seat.outcome not in CLEAR]


def _arrival(everybody: Iterable[Participant], role: str) -> datetime | None:
    return min((each.checked_in_at for each in everybody if each.role == role and each.checked_in_at), default=None)
