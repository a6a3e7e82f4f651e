"""Another time for an agreed session: at once where it is free, else asked of the other side, who may say no.

The time that is wanted is not kept for the question: whoever agrees looks at it again under the lock.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events, zones
from scheduling.models import Move, Reminder, Session
from scheduling.operations.reminding import plan_reminders
from scheduling.operations.taking import carry, expire_seats, in_turn, look, place
from scheduling.zones import Zone

State = Move.State
REFUSED = {State.DECLINED, State.EXPIRED}


@operation
def move_session(session: Session, *, starts_at: datetime, by: User, reason: str = "", now: datetime) -> Move:
    """Give an agreed session another time: at once in the student's free zone, else the other side is asked.

    A group session is moved by its coach, at once; its students may take their money back instead.
    """
    session, people = in_turn(session)
    zone = refuse_unless_movable(session, by=by, now=now)
    _refuse_one_more(session, session.role_of(by))
    if session.kind == Session.Kind.GROUP:
        expire_seats(session, now)
    move = _wanted(session, starts_at, zone, by=by, reason=reason, now=now)
    diary = look(session, people, starts_at, now=now)
    if not moves_at_once(session, move.role, zone):
        return _ask(session, move, by=by, now=now)
    move.state, move.answered_at = State.AGREED, now
    move.save()
    _take_along(session, move, diary.zone.key, by=by, now=now, at_once=True)
    return move


@operation
def agree_to_move(move: Move, *, by: User, now: datetime) -> Move:
    """The other side agrees: the session moves, if the time is still free."""
    session, people = in_turn(move.session)
    move = _for_the_other(move, session, by)
    _refuse_when_late(move, now)
    if session.version != move.version or session.state != Session.State.SCHEDULED:
        raise Refused(_("This session has changed since it was asked. Please look at it again."), code="stale")
    diary = look(session, people, move.starts_at, now=now, asked_at=move.asked_at)
    _answer(move, State.AGREED, now)
    _take_along(session, move, diary.zone.key, by=by, now=now, at_once=False)
    return move


@operation
def decline_move(move: Move, *, by: User, now: datetime) -> Move:
    """The other side says no: the agreed time stands."""
    session = locked(move.session)
    move = _for_the_other(move, session, by)
    _answer(move, State.DECLINED, now)
    _record(session, events.MOVE_DECLINED, move, by=by, now=now)
    return move


@operation
def answer_move(move: Move, *, starts_at: datetime, by: User, reason: str = "", now: datetime) -> Move:
    """The student answers the coach's proposal with a time that suits them better; the coach is asked in turn."""
    session, people = in_turn(move.session)
    move = _for_the_other(move, session, by)
    _refuse_when_late(move, now)
    if move.role != Role.COACH:
        raise Refused(_("Agree or decline: only the student answers with another time."), code="not_the_student")
    zone = refuse_unless_movable(session, by=by, now=now)
    _answer(move, State.ANSWERED, now)
    other = _wanted(session, starts_at, zone, by=by, reason=reason, now=now)
    other.answers = move
    look(session, people, starts_at, now=now)
    return _ask(session, other, by=by, now=now)


@operation
def withdraw_move(move: Move, *, by: User, now: datetime) -> Move:
    """Whoever asked takes it back."""
    session = locked(move.session)
    move = locked(move)
    if move.asked_by_id != by.pk:
        raise PermissionDenied
    _refuse_unless_open(move)
    _answer(move, State.WITHDRAWN, now)
    _record(session, events.MOVE_WITHDRAWN, move, by=by, now=now)
    return move


@operation
def expire_move(move: Move, *, now: datetime) -> Move:
    """Silence means no: the agreed time stands. Nothing happens to any other."""
    move = locked(move)
    if move.state == State.OPEN and move.answer_due_at <= now:
        _answer(move, State.EXPIRED, now)
        _record(move.session, events.MOVE_EXPIRED, move, by=None, now=now)
    return move


def moves_at_once(session: Session, role: str, zone: Zone) -> bool:
    """Whether a move of this side needs nobody's consent."""
    return session.kind == Session.Kind.GROUP or (role == Role.STUDENT and zone == Zone.FREE)


def may_move(session: Session, user: User, now: datetime) -> bool:
    """Whether this person may move the session or ask for another time now; `with_people` spares it a question."""
    try:
        refuse_unless_movable(session, by=user, now=now)
        _refuse_one_more(session, session.role_of(user))
    except (Refused, PermissionDenied):
        return False
    return True


def is_asked(session: Session, user: User, now: datetime) -> bool:
    """Whether another time waits for this person's answer."""
    move = waiting(session, now)
    return move is not None and session.has_participant(user) and session.role_of(user) != move.role


