"""Why a time can't be booked: a code, a sentence for the student, and the whole truth for the coach and staff."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.refused import Refused
from core.templatetags.skileez import clock, day, when
from scheduling import spans
from scheduling.diary import Diary, Stretch, instant, read_diary, seconds
from scheduling.models import Session

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Reason:
    """Why not. `sentence` never says what else the coach does; `full` is for the coach and for staff only."""

    code: str
    sentence: str
    full: str


@dataclass(frozen=True)
class Asked:
    """A time somebody would like, and the diary it is looked up in."""

    diary: Diary
    starts_at: datetime
    minutes: int
    now: datetime

    @property
    def stretch(self) -> Stretch:
        start = seconds(self.starts_at)
        return start, start + self.minutes * 60

    @property
    def is_listed(self) -> bool:
        free = self.diary.free(self.starts_at, self.starts_at + SECOND, self.minutes, self.now)
        return self.starts_at == instant(self.stretch[0]) and self.stretch[0] in free

    def is_inside(self, moved_by: int = 0) -> bool:
        """Whether all of it lies in the hours, were it moved by so many seconds."""
        start, end = (edge + moved_by for edge in self.stretch)
        return _covered(self._open(), (start, end))

    def hours_of_day(self) -> list[Stretch]:
        """The hours that begin on the day of this time, as they are open."""
        zone = self.diary.zone_at(self.starts_at)
        today = self.starts_at.astimezone(zone).date()
        return [each for each in self._open() if instant(each[0]).astimezone(zone).date() == today]

    def _open(self) -> list[Stretch]:
        windows = self.diary.windows(self.starts_at, self.starts_at)
        closed = self.diary.closed(self.starts_at, self.starts_at)
        return spans.free_stretches(windows, [], elsewhere=closed, earliest=windows[0][0] if windows else 0)


def why(
    coach: User | int,
    student: User | int | None,
    starts_at: datetime,
    minutes: int,
    now: datetime,
    kind: str = "",
    *,
    apart_from: Session | None = None,
) -> Reason | None:
    """Why this student can't book this coach then, in one statement; none when the time is a listed slot."""
    people = [student] if student else []
    diary = read_diary(coach, people, starts_at, starts_at, now, apart_from=apart_from, kind=kind)
    return reason(diary, starts_at, minutes, now)


def refusal(diary: Diary, starts_at: datetime, duration_minutes: int, now: datetime) -> Refused | None:
    """Why a time can't be booked, as one sentence for the student and a code; none when it is a listed slot."""
    found = reason(diary, starts_at, duration_minutes, now)
    return Refused(found.sentence, code=found.code) if found else None


def reason(diary: Diary, starts_at: datetime, minutes: int, now: datetime) -> Reason | None:
    """The first reason that holds, from what nobody can change to what another minute would."""
    asked = Asked(diary, starts_at, minutes, now)
    with timezone.override(diary.zone_at(starts_at)):
        for look in (_past, _closure, _no_hours, _horizon, _notice):
            if found := look(asked):
                return found
        if asked.is_listed:
            return None
        later: tuple[Callable[[Asked], Reason | None], ...] = (_outside, _booked, _calendar_busy, _full_day, _buffer)
        return next((found for look in later if (found := look(asked))), None) or _not_listed(asked)


def _past(asked: Asked) -> Reason | None:
    sentence = _("This time has passed. Please pick a later one.")
    return Reason("past", sentence, sentence) if asked.starts_at <= asked.now else None


def _closure(asked: Asked) -> Reason | None:
    code = asked.diary.closure(asked.now)
    return CLOSURES[code](asked) if code else None


def _hidden(asked: Asked) -> Reason:
    return Reason(
        "hidden",
        _("This coach takes no new bookings at the moment."),
        _("After missed sessions, or until staff approve the profile, nothing new is booked. Contracts go on."),
    )


def _no_consultations(asked: Asked) -> Reason:
    return Reason(
        "no_consultations",
        _("This coach gives no free consultations."),
        _("Free consultations are switched off in the availability."),
    )


def _unverified(asked: Asked) -> Reason:
    until = asked.diary.verified_until
    full = _("The coach's own calendar could never be read, and no times are offered until it can.")
    if until:
        full = _("What the coach's own calendar says was known until %(until)s. No times are offered until it is read.")
    return Reason(
        "calendar_unverified",
        _("The coach's calendar can't be checked right now, so no times are offered. Please try again later."),
        full % {"until": when(instant(until))} if until else full,
    )


CLOSURES = {"hidden": _hidden, "no_consultations": _no_consultations, "calendar_unverified": _unverified}


def _no_hours(asked: Asked) -> Reason | None:
    sentence = _("The coach has not said yet when they can be booked.")
    full = _("No weekly hours and no extra hours are filled in.")
    return None if asked.diary.has_hours else Reason("outside_hours", sentence, full)


def _horizon(asked: Asked) -> Reason | None:
    days = asked.diary.horizon_days
    if asked.starts_at < asked.diary.horizon(asked.now):
        return None
    sentence = ngettext(
        "The coach can be booked %(days)d day ahead at most.",
        "The coach can be booked %(days)d days ahead at most.",
        days,
    )
    full = ngettext(
        "Bookable %(days)d day ahead, which is until %(until)s as of now.",
        "Bookable %(days)d days ahead, which is until %(until)s as of now.",
        days,
    )
    return Reason("horizon", sentence % {"days": days}, full % {"days": days, "until": _moment(asked, "horizon")})


