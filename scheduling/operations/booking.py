"""A session that begins with its time: made, placed and claimed at once, for two people."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Role, User, lock_members
from core.events import record
from core.operations import operation
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Calendar, Participant, Session
from scheduling.operations.taking import (
    agree,
    ask,
    free_people,
    in_turn,
    is_asked_first,
    look,
    mark_agreed,
    mark_asked,
    place,
    say_agreed,
    say_asked,
    take,
)

ONE_CONSULTATION = "one_consultation_per_pair"


@operation
def hold_new_session(
    *,
    coach: User,
    student: User,
    kind: str,
    duration_minutes: int,
    starts_at: datetime,
    now: datetime,
    title: str = "",
    note: str = "",
) -> Session:
    """Make a session of these two and keep its time for 15 minutes, in which the student pays."""
    session = Session(
        coach=coach,
        booked_by=student,
        kind=kind,
        duration_minutes=duration_minutes,
        title=title,
        note_to_coach=note,
        is_open=True,
        state=Session.State.HELD,
        hold_expires_at=policy.hold_until(now),
        terms=policy.terms_of_today(now),
    )
    people = lock_members([coach.pk, student.pk])
    free_people(people, now=now)
    _place(session, people, starts_at, now)
    record(session, events.SESSION_HELD, by=student, at=now, starts_at=session.span[0].isoformat())
    return session


@operation
def keep_paid_time(session: Session, *, held_at: datetime, by: User | None, now: datetime) -> Session:
    """What was held is paid: its time stands, or the coach is asked; given back meanwhile it is taken again if free."""
    session, people = in_turn(session)
    if session.span[0] <= now:
        raise Refused(_("This time has passed."), code="past")
    if session.state == Session.State.CANCELLED:
        look(session, people, session.span[0], now=now, asked_at=held_at)
        session.hold_expires_at = policy.hold_until(now)
        session.version += 1  # above what its end said in calendars
        take(session, people, expires_at=session.hold_expires_at)
        session.move_to(Session.State.HELD, "hold_expires_at", "version")
        record(session, events.SESSION_HELD, by=by, at=now, starts_at=session.span[0].isoformat())
    if session.state != Session.State.HELD:
        raise Refused(_("This session already has its time, or is over."), code="wrong_state")
    return (ask if is_asked_first(session) else agree)(session, by=by, now=now)


def begin(session: Session, people: list[User], starts_at: datetime, *, by: User, now: datetime) -> Session:
    """Save a new session of these people, locked already, with its time agreed, or asked for where the coach says yes."""
    diary = look(session, people, starts_at, now=now, is_new=True)
    place(session, starts_at, diary.zone.key)
    asks_first = diary.confirms == Calendar.Confirms.REQUEST
    session.state = Session.State.REQUESTED if asks_first else Session.State.SCHEDULED
    (mark_asked if asks_first else mark_agreed)(session, now)
    _save(session, people)
    if asks_first:
        say_asked(session, by=by, now=now)
    else:
        say_agreed(session, by=by, now=now, people=[person.pk for person in people])
    return session


def _place(session: Session, people: list[User], starts_at: datetime, now: datetime) -> None:
    diary = look(session, people, starts_at, now=now, is_new=True)
    place(session, starts_at, diary.zone.key)
    _save(session, people)


def _save(session: Session, people: list[User]) -> None:
    try:
        session.save(force_insert=True)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != ONE_CONSULTATION:
            raise
        raise Refused(
            _("You have booked your free consultation with this coach before."), code="consultation_used"
        ) from error
    roles = {session.coach_id: Role.COACH}
    Participant.objects.bulk_create(
        Participant(session=session, user=user, role=roles.get(user.pk, Role.STUDENT)) for user in people
    )
    take(session, people, expires_at=session.hold_expires_at)
