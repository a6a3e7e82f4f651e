"""What people are told of weekly series and of group sessions."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from core.events import telling_of
from core.models import Event
from notifications.calendars import cancellation_for, invitation_for, series_for
from notifications.live import announce
from notifications.operations import tell, write_to
from notifications.words import moment, say
from scheduling.events import (
    GROUP_BELOW_LEAST,
    GROUP_CHANGED,
    GROUP_GOES_AHEAD,
    GROUP_TOO_SMALL,
    LINE_JOINED,
    LINE_LEFT,
    OFFER_PASSED,
    SEAT_EXPIRED,
    SEAT_HELD,
    SEAT_LEFT,
    SEAT_OFFERED,
    SEAT_TAKEN,
    SEATS_FREE_FOR_ALL,
    SERIES_BOOKED,
    SERIES_ENDED,
    SERIES_STAYED,
    SESSION_FOLLOWED_CLOCKS,
)
from scheduling.models import Participant, Series, Session

some_sessions = lazy(lambda count: ngettext("%(n)d session", "%(n)d sessions", count) % {"n": count}, str)


@telling_of(SERIES_BOOKED)
def tell_of_series(series: Series, event: Event) -> None:
    """One notice and one mail for all of its sessions, to both."""
    text = _("A weekly series with {name} is booked: {sessions}.")
    for reader, met in ((series.student, series.coach), (series.coach, series.student)):
        said = say(text, name=met.name, sessions=some_sessions(event.facts["sessions"]))
        about = {"subject": _("Your weekly sessions"), "calendar": _booked(reader, series, event)}
        tell(reader, event, kind="sessions", text=said, url=series.get_absolute_url(), mail="notice", **about)


@telling_of(SERIES_ENDED)
def tell_of_ended_series(series: Series, event: Event) -> None:
    text = _("{name} has ended your weekly series: {sessions} may be given other times.")
    subject, url = _("A weekly series has ended"), series.get_absolute_url()
    for reader, met in ((series.student, series.coach), (series.coach, series.student)):
        about = {"url": url, "subject": subject, "calendar": _given_back(reader, series, event)}
        if reader.pk == event.by_id:
            own = _("Your weekly series with {name} has ended: {sessions} may be given other times.")
            said = say(own, name=met.name, sessions=some_sessions(event.facts["sessions"]))
            write_to(reader, event, mail="notice", text=said, **about)
        else:
            said = say(text, name=met.name, sessions=some_sessions(event.facts["sessions"]))
            tell(reader, event, kind="sessions", text=said, mail="notice", **about)


@telling_of(SESSION_FOLLOWED_CLOCKS)
def tell_of_new_clocks(session: Session, event: Event) -> None:
    """The wall clock is the same for whoever the series follows; for the other side it is another hour."""
    text = _("New rules for clocks: your weekly session is on {moment} now, at the same time by the series' clock.")
    said = say(text, moment=moment(session.starts_at))
    for place in session.participants.select_related("user").order_by("pk"):
        subject = _("Your weekly session and new rules for clocks")
        url = session.get_absolute_url()
        about = {"subject": subject, "calendar": invitation_for(place.user, session, event)}
        tell(place.user, event, kind="sessions", text=said, url=url, mail="notice", **about)


@telling_of(SERIES_STAYED)
def tell_of_what_stayed(series: Series, event: Event) -> None:
    """People and staff: by the series' clock these are now at another time than the others."""
    stayed = some_sessions(len(event.facts["sessions"]))
    text = say(_("New rules for clocks: {sessions} of your weekly series could not follow and stay."), sessions=stayed)
    for reader in (series.student, series.coach):
        subject = _("A weekly session stays where it was agreed")
        tell(reader, event, kind="sessions", text=text, url=series.get_absolute_url(), mail="notice", subject=subject)
    said = say(_("New rules for clocks: {sessions} of series {number} stay."), sessions=stayed, number=series.pk)
    for person in User.objects.filter(is_staff=True, is_active=True):
        tell(person, event, kind="sessions", text=said, url=f"/admin/scheduling/series/{series.pk}/change/")


@telling_of(SEAT_TAKEN)
def tell_of_seat(session: Session, event: Event) -> None:
    student = _student(event)
    text = say(_("You have a seat in “{title}” on {moment}."), title=session.title, moment=moment(session.starts_at))
    _tell(student, session, event, text, _("You have a seat"), invitation_for(student, session, event))
    text = say(_("{name} has taken a seat in “{title}”."), name=student.name, title=session.title)
    _tell(session.coach, session, event, text)


@telling_of(SEAT_LEFT)
def tell_of_seat_given_up(session: Session, event: Event) -> None:
    if event.facts.get("was") == Participant.State.TAKEN:
        _tell_who_left(session, event)
    if event.by_id != session.coach_id and event.facts["student"] == event.by_id:
        text = say(_("{name} has given up a seat in “{title}”."), name=_student(event).name, title=session.title)
        _tell(session.coach, session, event, text)