def _notice(asked: Asked) -> Reason | None:
    hours = asked.diary.notice_hours
    if asked.starts_at >= asked.diary.earliest(asked.now):
        return None
    sentence = ngettext(
        "The coach needs %(hours)d hour of notice. Please pick a later time.",
        "The coach needs %(hours)d hours of notice. Please pick a later time.",
        hours,
    )
    full = ngettext(
        "With %(hours)d hour of notice, the first time as of now is %(first)s.",
        "With %(hours)d hours of notice, the first time as of now is %(first)s.",
        hours,
    )
    if asked.diary.asks_first:
        full += " " + _("The notice leaves the coach time to say yes or no.")
    return Reason("notice", sentence % {"hours": hours}, full % {"hours": hours, "first": _moment(asked, "earliest")})


def _outside(asked: Asked) -> Reason | None:
    if asked.is_inside():
        return None
    jump = _clock_change(asked)
    if jump and any(asked.is_inside(moved_by) for moved_by in (jump, -jump)):
        return Reason(
            "clock_change",
            _("The coach's clocks change that day, and their hours move with them. Please pick a listed time."),
            _("The clocks of %(zone)s change that day; but for that the time would lie in the hours. %(hours)s")
            % {"zone": timezone.get_current_timezone_name(), "hours": _hours(asked)},
        )
    sentence = _("This is outside the coach's hours. Please pick a listed time.")
    if taken := _clash(asked.diary.closed(asked.starts_at, asked.starts_at), asked.stretch):
        blocked = _("An exception blocks the time from %(start)s to %(end)s.") % _ends(taken)
        return Reason("outside_hours", sentence, blocked)
    return Reason("outside_hours", sentence, _hours(asked))


def _hours(asked: Asked) -> str:
    """In words the hours of the day that was asked for, by the clock of that day."""
    found = [f"{clock(instant(start))}–{clock(instant(end))}" for start, end in asked.hours_of_day()]
    names = {"day": day(asked.starts_at), "zone": timezone.get_current_timezone_name(), "hours": ", ".join(found)}
    if not found:
        return _("On %(day)s there are no hours, by the clock of %(zone)s.") % names
    return _("The hours on %(day)s are %(hours)s, by the clock of %(zone)s.") % names


def _booked(asked: Asked) -> Reason | None:
    if taken := _clash(asked.diary.elsewhere, asked.stretch):
        full = _("The student has another session from %(start)s to %(end)s.") % _ends(taken)
        return Reason("booked", _("You already have a session at this time."), full)
    if taken := _clash(asked.diary.busy, asked.stretch):
        full = _("Another session, agreed or held, takes the time from %(start)s to %(end)s.") % _ends(taken)
        return Reason("booked", _("This time is taken. Please pick another one."), full)
    return None


def _calendar_busy(asked: Asked) -> Reason | None:
    taken = _clash(asked.diary.outside, asked.stretch)
    if not taken:
        return None
    full = _("The coach's own calendar says busy from %(start)s to %(end)s.") % _ends(taken)
    return Reason("calendar_busy", _("The coach is not free at this time. Please pick another one."), full)


def _full_day(asked: Asked) -> Reason | None:
    if not _clash(asked.diary.full_days(asked.starts_at, asked.starts_at), asked.stretch):
        return None
    most = asked.diary.most_a_day or 0
    full = ngettext(
        "There is %(most)d session that day, which is the most a day.",
        "There are %(most)d sessions that day, which is the most a day.",
        most,
    )
    sentence = _("The coach takes no more sessions that day. Please pick another day.")
    return Reason("daily_maximum", sentence, full % {"most": most})


def _buffer(asked: Asked) -> Reason | None:
    pause = max(asked.diary.before_minutes, asked.diary.after_minutes)
    start, end = asked.stretch
    taken = _clash(asked.diary.busy, (start - pause * 60, end + pause * 60))
    if not taken:
        return None
    full = _("A pause of %(pause)d minutes is kept around the session from %(start)s to %(end)s.")
    return Reason(
        "buffer",
        _("This is too close to a time that is taken. Please pick another one."),
        full % {"pause": pause, **_ends(taken)},
    )


def _not_listed(asked: Asked) -> Reason:
    return Reason(
        "not_listed",
        _("The coach's sessions start at other minutes. Please pick a listed time."),
        _("Sessions start every %(step)d minutes, counted from where each stretch of hours begins. %(hours)s")
        % {"step": asked.diary.step_minutes, "hours": _hours(asked)},
    )


def _clock_change(asked: Asked) -> int:
    """By how many seconds the clocks of the coach change within half a day of the time."""
    half, zone = timedelta(hours=12), asked.diary.zone_at(asked.starts_at)
    before, after = ((asked.starts_at + shift).astimezone(zone).utcoffset() or timedelta() for shift in (-half, half))
    return int((after - before).total_seconds())


def _clash(stretches: Iterable[Stretch], wanted: Stretch) -> Stretch | None:
    return next((each for each in stretches if each[0] < wanted[1] and wanted[0] < each[1]), None)


def _covered(stretches: Iterable[Stretch], wanted: Stretch) -> bool:
    return any(start <= wanted[0] and wanted[1] <= end for start, end in stretches)


def _ends(stretch: Stretch) -> dict[str, str]:
    """Both ends in words; the day once when it is the same."""
    start, end = map(instant, stretch)
    return {"start": when(start), "end": clock(end) if day(start) == day(end) else when(end)}


def _moment(asked: Asked, name: str) -> str:
    return when(getattr(asked.diary, name)(asked.now))
