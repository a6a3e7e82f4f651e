"""A person's calendar at Google: connected, read again and again, lost, found, let go.

A reading is claimed by moving its due moment, made outside of any transaction, and kept only if the claim still stands.
While it cannot be read, nothing is renewed: what it said is relied upon until `verified_until`, and then no longer.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts import google as permission
from accounts.models import User
from core.events import record
from core.models import locked
from core.operations import operation
from core.outbox import nudge
from core.refused import Refused
from scheduling import events, google
from scheduling.busy import Span, busy_spans
from scheduling.models import BusyTime, Calendar, CalendarCopy, GoogleCalendar
from scheduling.operations.copies import plan_all_copies, plan_removal
from scheduling.operations.free_time import mark_due_for

log = structlog.get_logger(__name__)
T = TypeVar("T")
EVERY = timedelta(minutes=5)
RELIED_UPON = timedelta(minutes=30)
LEASE = timedelta(minutes=2)
UNREAD = timedelta(days=1)  # of a person who cannot be booked: only what they have agreed is written
LONGEST_PAUSE = timedelta(hours=1)
READ = "scheduling.tasks.read_google_calendar"


@operation
def connect_google(user: User, *, now: datetime) -> GoogleCalendar:
    """Google lets us in: the calendar is read at once, and every agreed session is written into it."""
    calendar, _fresh = GoogleCalendar.objects.get_or_create(user=user, defaults={"due_at": now})
    calendar = locked(calendar)
    if calendar.state != GoogleCalendar.State.ON:
        calendar.move_to(GoogleCalendar.State.ON)
    calendar.due_at, calendar.tries, calendar.reason = now, 0, ""
    calendar.verified_until = calendar.died_at = None
    calendar.save(update_fields=["due_at", "tries", "reason", "verified_until", "died_at"])
    record(calendar, events.GOOGLE_CONNECTED, by=user, at=now)
    mark_due_for([user.pk], now=now)
    plan_all_copies(user, now=now)
    nudge(READ, calendar.pk)
    return calendar


def disconnect_google(calendar: GoogleCalendar, *, by: User, now: datetime, removing: bool = False) -> GoogleCalendar:
    """It is read no longer, and our leave is given back; our sessions stay in it, or are taken out first. Calls outside."""
    calendar, token = _let_go(calendar, by=by, now=now, removing=removing)
    give_back_leave(calendar, token)
    return calendar


def give_back_leave(calendar: GoogleCalendar, token: str) -> None:
    """Tell Google once that a token forgotten here is worth nothing; where it was not heard, its person reads so."""
    if not token:
        return
    try:
        google.revoke(token)
    except (google.NoAnswer, google.Dead, google.Refusal) as why:
        log.warning("leave not given back", calendar=calendar.pk, reason=str(why))
        calendar.reason = GoogleCalendar.NOT_GIVEN_BACK
        off = GoogleCalendar.objects.filter(pk=calendar.pk, state=GoogleCalendar.State.OFF)
        off.update(reason=calendar.reason)


@operation
def _let_go(calendar: GoogleCalendar, *, by: User, now: datetime, removing: bool) -> tuple[GoogleCalendar, str]:
    """Forget what it said, and our leave unless it is needed for what is to be taken out; the token that went."""
    calendar = locked(calendar)
    if calendar.user_id != by.pk:
        raise PermissionDenied
    if calendar.state == GoogleCalendar.State.OFF:
        return calendar, ""
    was_dead = calendar.state == GoogleCalendar.State.DEAD
    calendar.verified_until, calendar.reason = None, ""
    calendar.move_to(GoogleCalendar.State.OFF, "verified_until", "reason")
    BusyTime.objects.filter(user=by).delete()
    token = ""
    if was_dead or not (removing and plan_removal(by, now=now)):
        CalendarCopy.objects.filter(user=by).delete()
        token = permission.forget_permission(by)
    record(calendar, events.GOOGLE_DISCONNECTED, by=by, at=now)
    mark_due_for([by.pk], now=now)
    return calendar, token


def read_google(calendar: GoogleCalendar, *, now: datetime) -> bool:
    """Ask Google when this person is busy, if it is due and nobody else is at it; whether it was read. Calls outside."""
    claim = now + LEASE
    due = GoogleCalendar.objects.filter(pk=calendar.pk, state=GoogleCalendar.State.ON, due_at__lte=now)
    if not due.update(due_at=claim):
        return False
    user = User.objects.get(pk=calendar.user_id)
    hours = Calendar.objects.filter(coach=user).first()
    if hours is None:
        return _pass_over(calendar, claim=claim, now=now)
    try:
        end = now + timedelta(days=hours.horizon_days + 2)
        spans = with_token(user, lambda token: _spans(token, calendar, now, end))
    except google.Dead as dead:
        lose_google(calendar, reason=dead.code, now=now)
        return False
    except google.NoAnswer as why:
        _try_later(calendar, why.code, claim=claim, now=now)
        raise_where_away(why)
        return False
    except google.Refusal as refusal:
        _try_later(calendar, f"refused_{refusal.status}", claim=claim, now=now)
        return False
    return _keep(calendar, spans, claim=claim, now=now)


@operation
def read_soon(user_id: int, *, now: datetime) -> None:
    """This person can be booked at other times than before: what stands in their calendar may count now."""
    GoogleCalendar.objects.filter(user=user_id, state=GoogleCalendar.State.ON, due_at__gt=now + EVERY).update(
        due_at=now
    )


def with_token(user: User, call: Callable[[str], T]) -> T:
    """Make a call with a token that is good; one that has run out, or is refused, is renewed once."""
    token = permission.access_token_of(user)
    if token:
        try:
            return call(token)
        except google.Expired:
            pass
    refresh_token = permission.refresh_token_of(user)
    if not refresh_token:
        raise google.Dead("no_permission")
    token, seconds = google.renew(refresh_token)
    permission.keep_access_token(user, token, seconds)
    try:
        return call(token)
    except google.Expired as expired:
        raise google.Dead("no_permission") from expired


@operation
def lose_google(calendar: GoogleCalendar, *, reason: str, now: datetime) -> GoogleCalendar:
    """Google lets us in no longer: from this moment on nothing of it is relied upon, and its person is told."""
    calendar = locked(calendar)
    if calendar.state != GoogleCalendar.State.ON:
        return calendar
    calendar.verified_until = calendar.died_at = now
    calendar.reason = reason[:60]
    calendar.move_to(GoogleCalendar.State.DEAD, "verified_until", "died_at", "reason")
    record(calendar, events.GOOGLE_LOST, by=None, at=now, reason=calendar.reason)
    mark_due_for([calendar.user_id], now=now)
    return calendar


def raise_where_away(why: google.NoAnswer) -> None:
    """Where nobody is there at all, the next row would only wait as long: a passing refusal ends the sweep's round."""
    if why.is_away:
        raise Refused(_("Google does not answer."), code="google_away", is_passing=True) from why