def has_asked(session: Session, user: User, now: datetime) -> bool:
    """Whether this person waits for the answer to their wish for another time."""
    move = waiting(session, now)
    return move is not None and move.asked_by_id == user.pk


def waiting(session: Session, now: datetime) -> Move | None:
    """The wish for another time that can still be answered; silence is a no before the sweep says so."""
    move: Move | None = session.open_move
    waits = move is not None and session.state == Session.State.SCHEDULED and move.answer_due_at >= now
    return move if waits else None


def refuse_unless_movable(session: Session, *, by: User, now: datetime) -> Zone:
    """The zone in which this person may have the session moved; refused where they may not."""
    if not session.has_participant(by):
        raise PermissionDenied
    if session.state != Session.State.SCHEDULED or session.span[0] <= now:
        raise Refused(_("Only a session that is agreed and has not begun can be moved."), code="wrong_state")
    role, counts = session.role_of(by), session.stricter_start
    if session.kind == Session.Kind.GROUP and role == Role.STUDENT:
        raise Refused(_("A group session is moved by its coach only. You may give up your seat."), code="group")
    zone = zones.zone_of_move(role, session.kind, counts or session.span[0], now, session.terms)
    if zone == Zone.LOCKED and role == Role.COACH:
        raise Refused(_("It is too late to move this session: you can only cancel it."), code="locked")
    return zone


def _refuse_one_more(session: Session, role: str) -> None:
    """One question at a time, and so many moves a side; what the other side refused does not count."""
    before = list(session.moves.all())
    if any(each.state == State.OPEN for each in before):
        raise Refused(_("Another time has been asked for already. It waits for an answer."), code="move_open")
    mine = [each for each in before if each.role == role and each.state not in REFUSED and not each.answers_id]
    if len(mine) >= zones.moves_per_side(session.terms):
        raise Refused(_("You have moved this session as often as you may."), code="too_many_moves")


def _wanted(session: Session, starts_at: datetime, zone: Zone, *, by: User, reason: str, now: datetime) -> Move:
    """The move somebody wants, unsaved."""
    if starts_at == session.starts_at:
        raise Refused(_("This is the time it has already."), code="same_time", field="start")
    role = session.role_of(by)
    counts, terms = session.stricter_start or session.span[0], session.terms
    cutoff = zones.locked_after(role, session.kind, counts, terms)
    due_at = zones.move_answer_due(
        zone, cutoff=cutoff, starts_at=session.span[0], wanted=starts_at, now=now, terms=terms
    )
    return Move(
        session=session,
        version=session.version,
        asked_by=by,
        role=role,
        from_starts_at=session.span[0],
        starts_at=starts_at,
        reason=reason.strip(),
        asked_at=now,
        answer_due_at=due_at,
    )


def _ask(session: Session, move: Move, *, by: User, now: datetime) -> Move:
    move.save()
    _record(session, events.MOVE_ASKED, move, by=by, now=now)
    return move


def _for_the_other(move: Move, session: Session, by: User) -> Move:
    """The open move under lock, for whoever it waits for."""
    move = locked(move)
    if not session.has_participant(by) or session.role_of(by) == move.role:
        raise PermissionDenied
    _refuse_unless_open(move)
    return move


def _refuse_unless_open(move: Move) -> None:
    if move.state != State.OPEN:
        raise Refused(_("This question has been answered already, or is not asked any more."), code="answered")


def _refuse_when_late(move: Move, now: datetime) -> None:
    if move.answer_due_at < now:
        raise Refused(_("The time to answer is over: the agreed time stands."), code="expired")


def _answer(move: Move, state: str, now: datetime) -> None:
    move.answered_at = now
    move.move_to(state, "answered_at")


def _take_along(session: Session, move: Move, zone: str, *, by: User, now: datetime, at_once: bool) -> None:
    """The session and all that hangs on its time: claims, version, reminders, the start that counts for refunds."""
    place(session, move.starts_at, zone)
    carry(session)
    session.version += 1
    session.earliest_starts_at = min(session.earliest_starts_at or move.from_starts_at, session.span[0])
    session.is_moved_alone = session.series_id is not None
    changed = ["starts_at", "ends_at", "time_zone", "version", "earliest_starts_at", "is_moved_alone"]
    session.save(update_fields=changed)
    session.reminders.filter(state=Reminder.State.PLANNED).update(state=Reminder.State.DROPPED)
    plan_reminders(session, now=now)
    _record(session, events.SESSION_MOVED, move, by=by, now=now, version=session.version, at_once=at_once)


def _record(session: Session, name: str, move: Move, *, by: User | None, now: datetime, **more: object) -> None:
    was, wanted = move.from_starts_at.isoformat(), move.starts_at.isoformat()
    record(session, name, by=by, at=now, move=move.pk, role=move.role, was=was, starts_at=wanted, **more)
