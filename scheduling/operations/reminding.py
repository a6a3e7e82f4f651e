"""Reminders: planned when a time is agreed, sent once, dropped when the session moved on or a nearer one is due."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from core.events import record
from core.models import locked
from core.operations import operation
from scheduling import events, policy
from scheduling.models import Participant, Reminder, Session

# Rows of a model cost more to make than to keep, and every booking makes six.
PLAN = """
INSERT INTO scheduling_reminder (session_id, version, state, recipient_id, kind, due_at)
SELECT %s, %s, %s, recipient, kind, due_at
FROM unnest(%s::bigint[]) AS recipient, unnest(%s::text[], %s::timestamptz[]) AS ahead (kind, due_at)
"""


def plan_reminders(session: Session, *, now: datetime, people: Collection[int] = ()) -> None:
    """Plan what still lies ahead, for each participant and for this version of the session; asked for unless known."""
    recipients = list(people) or [place.user_id for place in session.people]
    if ahead := policy.reminders_of(session.span[0], now):
        kinds, moments = map(list, zip(*ahead, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(PLAN, (session.pk, session.version, Reminder.State.PLANNED, recipients, kinds, moments))


@operation
def send_reminder(reminder: Reminder, *, now: datetime) -> bool:
    """Say once that a session is near; dropped when it has begun, moved or been cancelled, or a nearer one is due."""
    session = locked(reminder.session)
    state = Reminder.State.SENT if _is_wanted(reminder, session, now) else Reminder.State.DROPPED
    due = Reminder.objects.filter(pk=reminder.pk, state=Reminder.State.PLANNED, due_at__lte=now)
    if not due.update(state=state):
        return False
    if state == Reminder.State.SENT:
        facts = {"reminder": reminder.pk, "recipient": reminder.recipient_id, "kind": reminder.kind}
        record(session, events.REMINDER_DUE, by=None, at=now, **facts)
    return True


def _is_wanted(reminder: Reminder, session: Session, now: datetime) -> bool:
    agreed = session.state == Session.State.SCHEDULED and session.version == reminder.version
    if not agreed or now >= session.span[0]:
        return False
    here = session.participants.filter(user=reminder.recipient_id, state=Participant.State.TAKEN)
    return here.exists() and not _of_the_same(reminder, now).exists()


def _of_the_same(reminder: Reminder, now: datetime) -> "QuerySet[Reminder]":
    """What has become due since, where the clock or the worker stood still: nobody is told of one session twice at once."""
    same = Reminder.objects.filter(
        session=reminder.session_id, version=reminder.version, recipient=reminder.recipient_id
    )
    return same.filter(due_at__gt=reminder.due_at, due_at__lte=now).exclude(state=Reminder.State.DROPPED)