def _tell_who_left(session: Session, event: Event) -> None:
    """It goes out of their calendar; whoever gave it up themselves knows, and gets the file alone."""
    student = _student(event)
    said = say(
        _("Your seat in “{title}” on {moment} is given up."), title=session.title, moment=moment(session.starts_at)
    )
    file = cancellation_for(student, Session.objects.with_people().get(pk=session.pk), event)
    if student.pk != event.by_id:
        return _tell(student, session, event, said, _("Your seat is given up"), file)
    about = {"url": reverse("group", args=[session.pk]), "subject": _("Your seat is given up"), "calendar": file}
    return write_to(student, event, mail="notice", text=said, **about)


@telling_of(SEAT_EXPIRED)
def tell_of_seat_not_paid(session: Session, event: Event) -> None:
    text = say(_("Your seat in “{title}” is no longer kept for you: it was not paid in time."), title=session.title)
    _tell(_student(event), session, event, text)


@telling_of(SEAT_OFFERED)
def tell_first_in_line(session: Session, event: Event) -> None:
    until = moment(session.waiting.get(pk=event.facts["waiting"]).offer_ends_at)
    text = say(_("A seat in “{title}” is kept for you until {moment}."), title=session.title, moment=until)
    _tell(_student(event), session, event, text, _("A seat is kept for you"))


@telling_of(OFFER_PASSED)
def tell_of_offer_that_passed(session: Session, event: Event) -> None:
    text = say(_("The seat in “{title}” that was kept for you went to the next in line."), title=session.title)
    _tell(_student(event), session, event, text)


@telling_of(SEATS_FREE_FOR_ALL)
def tell_all_in_line(session: Session, event: Event) -> None:
    text = say(_("A seat in “{title}” is free: whoever comes first has it."), title=session.title)
    for student in User.objects.filter(pk__in=event.facts["line"]):
        _tell(student, session, event, text, _("A seat is free"))


@telling_of(GROUP_BELOW_LEAST)
def warn_its_coach(session: Session, event: Event) -> None:
    text = _("Too few have enrolled for “{title}” on {moment}. Say that it takes place anyway, or it is called off.")
    said = say(text, title=session.title, moment=moment(session.starts_at))
    _tell(session.coach, session, event, said, _("Your group session may be called off"))


@telling_of(GROUP_TOO_SMALL)
def tell_why_it_was_called_off(session: Session, event: Event) -> None:
    text = say(_("“{title}” had too few students and was called off. All money goes back."), title=session.title)
    for place in session.participants.filter(state=Participant.State.TAKEN).select_related("user"):
        _tell(place.user, session, event, text)


@telling_of(GROUP_GOES_AHEAD)
def tell_that_it_takes_place(session: Session, event: Event) -> None:
    if event.by_id:
        text = say(_("“{title}” takes place, however many come."), title=session.title)
        for place in session.participants.filter(state=Participant.State.TAKEN, role=Role.STUDENT):
            _tell(place.user, session, event, text)


@telling_of(SEAT_HELD, LINE_JOINED, LINE_LEFT, GROUP_CHANGED)
def let_open_pages_look_again(session: Session, event: Event) -> None:
    announce([session.coach_id], "sessions")


def _booked(reader: User, series: Series, event: Event) -> str:
    """A file of those that are agreed; what the coach is still asked for is in nobody's calendar yet."""
    agreed = Session.objects.filter(series=series, state=Session.State.SCHEDULED).with_people().order_by("starts_at")
    return series_for(reader, agreed, event) if agreed else ""


def _given_back(reader: User, series: Series, event: Event) -> str:
    """A file that takes out those that were agreed; they have no time any more, so it is told with the event."""
    was = {int(pk): datetime.fromisoformat(start) for pk, start in event.facts["agreed"].items()}
    given = list(Session.objects.with_people().filter(pk__in=was).order_by("pk"))
    for session in given:
        session.starts_at = was[session.pk]
        session.ends_at = session.starts_at + timedelta(minutes=session.duration_minutes)
        session.version -= 1  # what was agreed; one above it takes it out
    return series_for(reader, given, event, are_off=True) if given else ""


def _student(event: Event) -> User:
    return User.objects.get(pk=event.facts["student"])


def _tell(
    person: User,
    session: Session,
    event: Event,
    text: Promise | str,
    subject: Promise | str | None = None,
    calendar: str = "",
) -> None:
    """A notice on a group session; with a subject also a mail, with a file for calendars where there is one."""
    about = {"mail": "notice" if subject else None, "subject": subject, "calendar": calendar}
    tell(person, event, kind="sessions", text=text, url=reverse("group", args=[session.pk]), **about)
