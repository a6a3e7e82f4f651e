"""What people are told of weekly series and of group sessions."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core.events import telling_of
from core.models import Event
from notifications.operations import tell
from notifications.words import moment, say
from scheduling.events import SERIES_BOOKED, SERIES_ENDED, SERIES_STAYED, SESSION_FOLLOWED_CLOCKS
from scheduling.models import Series, Session

some_sessions = lazy(lambda count: ngettext("%(n)d session", "%(n)d sessions", count) % {"n": count}, str)


@telling_of(SERIES_BOOKED)
def tell_of_series(series: Series, event: Event) -> None:
    """One notice and one mail for all of its sessions, to both."""
    text = _("A weekly series with {name} is booked: {sessions}.")
    for reader, met in ((series.student, series.coach), (series.coach, series.student)):
        said = say(text, name=met.name, sessions=some_sessions(event.facts["sessions"]))
        subject = _("Your weekly sessions")
        tell(reader, event, kind="sessions", text=said, url=series.get_absolute_url(), mail="notice", subject=subject)


@telling_of(SERIES_ENDED)
def tell_of_ended_series(series: Series, event: Event) -> None:
    text = _("{name} has ended your weekly series: {sessions} may be given other times.")
    said = say(text, name=series.student.name, sessions=some_sessions(event.facts["sessions"]))
    subject = _("A weekly series has ended")
    url = series.get_absolute_url()
    tell(series.coach, event, kind="sessions", text=said, url=url, mail="notice", subject=subject)


@telling_of(SESSION_FOLLOWED_CLOCKS)
def tell_of_new_clocks(session: Session, event: Event) -> None:
    """The wall clock is the same for whoever the series follows; for the other side it is another hour."""
    text = _("New rules for clocks: your weekly session is on {moment} now, at the same time by the series' clock.")
    said = say(text, moment=moment(session.starts_at))
    for place in session.participants.select_related("user").order_by("pk"):
        subject = _("Your weekly session and new rules for clocks")
        url = session.get_absolute_url()
        tell(place.user, event, kind="sessions", text=said, url=url, mail="notice", subject=subject)


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
