from datetime import timedelta

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from contracts import policy
from contracts.models import Contract
from core.events import on, telling_of
from core.models import Event
from notifications.calendars import cancellation_for, invitation_for
from notifications.later import tell_later, told_later
from notifications.operations import tell, write_to
from notifications.words import hours, moment, say
from scheduling.events import (
    REMINDER_DUE,
    SESSION_CANCELLED,
    SESSION_ENDED,
    SESSION_SCHEDULED,
    SESSION_SETTLED,
)
from scheduling.models import Participant, Session
from scheduling.policy import kept, opens_before


@on(SESSION_SCHEDULED)
def agreed_time_is_to_be_told(session: Session, event: Event) -> None:
    if "series" not in event.facts:  # one notice says it for all of them
        tell_later(event)


@told_later(SESSION_SCHEDULED)
def tell_of_agreed_time(session: Session, event: Event) -> None:
    if session.version != event.facts["version"] or session.state != Session.State.SCHEDULED:
        return  # what has become of it since is told by itself
    session = Session.objects.with_people().get(pk=session.pk)
    for place in _who_agreed(session):
        text = _sentence(_("Your session with {name} is on {moment}."), session, place.user)
        about = {"text": text, "url": session.get_absolute_url(), "session": session, "name": _met(session, place.user)}
        about["opens_before"] = opens_before(session.span[0])
        about["calendar"] = invitation_for(place.user, session, event)
        if place.user_id == event.by_id:
            write_to(place.user, event, mail="session_scheduled", **about)
        else:
            tell(place.user, event, kind="sessions", mail="session_scheduled", **about)


def _who_agreed(session: Session) -> list[Participant]:
    """Of a group its coach alone: whoever has taken a seat meanwhile is told of that."""
    is_group = session.kind == Session.Kind.GROUP
    return [place for place in session.people if not (is_group and place.role == Role.STUDENT)]


@telling_of(SESSION_ENDED, SESSION_SETTLED)
def tell_of_outcome(session: Session, event: Event) -> None:
    """Each student what their own seat came to, the coach what the session did; of seats settled by themselves, once."""
    settled, waits = event.facts.get("students"), _waits(session, event)
    session = Session.objects.with_people().get(pk=session.pk)
    for place in session.people:
        if settled is None or place.user_id in settled:
            outcome = place.outcome or event.facts["outcome"]
            _tell(place.user, session, event, OUTCOMES[outcome][place.role], **waits)


@telling_of(SESSION_CANCELLED)
def tell_of_cancelled_session(session: Session, event: Event) -> None:
    if session.starts_at:  # one without a time is nobody's loss
        session = Session.objects.with_people().get(pk=session.pk)
        for place in session.people:
            text, subject = _("Your session with {name} on {moment} was cancelled."), _("Session cancelled")
            file = cancellation_for(place.user, session, event) if session.version else ""
            if place.user_id != event.by_id:
                _tell(place.user, session, event, text, subject, file)
            elif file:  # whoever cancelled it has it in their calendar, too
                about = {"text": _sentence(text, session, place.user), "url": session.get_absolute_url()}
                write_to(place.user, event, mail="notice", subject=subject, calendar=file, **about)


@telling_of(REMINDER_DUE)
def remind(session: Session, event: Event) -> None:
    recipient, kind = User.objects.get(pk=event.facts["recipient"]), event.facts["kind"]
    session = Session.objects.with_people().get(pk=session.pk)
    is_late = session.span[0] - event.at < LATE.get(kind, timedelta())
    _tell(recipient, session, event, *(LATE_WORDS if is_late else REMINDERS[kind]))


def _tell(
    person: User,
    session: Session,
    event: Event,
    text: Promise | str,
    subject: Promise | str | None = None,
    calendar: str = "",
    **waits: Promise | str,
) -> None:
    """A notice on a session; with a subject also a mail, with a file for calendars where there is one."""
    about = {"text": _sentence(text, session, person, **waits), "url": session.get_absolute_url()}
    mail = "notice" if subject else None
    tell(person, event, kind="sessions", mail=mail, subject=subject, calendar=calendar, **about)


def _waits(session: Session, event: Event) -> dict[str, Promise | str]:
    """How long its money waits and a problem may be reported, by what was agreed."""
    terms = Contract.objects.filter(bookings__session=session).values_list("policy", flat=True).first()
    wait, long_wait = policy.release_hours(policy.terms_of_today(event.at) if terms is None else terms)
    report = hours(kept(session.terms, "problem_hours"))
    return {"wait": hours(wait), "long_wait": hours(long_wait), "report": report}


def _sentence(text: Promise | str, session: Session, reader: User, **waits: Promise | str) -> Promise | str:
    return say(text, name=_met(session, reader), moment=moment(session.starts_at), **waits)


def _met(session: Session, reader: User) -> Promise | str:
    met = session.others(reader)
    if len(met) > NAMED:
        return many_students(len(met))
    return ", ".join(each.user.name for each in met)


NAMED = 3
many_students = lazy(lambda count: ngettext("%(n)d student", "%(n)d students", count) % {"n": count}, str)
LATE = {"day": timedelta(hours=12), "hour": timedelta(minutes=30)}  # with less left, their own words are not true
LATE_WORDS = (_("Your session with {name} is near: {moment}."), _("Your session is near"))
REMINDERS = {
    "day": (_("Your session with {name} is tomorrow: {moment}."), _("Your session tomorrow")),
    "hour": (_("Your session with {name} starts in an hour: {moment}."), _("Your session starts in an hour")),
    "ready": (_("Your session with {name} is about to start: you can join now."),),
}
OUTCOMES = {
    "completed": {
        Role.STUDENT: _("Your session with {name} took place. Please confirm it; your money moves on after {wait}."),
        Role.COACH: _("Your session with {name} took place. Its share is yours once they confirm, or after {wait}."),
    },
    "student_absent": {
        Role.STUDENT: _("You missed your session with {name}. Tell us within {report} if that is not right."),
        Role.COACH: _("{name} did not come. The session is paid to you after {long_wait}."),
    },
    "coach_absent": {
        Role.STUDENT: _("{name} did not come. You get the money for this session back."),
        Role.COACH: _("You missed your session with {name}. Its money goes back to them."),
    },
    "both_absent": {
        Role.STUDENT: _("Nobody came to your session with {name}. You get the money for it back."),
        Role.COACH: _("Nobody came to your session with {name}. Its money goes back to them."),
    },
    "unclear": {
        Role.STUDENT: _("Did your session with {name} take place? Its money stays held until you both say so."),
        Role.COACH: _("Did your session with {name} take place? Its money stays held until you both say so."),
    },
}
