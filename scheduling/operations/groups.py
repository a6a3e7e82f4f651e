"""Group sessions: published by a coach, filled seat by seat. Seats are counted under the lock of the session."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Role, User, lock_members
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Participant, Reminder, Session, TimeClaim, Waiting
from scheduling.operations.closing import cancel_session
from scheduling.operations.lines import offer_seats, reserved_for
from scheduling.operations.taking import expire_seats, free_people, look, mark_agreed, place, say_agreed, take

Seat = Participant.State


@operation
def publish_session(
    *, title: str, starts_at: datetime, duration_minutes: int, seats: int, least: int, by: User, now: datetime
) -> Session:
    """A coach announces a session with seats, inside their own free time: it is theirs from now on."""
    if not by.is_coach:
        raise PermissionDenied
    _refuse_wrong_seats(seats, least)
    session = Session(
        coach=by,
        kind=Session.Kind.GROUP,
        state=Session.State.SCHEDULED,
        title=title,
        duration_minutes=duration_minutes,
        seats=seats,
        least=least,
        is_open=True,
        terms=policy.terms_of_today(now),
    )
    people = lock_members([by.pk])
    diary = look(session, people, starts_at, now=now, is_new=True)
    place(session, starts_at, diary.zone.key)
    mark_agreed(session, now)
    session.save(force_insert=True)
    Participant.objects.create(session=session, user=by, role=Role.COACH)
    take(session, people)
    say_agreed(session, by=by, now=now)
    return session


@operation
def change_seats(session: Session, *, title: str, seats: int, least: int, by: User, now: datetime) -> Session:
    """Its coach changes what is announced; never below the seats that are taken or kept."""
    session = _of_its_coach(session, by)
    _refuse_wrong_seats(seats, least)
    _refuse_unless_ahead(session, now)
    expire_seats(session, now)
    if seats < (reserved := len(reserved_for(session, now))):
        raise Refused(_("%(n)d seats are taken already.") % {"n": reserved}, code="seats_taken", field="seats")
    session.title, session.seats, session.least = title, seats, least
    session.save(update_fields=["title", "seats", "least"])
    offer_seats(session, now=now)
    record(session, events.GROUP_CHANGED, by=by, at=now, seats=seats, least=least)
    return session


@operation
def hold_seat(session: Session, *, by: User, now: datetime) -> Participant:
    """Keep a seat for a student for 15 minutes, in which they pay; the same seat for who asks again."""
    session = _with_student(session, by, now)
    _refuse_unless_joinable(session, by, now)
    mine = session.participants.filter(user=by).first()
    if mine and mine.state != Seat.LEFT:
        if mine.state == Seat.HELD:
            return mine
        raise Refused(_("You have a seat in this session already."), code="already_joined")
    _refuse_when_full(session, by, now)
    return _keep(session, by, policy.hold_until(now), now)


@operation
def take_seat(session: Session, *, student: User, now: datetime) -> Participant:
    """The seat is paid: it is the student's; given back meanwhile it is taken again if one is free."""
    session = _with_student(session, student, now)
    _refuse_unless_joinable(session, student, now)
    mine = session.participants.filter(user=student).first()
    if mine and mine.state == Seat.TAKEN:
        return mine
    if mine is None or mine.state == Seat.LEFT:
        _refuse_when_full(session, student, now)
        mine = _keep(session, student, policy.hold_until(now), now)
    mine.state, mine.hold_expires_at = Seat.TAKEN, None
    mine.save(update_fields=["state", "hold_expires_at"])
    session.time_claims.filter(user=student).update(expires_at=None)
    session.waiting.filter(student=student, state__in=Waiting.OPEN).update(state=Waiting.State.TAKEN)
    _remind(session, student, now)
    record(session, events.SEAT_TAKEN, by=student, at=now, student=student.pk)
    return mine


@operation
def free_seats(session: Session, *, now: datetime) -> int:
    """Give back the seats that nobody paid in time, and offer them on; how many there were."""
    session = locked(session)
    count = expire_seats(session, now)
    offer_seats(session, now=now)
    return count


@operation
def go_ahead(session: Session, *, by: User, now: datetime) -> Session:
    """The coach says that it takes place however few enrol. Once however often."""
    session = _of_its_coach(session, by)
    _refuse_unless_ahead(session, now)
    if session.went_ahead_at is None:
        session.went_ahead_at = now
        session.save(update_fields=["went_ahead_at"])
        record(session, events.GROUP_GOES_AHEAD, by=by, at=now)
    return session


