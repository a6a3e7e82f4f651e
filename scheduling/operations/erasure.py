"""A person's time when they leave: agreed sessions keep them, their calendar goes."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.operations import operation
from scheduling.models import (
    BusyTime,
    Calendar,
    CalendarCopy,
    Feed,
    FreeTime,
    GoogleCalendar,
    Move,
    Participant,
    Problem,
    Reminder,
    Session,
    Waiting,
)

AGREED = [Session.State.HELD, Session.State.REQUESTED, Session.State.SCHEDULED, Session.State.IN_PROGRESS]


def refusals_of_time(person: User) -> list[str]:
    """Why this person cannot leave yet: sessions that are to come, run, or have no clear outcome."""
    mine = Session.objects.of(person)
    due, open_ = mine.filter(state__in=AGREED).count(), mine.filter(outcome=Session.Outcome.UNCLEAR).count()
    found = []
    if due:
        found.append(
            ngettext("%(n)d session of yours is still due.", "%(n)d sessions of yours are still due.", due) % {"n": due}
        )
    if open_:
        found.append(_("It is not settled yet whether a session of yours took place."))
    if Problem.objects.filter(session__in=mine, state=Problem.State.OPEN).exists():
        found.append(_("A problem with a session of yours is still being looked at."))
    return found


@operation
def forget_calendar(person: User, *, now: datetime) -> None:
    """Nobody can find or book this person's time any more, nobody reminds them, and their own words are gone."""
    Calendar.objects.filter(coach=person).delete()
    FreeTime.objects.filter(coach=person).delete()
    for model in (BusyTime, CalendarCopy, Feed, GoogleCalendar):
        model._default_manager.filter(user=person).delete()
    Reminder.objects.filter(recipient=person, state=Reminder.State.PLANNED).update(state=Reminder.State.DROPPED)
    Waiting.objects.filter(student=person).delete()
    Participant.objects.filter(user=person).update(note="", satisfaction=None)
    Session.objects.filter(booked_by=person).update(note_to_coach="")
    Session.objects.filter(coach=person).update(decline_reason="", summary="", meeting_url="")
    Session.objects.filter(coach=person, kind=Session.Kind.GROUP).update(title="")
    alone = Session.objects.filter(participants__user=person).exclude(kind=Session.Kind.GROUP)
    alone.update(summary="")  # it is about them
    Move.objects.filter(asked_by=person).update(reason="")
    Problem.objects.filter(reporter=person).update(text="")
