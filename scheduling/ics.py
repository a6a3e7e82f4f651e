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
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, vCalAddress
from icalendar import Event as Component

from accounts.models import User
from core.models import Event
from scheduling.events import SEAT_LEFT
from scheduling.models import Participant, Session

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
NAMED = 3


def invitation(session: Session, reader: User, *, at: datetime, told_by: Event | None = None) -> str:
    """The file that puts an agreed session into its reader's calendar, or moves it there; `told_by` is what it tells of."""
    return _file(_events([(session, at)], reader, told_by=told_by, with_people=True), method="REQUEST")


def cancellation(session: Session, reader: User, *, at: datetime, told_by: Event | None = None) -> str:
    """The file that takes a session out of its reader's calendar."""
    events = _events([(session, at)], reader, told_by=told_by, is_off=True, with_people=True)
    return _file(events, method="CANCEL")


def many(
    sessions: Iterable[Session], reader: User, *, at: datetime, told_by: Event | None = None, are_off: bool = False
) -> str:
    """Sessions of a series in one file, to be put into a calendar at once or taken out of it."""
    rows = [(session, at) for session in sessions]
    return _file(_events(rows, reader, told_by=told_by, is_off=are_off), method="PUBLISH")


def download(session: Session, reader: User, *, at: datetime) -> str:
    """The file that somebody puts into their calendar by hand."""
    return _file(_events([(session, at)], reader), method="PUBLISH")


def feed(sessions: Iterable[tuple[Session, datetime]], reader: User) -> str:
    """Many sessions, each with when it last changed, for a program that asks again and again."""
    return _file(_events(list(sessions), reader), name=_("Skileez sessions"))


def sequence_of(session: Session, *, is_off: bool, times_left: int) -> int:
    """What stands above all that was sent of the session before: out of a calendar one above, back after it two."""
    return session.version + is_off + 2 * times_left


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


def _file(events: list[Component], *, method: str = "", name: str = "") -> str:
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


def _events(
    rows: list[tuple[Session, datetime]],
    reader: User,
    *,
    told_by: Event | None = None,
    is_off: bool = False,
    with_people: bool = False,
) -> list[Component]:
    left = _times_left([session for session, _at in rows], reader, told_by)
    return [_event(row, reader, at, left.get(row.pk, 0), is_off=is_off, with_people=with_people) for row, at in rows]


def _times_left(sessions: Iterable[Session], reader: User, told_by: Event | None) -> dict[int, int]:
    """How often this reader gave up a seat of each group, before what is told; asks nothing where there is no group."""
    groups = [session.pk for session in sessions if session.kind == Session.Kind.GROUP]
    if not groups:
        return {}
    about = {"subject_kind": "scheduling.session", "subject_id__in": groups}
    left = Event.objects.filter(**about, name=SEAT_LEFT, facts__student=reader.pk, facts__was="taken")
    if told_by:
        left = left.filter(pk__lt=told_by.pk)
    return dict(left.order_by().values_list("subject_id").annotate(models.Count("pk")))


def _event(
    session: Session, reader: User, at: datetime, times_left: int, *, is_off: bool, with_people: bool
) -> Component:
    is_off = is_off or session.state == Session.State.CANCELLED
    starts_at, ends_at = session.span
    event = Component()
    event.add("uid", uid_of(session))
    event.add("sequence", sequence_of(session, is_off=is_off, times_left=times_left))
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
