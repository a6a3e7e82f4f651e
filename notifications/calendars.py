"""The calendar files that go along with mails, in the words of their reader."""

from collections.abc import Iterable

from accounts.models import User
from core.models import Event
from notifications.operations import as_read_by
from scheduling import ics
from scheduling.models import Session


def invitation_for(reader: User, session: Session, event: Event) -> str:
    """What puts the agreed time of a session, read `with_people`, into this reader's calendar."""
    with as_read_by(reader):
        return ics.invitation(session, reader, at=event.at, told_by=event)


def cancellation_for(reader: User, session: Session, event: Event) -> str:
    """What takes the session out of it; also for one who left a session that others keep."""
    with as_read_by(reader):
        return ics.cancellation(session, reader, at=event.at, told_by=event)


def series_for(reader: User, sessions: Iterable[Session], event: Event, *, are_off: bool = False) -> str:
    """What puts many sessions, read `with_people`, into this reader's calendar at once, or takes them out."""
    with as_read_by(reader):
        return ics.many(sessions, reader, at=event.at, told_by=event, are_off=are_off)
