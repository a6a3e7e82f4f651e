"""How a session went, at one look, for staff: who came when, what was said, what happened, who was told."""

from collections.abc import Iterable
from datetime import datetime
from math import floor

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from scheduling.models import Participant, Session


def evidence(session: Session) -> SafeString:
    """Start, check-ins relative to it, begin and end, and what each side says."""
    return lines([*_times(session), *(_place(session, each) for each in session.participants.select_related("user"))])


def lines(texts: Iterable[object]) -> SafeString:
    """One below the other."""
    return format_html_join("", "<div>{}</div>", ((text,) for text in texts))


def after_start(session: Session, at: datetime | None) -> str:
    """A moment with its distance from the agreed start, as in `10:20:00 UTC (+20:00)`."""
    if at is None:
        return "–"
    if session.starts_at is None:
        return f"{localtime(at):%H:%M:%S %Z}"
    seconds = floor((at - session.starts_at).total_seconds())  # as the clock beside it leaves out parts of a second
    minutes, rest = divmod(abs(seconds), 60)
    return f"{localtime(at):%H:%M:%S %Z} ({'-' if seconds < 0 else '+'}{minutes}:{rest:02})"


def _times(session: Session) -> Iterable[str]:
    yield _("agreed start: %(at)s") % {"at": f"{localtime(session.starts_at):%Y-%m-%d %H:%M %Z}" if session.starts_at else "–"}  # fmt: skip
    yield _("started: %(at)s") % {"at": after_start(session, session.started_at)}
    yield _("ended: %(at)s") % {"at": after_start(session, session.ended_at)}


def _place(session: Session, place: Participant) -> str:
    facts = {
        "role": place.get_role_display(),
        "name": place.user.name,
        "came": after_start(session, place.checked_in_at) if place.checked_in_at else _("not checked in"),
    }
    text = _("%(role)s %(name)s: %(came)s") % facts
    if place.outcome:
        text += " · " + _("outcome: %(outcome)s") % {"outcome": place.get_outcome_display()}
    if place.says:
        text += " · " + _("says: %(outcome)s") % {"outcome": place.get_says_display()}
    return text
