"""Other times asked for and answered, and sessions called off: who is told, and what of."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.events import BOOKING_CANCELLED
from contracts.models import Booking
from contracts.policy import release_hours
from core.events import telling_of
from core.models import Event
from notifications.calendars import invitation_for
from notifications.operations import tell, write_to
from notifications.words import amount, hours, moment, say
from scheduling.events import MOVE_ASKED, MOVE_DECLINED, MOVE_EXPIRED, MOVE_WITHDRAWN, SESSION_MOVED
from scheduling.models import Move, Participant, Session


@telling_of(MOVE_ASKED)
def tell_who_is_asked(session: Session, event: Event) -> None:
    text = _("{name} asks to move your session from {was} to {wanted}. Please answer by {due}.")
    for person in _people(session, event.by_id):
        _tell(person, session, event, text, _("Another time for your session?"), "session-move")


@telling_of(SESSION_MOVED)
def tell_of_new_time(session: Session, event: Event) -> None:
    """Whoever moved it gets the mail as well: their calendar follows the file that goes along."""
    agreed = _("{name} agreed: your session has moved from {was} to {wanted}.")
    moved = _("{name} moved your session from {was} to {wanted}.")
    own, subject = _("Your session with {name} has moved from {was} to {wanted}."), _("Your session has a new time")
    for person in _people(session, None):
        file = invitation_for(person, session, event)
        if person.pk == event.by_id:
            about = {"text": _said(own, person, session, event), "url": session.get_absolute_url(), "subject": subject}
            write_to(person, event, mail="notice", calendar=file, **about)
        else:
            text = moved if event.facts["at_once"] else agreed
            _tell(person, session, event, text, subject, calendar=file)


@telling_of(MOVE_DECLINED)
def tell_who_asked(session: Session, event: Event) -> None:
    text = _("{name} cannot make {wanted}: your session stays on {was}.")
    _tell(_move(event).asked_by, session, event, text, _("Your session keeps its time"))


@telling_of(MOVE_WITHDRAWN)
def tell_who_was_asked(session: Session, event: Event) -> None:
    text = _("{name} does not ask for another time any more: your session stays on {was}.")
    for person in _people(session, event.by_id):
        _tell(person, session, event, text)


@telling_of(MOVE_EXPIRED)
def tell_both_of_silence(session: Session, event: Event) -> None:
    text = _("Nobody answered in time: your session with {name} stays on {was}.")
    for person in _people(session, None):
        _tell(person, session, event, text)


@telling_of(BOOKING_CANCELLED)
def tell_what_goes_back(booking: Booking, event: Event) -> None:
    """Of money only: that the session does not take place is told with the session."""
    contract, facts = booking.contract, event.facts
    sums = {
        "title": contract.title,
        "back": amount(facts["back_cents"], contract.currency),
        "kept": amount(facts["kept_cents"] - facts["fee_cents"], contract.currency),
    }
    if facts["back_cents"]:
        text = _("{back} of “{title}” go back to your card, for a session that was called off.")
        _tell_of_money(contract.student, booking, event, say(text, **sums))
    if facts["kept_cents"]:
        text = _("A session of “{title}” was called off late: {kept} are yours after {wait}.")
        wait = hours(release_hours(contract.policy)[1])
        _tell_of_money(contract.coach, booking, event, say(text, wait=wait, **sums))


def _tell_of_money(person: User, booking: Booking, event: Event, text: Promise | str) -> None:
    tell(person, event, kind="money", text=text, url=booking.contract.get_absolute_url())


def _tell(
    person: User,
    session: Session,
    event: Event,
    text: Promise | str,
    subject: Promise | str | None = None,
    page: str = "session",
    calendar: str = "",
) -> None:
    about = {"text": _said(text, person, session, event), "url": reverse(page, args=[session.pk]), "subject": subject}
    tell(person, event, kind="sessions", mail="notice" if subject else None, calendar=calendar, **about)


def _said(text: Promise | str, person: User, session: Session, event: Event) -> Promise | str:
    move = _move(event)
    return say(
        text,
        name=_other(session, person, event),
        was=moment(move.from_starts_at),
        wanted=moment(move.starts_at),
        due=moment(move.answer_due_at),
    )


def _move(event: Event) -> Move:
    return Move.objects.select_related("asked_by").get(pk=event.facts["move"])


def _people(session: Session, without: int | None) -> list[User]:
    """Whom this session is for, without who did it."""
    taken = session.participants.filter(state=Participant.State.TAKEN).exclude(user=without)
    return [place.user for place in taken.select_related("user").order_by("pk")]


def _other(session: Session, person: User, event: Event) -> str:
    """Who did it; where nobody did, whom this person would meet."""
    if event.by_id and event.by_id != person.pk:
        return User.objects.get(pk=event.by_id).name
    if person.pk != session.coach_id:
        return session.coach.name
    return ", ".join(other.name for other in _people(session, person.pk)[:3])
