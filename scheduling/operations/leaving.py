"""One student leaves a group; the session of the others stands."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from accounts.models import Role, User
from core.events import record
from core.models import locked
from core.operations import operation
from scheduling import events
from scheduling.models import Participant, Reminder, Session


@operation
def leave_seat(session: Session, *, student: User, by: User, now: datetime) -> Session:
    """A seat in a group is given up: its student's time is free again, and nobody reminds them. Once however often."""
    session = locked(session)
    if by.pk not in {student.pk, session.coach_id} and not by.is_staff:
        raise PermissionDenied
    here = session.participants.filter(user=student, role=Role.STUDENT).exclude(state=Participant.State.LEFT)
    was = here.values_list("state", flat=True).first()
    if not here.update(state=Participant.State.LEFT, hold_expires_at=None):
        return session
    session.time_claims.filter(user=student).delete()
    planned = session.reminders.filter(recipient=student, state=Reminder.State.PLANNED)
    planned.update(state=Reminder.State.DROPPED)
    role = "student" if by.pk == student.pk else session.role_of(by)
    record(session, events.SEAT_LEFT, by=by, at=now, student=student.pk, role=role, was=was)
    return session