@operation
def warn_of_few(session: Session, *, now: datetime) -> bool:
    """Two days before: tell the coach, once, that too few have enrolled."""
    session = locked(session)
    if not _is_undecided(session) or session.warned_at or not _has_few(session):
        return False
    session.warned_at = now
    session.save(update_fields=["warned_at"])
    record(session, events.GROUP_BELOW_LEAST, by=None, at=now, least=session.least)
    return True


@operation
def decide_group(session: Session, *, now: datetime) -> Session:
    """A day before: with enough students it takes place whatever comes, with fewer it is called off."""
    session = locked(session)
    if not _is_undecided(session) or now < policy.group_decided_at(session.span[0], now):
        return session
    if _has_few(session):
        session = cancel_session(session, by=None, now=now)
        record(session, events.GROUP_TOO_SMALL, by=None, at=now, least=session.least)
        return session
    session.went_ahead_at = now
    session.save(update_fields=["went_ahead_at"])
    record(session, events.GROUP_GOES_AHEAD, by=None, at=now)
    return session


def _of_its_coach(session: Session, by: User) -> Session:
    session = locked(session)
    if session.kind != Session.Kind.GROUP or session.coach_id != by.pk:
        raise PermissionDenied
    return session


def _with_student(session: Session, student: User, now: datetime) -> Session:
    """The session under lock after its student, without the seats and offers that are over."""
    free_people(lock_members([student.pk]), now=now)
    session = locked(session)
    if session.kind != Session.Kind.GROUP:
        raise PermissionDenied
    expire_seats(session, now)
    offer_seats(session, now=now)
    return session


def _refuse_wrong_seats(seats: int, least: int) -> None:
    fewest, most = policy.seats_of_a_group()
    if not fewest <= seats <= most:
        sentence = _("A group has between %(fewest)d and %(most)d seats.") % {"fewest": fewest, "most": most}
        raise Refused(sentence, code="seats", field="seats")
    if not 0 <= least <= seats:
        raise Refused(_("Not more students can be needed than there are seats."), code="least", field="least")


def _refuse_unless_ahead(session: Session, now: datetime) -> None:
    if session.state != Session.State.SCHEDULED or session.span[0] <= now:
        raise Refused(_("This session has begun, is over or was called off."), code="wrong_state")


def _refuse_unless_joinable(session: Session, student: User, now: datetime) -> None:
    _refuse_unless_ahead(session, now)
    if student.pk == session.coach_id:
        raise Refused(_("You teach this session."), code="own_time")


def _refuse_when_full(session: Session, student: User, now: datetime) -> None:
    others = reserved_for(session, now) - {student.pk}
    if len(others) >= session.seats:
        raise Refused(_("All seats are taken or kept for somebody. You may wait in line."), code="full")


def _keep(session: Session, student: User, until: datetime, now: datetime) -> Participant:
    if TimeClaim.objects.filter(user=student, during__overlap=session.span).exists():
        raise Refused(_("You already have a session at this time."), code="booked")
    take(session, [student], expires_at=until)
    seat, _fresh = Participant.objects.update_or_create(
        session=session,
        user=student,
        defaults={"role": Role.STUDENT, "state": Seat.HELD, "hold_expires_at": until},
    )
    record(session, events.SEAT_HELD, by=student, at=now, student=student.pk, until=until.isoformat())
    return seat


def _remind(session: Session, student: User, now: datetime) -> None:
    """What still lies ahead, also for who gave up their seat and took one again."""
    ahead: dict[str, Any] = {"recipient": student, "version": session.version, "due_at__gt": now}
    session.reminders.filter(state=Reminder.State.DROPPED, **ahead).update(state=Reminder.State.PLANNED)
    Reminder.objects.bulk_create(
        [
            Reminder(session=session, version=session.version, recipient=student, kind=kind, due_at=due_at)
            for kind, due_at in policy.reminders_of(session.span[0], now)
        ],
        ignore_conflicts=True,
    )


def _is_undecided(session: Session) -> bool:
    return session.state == Session.State.SCHEDULED and session.least > 0 and session.went_ahead_at is None


def _has_few(session: Session) -> bool:
    return session.participants.filter(role=Role.STUDENT, state=Seat.TAKEN).count() < session.least
