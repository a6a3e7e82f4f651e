"""How time is taken and given back. Every path to a booked time leads through here.

Lock the people in the order of their keys, read the diary, give back what they hold no longer, make the claims: the
lock makes refusals clean, the constraint `nobody_is_booked_twice` makes them certain.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User, lock_members
from core.events import record
from core.models import locked
from core.refused import Refused
from scheduling import events, policy
from scheduling.models import Calendar, Participant, Session, TimeClaim
from scheduling.operations.reminding import plan_reminders
from scheduling.slots import Diary, read_diary, refusal

NOBODY_TWICE = "nobody_is_booked_twice"
CLAIM = """
INSERT INTO scheduling_timeclaim (user_id, session_id, during, expires_at)
SELECT person, %s, %s, %s FROM unnest(%s::bigint[]) AS person
"""


def in_turn(session: Session) -> tuple[Session, list[User]]:
    """Lock the session's people, then the session."""
    here = session.participants.exclude(state=Participant.State.LEFT).values_list("user_id", flat=True)
    people = lock_members(here, "is_active")
    return locked(session), people


def free_people(people: Iterable[User | int], *, now: datetime, apart_from: int | None = None) -> None:
    """Give back what these people, locked already, hold no longer, in other sessions than the one in hand."""
    spent = TimeClaim.objects.filter(user__in=people, expires_at__lte=now).exclude(session=apart_from).values("session")
    for row in Session.objects.select_for_update(no_key=True).filter(pk__in=spent).order_by("pk"):
        _let_go(row, now)


def look(
    session: Session,
    people: Collection[User | int],
    starts_at: datetime,
    *,
    now: datetime,
    is_new: bool = False,
    asked_at: datetime | None = None,
) -> Diary:
    """The diary in which this session may take this time; refused where it may not. Spent holds there are given back.

    What was asked in time may be agreed to later: notice and horizon are counted from `asked_at`.
    """
    apart_from = None if is_new else session
    diary = read_diary(session.coach_id, people, starts_at, starts_at, now, apart_from=apart_from, kind=session.kind)
    as_of = asked_at if asked_at and starts_at > now else now
    if refused := refusal(diary, starts_at, session.duration_minutes, as_of):
        raise refused
    if diary.has_spent_holds:
        free_people(people, now=now, apart_from=session.pk)
    return diary


def take(session: Session, people: Iterable[User], *, expires_at: datetime | None = None) -> None:
    """Claim the session's time for these people, as a hold where it expires; refused where somebody was faster."""
    during = DateTimeTZRange(*session.span)
    with _nobody_twice(), connection.cursor() as cursor:
        cursor.execute(CLAIM, (session.pk, during, expires_at, [person.pk for person in people]))


def carry(session: Session) -> None:
    """Let the session's claims follow it to its new time, holds among them; refused where somebody was faster."""
    with _nobody_twice():
        session.time_claims.update(during=DateTimeTZRange(*session.span))


@contextmanager
def _nobody_twice() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != NOBODY_TWICE:
            raise
        raise Refused(_("Somebody was faster: this time has just been taken."), code="taken") from error


def place(session: Session, starts_at: datetime, zone: str) -> None:
    """Give the session a time, unsaved."""
    session.starts_at, session.ends_at = starts_at, starts_at + timedelta(minutes=session.duration_minutes)
    session.time_zone = zone


def agree(session: Session, *, by: User | None, now: datetime, people: Collection[int] = (), **facts: Any) -> Session:
    """The session's time stands: a new version, reminders for it, and the refund deadline of its earliest start."""
    if session.state == Session.State.HELD:
        session.time_claims.update(expires_at=None)
    mark_agreed(session, now)
    changed = ["starts_at", "ends_at", "time_zone", "hold_expires_at", "answer_due_at", "version"]
    session.move_to(Session.State.SCHEDULED, *changed, "agreed_at", "earliest_starts_at")
    say_agreed(session, by=by, now=now, people=people, **facts)
    return session


