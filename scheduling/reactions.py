"""What scheduling does when time changes hands: the free time of coaches is due to be worked out anew."""

from accounts.events import CALENDAR_ALLOWED
from accounts.models import User
from core.events import on
from core.models import Event
from scheduling import operations
from scheduling.events import (
    AVAILABILITY_CHANGED,
    HOLD_DROPPED,
    HOLD_EXPIRED,
    SEAT_EXPIRED,
    SEAT_LEFT,
    SEAT_TAKEN,
    SESSION_CANCELLED,
    SESSION_DECLINED,
    SESSION_ENDED,
    SESSION_FOLLOWED_CLOCKS,
    SESSION_GIVEN_BACK,
    SESSION_HELD,
    SESSION_MOVED,
    SESSION_REQUESTED,
    SESSION_SCHEDULED,
    SESSION_SETTLED,
    SESSION_UNANSWERED,
    SESSION_WITHDRAWN,
)
from scheduling.models import Calendar, Session
from scheduling.operations.calendars import connect_google, read_soon
from scheduling.operations.copies import plan_copies


@on(AVAILABILITY_CHANGED)
def hours_changed(calendar: Calendar, event: Event) -> None:
    operations.mark_due(calendar, now=event.at)


@on(SESSION_HELD, SESSION_REQUESTED, SESSION_SCHEDULED, SESSION_MOVED, SESSION_CANCELLED, SESSION_ENDED)
@on(HOLD_DROPPED, HOLD_EXPIRED, SEAT_EXPIRED, SESSION_DECLINED, SESSION_WITHDRAWN, SESSION_UNANSWERED)
@on(SESSION_GIVEN_BACK, SESSION_FOLLOWED_CLOCKS)
def time_changed(session: Session, event: Event) -> None:
    if event.facts.get("was") != Session.State.UNSCHEDULED:
        operations.mark_due_after(session, now=event.at)


@on(SESSION_ENDED, SESSION_SETTLED)
def consultation_missed(session: Session, event: Event) -> None:
    operations.give_back_consultation(session, outcome=event.facts["outcome"])


@on(SESSION_SCHEDULED, SESSION_MOVED, SESSION_FOLLOWED_CLOCKS, SESSION_CANCELLED, SESSION_GIVEN_BACK)
@on(SEAT_EXPIRED, SEAT_LEFT, SEAT_TAKEN)
def calendars_follow(session: Session, event: Event) -> None:
    plan_copies(session, now=event.at)


@on(CALENDAR_ALLOWED)
def calendar_is_connected(person: User, event: Event) -> None:
    connect_google(person, now=event.at)


@on(AVAILABILITY_CHANGED)
def calendar_counts_from_now(calendar: Calendar, event: Event) -> None:
    read_soon(calendar.coach_id, now=event.at)


@on(SEAT_EXPIRED, SEAT_LEFT)
def seat_fell_free(session: Session, event: Event) -> None:
    operations.offer_seats(session, now=event.at)


@on(SESSION_CANCELLED)
def line_is_over(session: Session, event: Event) -> None:
    if session.kind == Session.Kind.GROUP:
        operations.end_line(session)
