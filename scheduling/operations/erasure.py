"""A person's time when they leave: agreed sessions keep them, their calendar goes."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.operations import operation
from scheduling.models import Calendar, FreeTime, Reminder, Session

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
    return found


@operation
def forget_calendar(person: User, *, now: datetime) -> None:
    """Nobody can find or book this person's time any more, and nobody reminds them."""
    Calendar.objects.filter(coach=person).delete()
    FreeTime.objects.filter(coach=person).delete()
    Reminder.objects.filter(recipient=person, state=Reminder.State.PLANNED).update(state=Reminder.State.DROPPED)