def mark_agreed(session: Session, now: datetime) -> None:
    """What an agreed time changes of a session, unsaved."""
    starts_at, _ends_at = session.span
    session.version += 1
    session.hold_expires_at = session.answer_due_at = None
    session.agreed_at = session.agreed_at or now
    session.earliest_starts_at = min(session.earliest_starts_at or starts_at, starts_at)


def say_agreed(session: Session, *, by: User | None, now: datetime, people: Collection[int] = (), **facts: Any) -> None:
    plan_reminders(session, now=now, people=people)
    facts |= {"starts_at": session.span[0].isoformat(), "version": session.version}
    record(session, events.SESSION_SCHEDULED, by=by, at=now, **facts)


def ask(session: Session, *, by: User | None, now: datetime, **facts: Any) -> Session:
    """The session's time waits for the coach's yes, and stays taken meanwhile."""
    if session.state == Session.State.HELD:
        session.time_claims.update(expires_at=None)
    mark_asked(session, now)
    changed = ["starts_at", "ends_at", "time_zone", "hold_expires_at", "asked_at", "answer_due_at"]
    session.move_to(Session.State.REQUESTED, *changed, "decline_reason")
    say_asked(session, by=by, now=now, **facts)
    return session


def mark_asked(session: Session, now: datetime) -> None:
    """What a question to the coach changes of a session, unsaved; refused where no time is left to answer."""
    due = policy.yes_due(now, session.span[0])
    if due <= now:
        sentence = _("The coach says yes to each booking, and there is too little time left for that.")
        raise Refused(sentence, code="notice")
    session.hold_expires_at, session.asked_at, session.answer_due_at = None, now, due
    session.decline_reason = ""


def say_asked(session: Session, *, by: User | None, now: datetime, **facts: Any) -> None:
    due = session.answer_due_at
    assert due  # noqa: S101 - the database holds it for every session that is asked for
    record(session, events.SESSION_REQUESTED, by=by, at=now, answer_due_at=due.isoformat(), **facts)


def is_asked_first(session: Session) -> bool:
    """Whether the coach wants to say yes to this booking before it stands; seats in a group are free to take."""
    if session.kind == Session.Kind.GROUP:
        return False
    return Calendar.objects.filter(coach=session.coach_id, confirms=Calendar.Confirms.REQUEST).exists()


def give_back(session: Session) -> None:
    """The session's time is free again: a contract's may be given another, any other was made for this one only."""
    session.time_claims.all().delete()
    session.hold_expires_at = session.answer_due_at = None
    if not session.is_made_for_one_time:
        session.starts_at = session.ends_at = None
        session.move_to(Session.State.UNSCHEDULED, "starts_at", "ends_at", "hold_expires_at", "answer_due_at")
    else:
        session.uses_up = False
        session.move_to(Session.State.CANCELLED, "hold_expires_at", "answer_due_at", "uses_up")


def expire(session: Session, now: datetime) -> None:
    give_back(session)
    record(session, events.HOLD_EXPIRED, by=None, at=now)


def expire_seats(session: Session, now: datetime) -> int:
    """Give back the seats of a locked session that nobody paid in time; how many there were."""
    spent = session.participants.filter(state=Participant.State.HELD, hold_expires_at__lte=now).order_by("pk")
    seats = list(spent.select_for_update(no_key=True, of=("self",)))
    for seat in seats:
        seat.state, seat.hold_expires_at = Participant.State.LEFT, None
        seat.save(update_fields=["state", "hold_expires_at"])
        session.time_claims.filter(user=seat.user_id).delete()
        record(session, events.SEAT_EXPIRED, by=None, at=now, student=seat.user_id)
    return len(seats)


def _let_go(session: Session, now: datetime) -> None:
    """Of a locked session: the hold, or those of its seats, that ran out."""
    if session.is_spent(now):
        expire(session, now)
    else:
        expire_seats(session, now)