def pause_after(tries: int) -> timedelta:
    return min(timedelta(minutes=2 ** min(tries, 6)), LONGEST_PAUSE)


def _spans(token: str, calendar: GoogleCalendar, start: datetime, end: datetime) -> list[Span]:
    zone, found = google.events(token, calendar.calendar_id, start, end)
    ours = set(CalendarCopy.objects.filter(user=calendar.user_id).values_list("event_id", flat=True))
    host = urlsplit(settings.SITE_URL).hostname or ""
    try:
        return busy_spans(found, zone, apart_from=ours, host=host)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise google.NoAnswer("odd_answer") from error


@operation
def _keep(calendar: GoogleCalendar, spans: list[Span], *, claim: datetime, now: datetime) -> bool:
    """Replace what was known by what was read, all at once; nothing where the claim is not ours any more."""
    calendar = locked(calendar)
    if calendar.state != GoogleCalendar.State.ON or calendar.due_at != claim:
        return False
    known = BusyTime.objects.filter(user=calendar.user_id)
    before = sorted((each.during.lower, each.during.upper) for each in known)
    is_news = before != spans or calendar.verified_until is None or calendar.verified_until <= now
    if before != spans:
        known.delete()
        fresh = [BusyTime(user_id=calendar.user_id, during=DateTimeTZRange(*span)) for span in spans]
        BusyTime.objects.bulk_create(fresh)
    calendar.checked_at, calendar.verified_until, calendar.due_at = now, now + RELIED_UPON, now + EVERY
    calendar.tries, calendar.reason = 0, ""
    calendar.save(update_fields=["checked_at", "verified_until", "due_at", "tries", "reason"])
    if is_news:
        mark_due_for([calendar.user_id], now=now)
    return True


@operation
def _try_later(calendar: GoogleCalendar, reason: str, *, claim: datetime, now: datetime) -> None:
    """Again after a pause, and just when what is known is relied upon no longer: then search must know it, too."""
    calendar = locked(calendar)
    if calendar.state != GoogleCalendar.State.ON or calendar.due_at != claim:
        return
    calendar.tries, calendar.reason = calendar.tries + 1, reason[:60]
    calendar.due_at = now + pause_after(calendar.tries)
    edge = calendar.verified_until
    if edge and now < edge < calendar.due_at:
        calendar.due_at = edge
    calendar.save(update_fields=["tries", "reason", "due_at"])
    if edge and edge <= now:
        mark_due_for([calendar.user_id], now=now)


def _pass_over(calendar: GoogleCalendar, *, claim: datetime, now: datetime) -> bool:
    GoogleCalendar.objects.filter(pk=calendar.pk, due_at=claim).update(due_at=now + UNREAD)
    return False
