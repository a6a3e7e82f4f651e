"""What people write down about a session, where it meets if not at the usual place, and how it was."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import record
from core.links import leads_to
from core.models import Event, locked
from core.operations import operation
from core.refused import Refused
from core.templatetags.skileez import in_days
from scheduling import events, policy
from scheduling.models import Participant, Session

LONGEST = 5000


@operation
def write_summary(session: Session, *, text: str, by: User, now: datetime) -> Session:
    """The coach writes what was done, for all to read; the students are told of the first one only."""
    session = locked(session)
    if by.pk != session.coach_id:
        raise PermissionDenied
    if not session.may_be_summed_up_by(by, now):
        raise Refused(_("A session can be summed up once it has begun."), code="not_started", field="summary")
    text = _short(text, "summary")
    if text == session.summary:
        return session
    session.summary = text
    session.save(update_fields=["summary"])
    is_first = text and not Event.objects.about(session).filter(name=events.SUMMARY_WRITTEN).exists()
    record(session, events.SUMMARY_WRITTEN if is_first else events.SUMMARY_CHANGED, by=by, at=now)
    return session


@operation
def write_note(session: Session, *, text: str, by: User) -> None:
    """A participant keeps a note that nobody else reads."""
    if not _place(session, by).update(note=_short(text, "note")):
        raise PermissionDenied


@operation
def rate_session(session: Session, *, stars: int, by: User, now: datetime) -> Session:
    """A participant says for the figures of staff how it was, from 1 to 5; the last click in time counts."""
    session = locked(session)
    if not session.has_participant(by):
        raise PermissionDenied
    if stars not in range(1, 6):
        raise Refused(_("Please choose from 1 to 5."), code="no_stars", field="stars")
    if session.state != Session.State.COMPLETED or session.ended_at is None:
        raise Refused(_("You can say how it was once it took place."), code="not_completed")
    if now >= policy.rated_until(session.ended_at):
        sentence = _("How a session was can be said within %(days)s.")
        raise Refused(sentence % {"days": in_days(policy.satisfaction_days(session.ended_at))}, code="too_late")
    _place(session, by).update(satisfaction=stars)
    return session


@operation
def set_meeting_place(session: Session, *, url: str, by: User, now: datetime) -> Session:
    """The coach says where this one session meets; empty: where all of theirs do. Who waits already is told."""
    session = locked(session)
    if by.pk != session.coach_id:
        raise PermissionDenied
    if session.state in {*Session.OVER, Session.State.CANCELLED}:
        raise Refused(_("This session is over."), code="over")
    if len(url) > 200 or (url and not leads_to(url, settings.MEETING_HOSTS)):
        hosts = ", ".join(settings.MEETING_HOSTS)
        sentence = _("Give an address that begins with https:// at one of these: %(hosts)s.") % {"hosts": hosts}
        raise Refused(sentence, code="meeting_host", field="meeting_url")
    if url != session.meeting_url:
        session.meeting_url = url
        session.save(update_fields=["meeting_url"])
        record(session, events.PLACE_GIVEN if url else events.PLACE_TAKEN_AWAY, by=by, at=now)
    return session


def _place(session: Session, by: User) -> QuerySet[Participant]:
    return Participant.objects.filter(session=session, user=by, state=Participant.State.TAKEN)


def _short(text: str, field: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise Refused(_("This is too long: 5000 characters at most."), code="too_long", field=field)
    return text
