"""Reminders: planned when a time is agreed, sent once, dropped when the session moved on."""

from datetime import datetime

from core.events import record
from core.models import locked
from core.operations import operation
from scheduling import events, policy
from scheduling.models import Reminder, Session


def plan_reminders(session: Session, *, now: datetime) -> None:
    """Plan what still lies ahead, for each participant and for this version of the session."""
    recipients = [place.user_id for place in session.people]
    Reminder.objects.bulk_create(
        Reminder(session=session, version=session.version, recipient_id=recipient, kind=kind, due_at=due_at)
        for recipient in recipients
        for kind, due_at in policy.reminders_of(session.span[0], now)
    )


@operation
def send_reminder(reminder: Reminder, *, now: datetime) -> bool:
    """Say once that a session is near; dropped when the session has begun, moved or been cancelled."""
    session = locked(reminder.session)
    agreed = session.state == Session.State.SCHEDULED and session.version == reminder.version
    state = Reminder.State.SENT if agreed and now < session.span[0] else Reminder.State.DROPPED
    due = Reminder.objects.filter(pk=reminder.pk, state=Reminder.State.PLANNED, due_at__lte=now)
    if not due.update(state=state):
        return False
    if state == Reminder.State.SENT:
        facts = {"reminder": reminder.pk, "recipient": reminder.recipient_id, "kind": reminder.kind}
        record(session, events.REMINDER_DUE, by=None, at=now, **facts)
    return True
