"""The calendar files that go along with mails, in the words of their reader."""

from accounts.models import User
from core.models import Event
from notifications.operations import as_read_by
from scheduling import ics
from scheduling.models import Session


def invitation_for(reader: User, session: Session, event: Event) -> str:
    """What puts the agreed time into this reader's calendar."""
    with as_read_by(reader):
        return ics.invitation(_with_people(session), reader, at=event.at)


def cancellation_for(reader: User, session: Session, event: Event) -> str:
    """What takes the session out of it; also for one who left a session that others keep."""
    with as_read_by(reader):
        return ics.cancellation(_with_people(session), reader, at=event.at)


def _with_people(session: Session) -> Session:
    return Session.objects.with_people().get(pk=session.pk)
