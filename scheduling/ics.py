"""Sessions as calendar programs read them (RFC 5545, RFC 5546): one file for one reader.

A session keeps its UID for good, and its SEQUENCE grows with each agreed time and with its end. Instants are UTC, so no
zone has to be described. Nobody's address is in it but the reader's own, and not the room: its page leads there.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event, vCalAddress

from accounts.models import User
from scheduling.models import Participant, Session

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
NAMED = 3


def invitation(session: Session, reader: User, *, at: datetime, came_back: int = 0) -> str:
    """The file that puts an agreed session into its reader's calendar, or moves it there.

    Who has left a group and `came_back` so often is above what took it out.
    """
    return _file([_event(session, reader, at, with_people=True, above=2 * came_back)], method="REQUEST")


def cancellation(session: Session, reader: User, *, at: datetime, came_back: int = 0) -> str:
    """The file that takes a session out of its reader's calendar."""
    return _file([_event(session, reader, at, is_off=True, with_people=True, above=2 * came_back)], method="CANCEL")


def many(sessions: Iterable[Session], reader: User, *, at: datetime, are_off: bool = False) -> str:
    """Sessions of a series in one file, to be put into a calendar at once or taken out of it."""
    return _file([_event(session, reader, at, is_off=are_off) for session in sessions], method="PUBLISH")


def download(session: Session, reader: User, *, at: datetime) -> str:
    """The file that somebody puts into their calendar by hand."""
    return _file([_event(session, reader, at)], method="PUBLISH")


def feed(sessions: Iterable[tuple[Session, datetime]], reader: User) -> str:
    """Many sessions, each with when it last changed, for a program that asks again and again."""
    return _file([_event(session, reader, at) for session, at in sessions], name=_("Skileez sessions"))


def summary_of(session: Session, reader: User) -> str:
    """`Conversational Spanish with Lucía Fernández`, in the words of the language in use."""
    others = [place.user.name for place in session.participants.all() if _is_met(place, session, reader)]
    if not others:
        return _plain(session.name)
    if len(others) > NAMED:
        said = ngettext("%(title)s with %(n)d person", "%(title)s with %(n)d people", len(others))
        return _plain(said % {"title": session.name, "n": len(others)})
    return _plain(_("%(title)s with %(names)s") % {"title": session.name, "names": ", ".join(others)})


def page_of(session: Session) -> str:
    return f"{settings.SITE_URL}{session.get_absolute_url()}"


def description_of(session: Session) -> str:
    return _("Join, move or cancel it on its page: %(page)s") % {"page": page_of(session)}


def uid_of(session: Session) -> str:
    return f"session-{session.pk}@{urlsplit(settings.SITE_URL).hostname}"


def _file(events: list[Event], *, method: str = "", name: str = "") -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//Skileez//Sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("x-published-ttl", "PT15M")
    for event in events:
        calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _event(
    session: Session,
    reader: User,
    at: datetime,
    *,
    is_off: bool = False,
    with_people: bool = False,
    above: int = 0,
) -> Event:
    is_off = is_off or session.state == Session.State.CANCELLED
    starts_at, ends_at = session.span
    event = Event()
    event.add("uid", uid_of(session))
    event.add("sequence", session.version + is_off + above)
    event.add("dtstamp", at.replace(microsecond=0))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", summary_of(session, reader))
    event.add("description", description_of(session))
    event.add("url", page_of(session))
    event.add("status", _status(session, is_off=is_off))
    event.add("transp", "TRANSPARENT" if is_off else "OPAQUE")
    if with_people:
        event.add("organizer", _address(*parseaddr(settings.DEFAULT_FROM_EMAIL)))
        event.add("attendee", _address(reader.name, reader.email, PARTSTAT="ACCEPTED", RSVP="FALSE"))
    return event


def _status(session: Session, *, is_off: bool) -> str:
    if is_off:
        return "CANCELLED"
    return "TENTATIVE" if session.state == Session.State.REQUESTED else "CONFIRMED"


def _address(name: str, email: str, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{_plain(email)}")
    address.params["CN"] = _plain(name).replace('"', "'")
    address.params.update(parameters)
    return address


def _is_met(place: Participant, session: Session, reader: User) -> bool:
    """A student meets the coach; whoever else learns there is not their business."""
    is_theirs = reader.pk in {session.coach_id, place.user_id} or place.user_id == session.coach_id
    return is_theirs and place.user_id != reader.pk and place.state == Participant.State.TAKEN


def _plain(text: str) -> str:
    """One line: a line of this format ends where a name has a line break."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())
