"""Our sessions in people's calendars at Google: one row says what should stand there, and a sweep makes it so.

Only the newest version is written. Who writes claims the row by moving its due moment; who plans anew while a call is
on its way waits until that claim has run out, so that an old call cannot overtake a new one.
"""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Least

from accounts import google as permission
from accounts.models import User
from core.operations import operation
from core.outbox import nudge
from scheduling import google, ics
from scheduling.models import CalendarCopy, GoogleCalendar, Participant, Session

LEASE = timedelta(minutes=1)
MOST_TRIES = 30
WRITE = "scheduling.tasks.write_calendar_copies"
State = CalendarCopy.State
SHOWN = [Session.State.SCHEDULED, Session.State.IN_PROGRESS]


@operation
def plan_copies(session: Session, *, now: datetime) -> None:
    """Its time is another one, or nobody's any more: the copies of those whose calendar is connected are to follow."""
    on = GoogleCalendar.objects.filter(state=GoogleCalendar.State.ON, user__participations__session=session)
    people = list(on.values_list("user", flat=True))
    if people:
        taken = Participant.State.TAKEN
        here = set(session.participants.filter(user__in=people, state=taken).values_list("user", flat=True))
        _plan([(session, person, session.state in SHOWN and person in here) for person in people], now)


@operation
def plan_all_copies(user: User, *, now: datetime) -> None:
    """Everything this person has agreed for the time to come is to stand in their calendar."""
    taken = Participant.objects.filter(user=user, state=Participant.State.TAKEN).values("session")
    ahead = Session.objects.filter(pk__in=taken, state__in=SHOWN, ends_at__gt=now)
    _plan([(session, user.pk, True) for session in ahead], now)


@operation
def plan_removal(user: User, *, now: datetime) -> int:
    """What of ours lies ahead in this person's calendar is to be taken out; how many that is."""
    CalendarCopy.objects.filter(Q(user=user), ~Q(session__ends_at__gt=now) | Q(state=State.REFUSED)).delete()
    written = CalendarCopy.objects.filter(user=user).exclude(state=State.GONE)
    count = written.update(is_wanted=False, state=State.PLANNED, tries=0, due_at=_due(now))
    if count:
        nudge(WRITE)
    return count


def due_copies(now: datetime) -> "QuerySet[CalendarCopy]":
    """What is to be written or taken away now, where Google lets us in."""
    on = Q(user__google_calendar__state=GoogleCalendar.State.ON)
    leaving = Q(user__google_calendar__state=GoogleCalendar.State.OFF, is_wanted=False)
    due = CalendarCopy.objects.filter(on | leaving, state=State.PLANNED, due_at__lte=now)
    return due.select_related("user__google_calendar").order_by("due_at")


def claim_copy(copy: CalendarCopy, *, now: datetime) -> CalendarCopy | None:
    """Take a due copy for a minute; None where somebody else has it. Whoever dies meanwhile leaves it to the next."""
    due = CalendarCopy.objects.filter(pk=copy.pk, state=State.PLANNED, due_at__lte=now)
    if not due.update(due_at=now + LEASE):
        return None
    return CalendarCopy.objects.select_related("user__google_calendar").get(pk=copy.pk)


def send_copy(token: str, copy: CalendarCopy) -> None:
    """Make Google's calendar say what our session says now. Calls outside; twice is the same as once."""
    calendar = copy.user.google_calendar.calendar_id
    session = Session.objects.with_people().get(pk=copy.session_id)
    if copy.is_wanted and session.state in SHOWN:
        google.write(token, calendar, _event(session, copy))
    else:
        google.take_away(token, calendar, copy.event_id)


@operation
def finish_copy(copy: CalendarCopy) -> str:
    """It was done, unless something else has been planned since; with the last one of a calendar we let go, our leave."""
    done = State.WRITTEN if copy.is_wanted else State.GONE
    _as_claimed(copy).update(state=done, tries=0, reason="")
    if not CalendarCopy.objects.filter(user=copy.user_id, state=State.PLANNED).exists():
        return forget_leaving(copy.user)
    return ""


@operation
def forget_leaving(user: User) -> str:
    """Somebody who disconnected: nothing is left to be taken out, or nobody lets us, so our leave goes.

    The token that went, for Google to be told.
    """
    if not GoogleCalendar.objects.filter(user=user, state=GoogleCalendar.State.OFF).exists():
        return ""
    CalendarCopy.objects.filter(user=user).delete()
    return permission.forget_permission(user)


@operation
def put_copy_off(copy: CalendarCopy, reason: str, *, due_at: datetime) -> None:
    """It was not done: again later, and at last not any more."""
    gives_up = copy.tries + 1 >= MOST_TRIES
    state = State.REFUSED if gives_up else State.PLANNED
    _as_claimed(copy).update(tries=F("tries") + 1, reason=reason[:60], due_at=due_at, state=state)


@operation
def give_copy_up(copy: CalendarCopy, reason: str) -> None:
    """Google will not take it, however often it is asked."""
    _as_claimed(copy).update(state=State.REFUSED, reason=reason[:60])


def event_id_of(session_id: int, user_id: int) -> str:
    """The id of the event at Google: the same whoever makes it, of the letters that ids may have there."""
    text = f"{settings.SITE_URL}/{session_id}/{user_id}"
    return base64.b32hexencode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode().lower()


def _plan(wanted: list[tuple[Session, int, bool]], now: datetime) -> None:
    """Rows that are not there are made only for what should be there; the others are planned anew."""
    made = [
        CalendarCopy(
            session=session,
            user_id=person,
            event_id=event_id_of(session.pk, person),
            version=session.version,
            due_at=now,
        )
        for session, person, is_wanted in wanted
        if is_wanted
    ]
    CalendarCopy.objects.bulk_create(made, ignore_conflicts=True)
    for session, person, is_wanted in wanted:
        changed: dict[str, Any] = {"version": session.version, "is_wanted": is_wanted, "tries": 0, "reason": ""}
        rows = CalendarCopy.objects.filter(session=session, user=person)
        (rows if is_wanted else rows.exclude(state=State.GONE)).update(state=State.PLANNED, due_at=_due(now), **changed)
    if wanted:
        nudge(WRITE)


def _due(now: datetime) -> Any:
    """At once; but a planned row may be on its way to Google, and its claim, or what is left of a pause, runs out first."""
    return Case(When(state=State.PLANNED, then=Least("due_at", Value(now + LEASE))), default=Value(now))


def _as_claimed(copy: CalendarCopy) -> "QuerySet[CalendarCopy]":
    """The row, if it still asks for what was claimed."""
    same = {"version": copy.version, "is_wanted": copy.is_wanted, "due_at": copy.due_at}
    return CalendarCopy.objects.filter(pk=copy.pk, state=State.PLANNED, **same)


def _event(session: Session, copy: CalendarCopy) -> dict[str, Any]:
    starts_at, ends_at = session.span
    return {
        "id": copy.event_id,
        "status": "confirmed",
        "summary": ics.summary_of(session, copy.user),
        "description": ics.description_of(session),
        "start": {"dateTime": starts_at.isoformat(), "timeZone": "UTC"},
        "end": {"dateTime": ends_at.isoformat(), "timeZone": "UTC"},
        "source": {"title": "Skileez", "url": ics.page_of(session)},
        "extendedProperties": {"private": {"skileez": str(copy.version)}},
        "reminders": {"useDefault": False},
    }
