"""What people who are about to meet, or just met, are told; and that open pages of a session always look again."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from core.events import telling_of
from core.models import Event
from notifications.live import announce
from notifications.operations import tell
from notifications.words import say
from scheduling import events
from scheduling.models import Participant, Session

SHOWN_AT_ONCE = [
    events.SESSION_HELD,
    events.HOLD_DROPPED,
    events.HOLD_EXPIRED,
    events.SESSION_SCHEDULED,
    events.CHECKED_IN,
    events.SESSION_STARTED,
    events.SESSION_ENDED,
    events.SESSION_CONFIRMED,
    events.SESSION_SETTLED,
    events.SESSION_CANCELLED,
    events.PLACE_MISSED,
    events.PLACE_GIVEN,
    events.PLACE_TAKEN_AWAY,
    events.SUMMARY_WRITTEN,
    events.SUMMARY_CHANGED,
]


@telling_of(*SHOWN_AT_ONCE)
def let_open_pages_look_again(session: Session, event: Event) -> None:
    announce([place.user_id for place in session.people], "sessions")


@telling_of(events.PLACE_MISSED)
def ask_the_coach_for_a_place(session: Session, event: Event) -> None:
    text = _("{name} waits for your session, and there is no meeting link. Add one now.")
    waiting = session.participants.select_related("user").get(user=event.by)
    tell(
        session.coach,
        event,
        kind="sessions",
        text=say(text, name=waiting.user.name),
        url=session.get_absolute_url(),
        mail="notice",
        subject=_("Your student waits for a meeting link"),
    )


@telling_of(events.PLACE_GIVEN)
def say_where_to_meet(session: Session, event: Event) -> None:
    text = say(_("{name} has said where you meet: join now."), name=session.coach.name)
    for place in _students(session):
        if place.checked_in_at:
            tell(place.user, event, kind="sessions", text=text, url=session.get_absolute_url())


@telling_of(events.SUMMARY_WRITTEN)
def tell_of_the_summary(session: Session, event: Event) -> None:
    text = say(_("{name} has summed up your session."), name=session.coach.name)
    for place in _students(session):
        tell(place.user, event, kind="sessions", text=text, url=session.get_absolute_url())


def _students(session: Session) -> list[Participant]:
    taken = session.participants.filter(state=Participant.State.TAKEN, role=Role.STUDENT)
    return list(taken.select_related("user").order_by("pk"))
