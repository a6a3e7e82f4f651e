"""What scheduling does when time changes hands: the free time of coaches is due to be worked out anew."""

from core.events import on
from core.models import Event
from scheduling import operations
from scheduling.events import (
    AVAILABILITY_CHANGED,
    HOLD_DROPPED,
    HOLD_EXPIRED,
    SEAT_EXPIRED,
    SESSION_CANCELLED,
    SESSION_ENDED,
    SESSION_HELD,
    SESSION_MOVED,
    SESSION_SCHEDULED,
)
from scheduling.models import Calendar, Session


@on(AVAILABILITY_CHANGED)
def hours_changed(calendar: Calendar, event: Event) -> None:
    operations.mark_due(calendar, now=event.at)


@on(SESSION_HELD, SESSION_SCHEDULED, SESSION_MOVED, SESSION_CANCELLED, SESSION_ENDED)
@on(HOLD_DROPPED, HOLD_EXPIRED, SEAT_EXPIRED)
def time_changed(session: Session, event: Event) -> None:
    if event.facts.get("was") != Session.State.UNSCHEDULED:
        operations.mark_due_after(session, now=event.at)
