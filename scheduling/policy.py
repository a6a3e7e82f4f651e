"""The rules of time, as pure functions: what is due when, who may change what until when, outcomes.

What two people have agreed to goes by the numbers that its session keeps (`terms`), all else by those in force at the
moment it is about.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from core.numbers import number, numbers

Terms = Mapping[str, Any]

DAY = timedelta(days=1)
DECIDING = (
    "unclear",
    "coach_absent",
    "completed",
    "student_absent",
)  # of seats that differ, the first one that is there
KEPT = (
    "no_show_minutes",
    "free_change_student_hours",
    "free_change_coach_hours",
    "cutoff_hours",
    "reschedule_answer_hours",
    "reschedules_per_side",
    "consultation_change_hours",
    "problem_hours",
)  # by a session, as they were when it was agreed on


def terms_of_today(now: datetime) -> dict[str, Any]:
    """What a session made now keeps."""
    return kept_of(numbers(now))


def kept_of(terms: Terms) -> dict[str, Any]:
    """What a session keeps of the numbers of its contract."""
    return {key: terms[key] for key in KEPT if key in terms}


def kept(terms: Terms, key: str) -> int:
    """A number of a session; one from before sessions kept them was made by those of the settings."""
    return int(terms.get(key, settings.POLICY[key]))


def _minutes(key: str, at: datetime) -> timedelta:
    return timedelta(minutes=number(key, at))


def _hours(key: str, at: datetime) -> timedelta:
    return timedelta(hours=number(key, at))


def joinable_from(starts_at: datetime) -> datetime:
    """When the waiting room opens."""
    return starts_at - _minutes("join_before_minutes", starts_at)


def opens_before(starts_at: datetime) -> int:
    """How many minutes before the start the waiting room opens."""
    return int(number("join_before_minutes", starts_at))


def ready_from(starts_at: datetime) -> datetime:
    """When a scheduled session is shown as ready."""
    return starts_at - _minutes("ready_before_minutes", starts_at)


def late_after(starts_at: datetime, terms: Terms) -> datetime:
    """Until when a check-in is in time, this moment included."""
    return starts_at + timedelta(minutes=kept(terms, "no_show_minutes"))


def hold_until(now: datetime) -> datetime:
    """How long a time is kept for a student who is about to confirm it."""
    return now + _minutes("hold_minutes", now)


def consultation_minutes(now: datetime) -> int:
    return int(number("consultation_minutes", now))


def most_open_consultations(now: datetime) -> int:
    """How many consultations of one student may lie ahead at the same time."""
    return int(number("consultations_open", now))


def yes_due(asked_at: datetime, starts_at: datetime) -> datetime:
    """Until when a coach may say yes to a time: silence after that is a no."""
    latest = starts_at - _hours("request_before_start_hours", asked_at)
    return min(asked_at + _hours("request_answer_hours", asked_at), latest)


def rated_until(ended_at: datetime) -> datetime:
    """Until when people may say, or say otherwise, how a session was."""
    return ended_at + satisfaction_days(ended_at) * DAY


def satisfaction_days(ended_at: datetime) -> int:
    return int(number("satisfaction_days", ended_at))


def is_near(starts_at: datetime, now: datetime) -> bool:
    """Whether a session of a series is so near that new rules for clocks do not move it any more."""
    return starts_at - now <= _hours("series_near_hours", now)


def is_free_to_give_back(starts_at: datetime, now: datetime, terms: Terms) -> bool:
    """Whether a student may give a session of a series another time without asking anybody."""
    return starts_at - now >= timedelta(hours=kept(terms, "free_change_student_hours"))


def seats_of_a_group() -> tuple[int, int]:
    """The fewest and the most seats of a group session."""
    fewest, most = settings.POLICY["group_seats"]
    return int(fewest), int(most)


def group_decided_at(starts_at: datetime, now: datetime) -> datetime:
    """When a group with too few students is called off; from then on a free seat is for whoever comes first."""
    return starts_at - _hours("group_decide_hours", now)


def group_warned_from(now: datetime) -> datetime:
    """The latest start of the groups whose coaches are due to be told."""
    return now + _hours("group_warn_hours", now)


def group_hours(now: datetime) -> tuple[int, int]:
    """How long before its start a small group's coach is told, and how long before it the group is called off."""
    return int(number("group_warn_hours", now)), int(number("group_decide_hours", now))


def group_decided_from(now: datetime) -> datetime:
    """The latest start of the groups that are due to be decided."""
    return now + _hours("group_decide_hours", now)


def offer_until(starts_at: datetime, now: datetime) -> datetime:
    """Until when a free seat is kept for the first in line."""
    return min(now + _hours("seat_offer_hours", now), group_decided_at(starts_at, now))


def is_given_back(role: str, notice_minutes: int | None, terms: Terms) -> bool:
    """Whether a cancelled consultation does not count: the student may have another one with this coach."""
    if role == "student" and notice_minutes is not None:
        return notice_minutes >= kept(terms, "consultation_change_hours") * 60
    return True


def notice_of(hours: int, now: datetime, *, is_by_request: bool) -> int:
    """The hours of notice a booking needs; by request never less than what a coach needs to answer it."""
    if not is_by_request:
        return hours
    least = number("request_before_start_hours", now) + number("request_least_answer_hours", now)
    return max(hours, int(least))


def reminders_of(starts_at: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """Kind and moment of each reminder that still lies ahead when a session is scheduled."""
    planned = [
        ("day", starts_at - timedelta(hours=24)),
        ("hour", starts_at - timedelta(hours=1)),
        ("ready", ready_from(starts_at)),
    ]
    return [(kind, due_at) for kind, due_at in planned if due_at > now]


def outcome(
    coach: datetime | None,
    student: datetime | None,
    *,
    starts_at: datetime,
    ends_at: datetime,
    ended_at: datetime,
    terms: Terms,
) -> str:
    """What a seat came to, from when each side checked in; the clock alone never makes it completed.

    Whoever comes after the quarter of an hour is late, not there: that is for a problem report. With both sides there a
    session counts from half its time on; who waits alone may leave once that quarter is over.
    """
    late = late_after(starts_at, terms)
    if coach is None and student is None:
        return "both_absent" if ended_at >= late else "unclear"
    is_short = ended_at < (starts_at + (ends_at - starts_at) / 2 if coach and student else late)
    coach_in_time, student_in_time = (came is not None and came <= late for came in (coach, student))
    if is_short or not (coach_in_time or student_in_time):
        return "unclear"
    if coach_in_time and student_in_time:
        return "completed"
    return "student_absent" if coach_in_time else "coach_absent"


def outcome_of_seats(seats: Iterable[str]) -> str:
    """What a session came to, from what each of its seats did: open as long as one of them is."""
    came_to = set(seats)
    return next((each for each in DECIDING if each in came_to), "both_absent")


def reported_until(ended_at: datetime, terms: Terms) -> datetime:
    """Until when a problem with a session may be reported, this moment not included."""
    return ended_at + timedelta(hours=kept(terms, "problem_hours"))


def unclear_for(now: datetime) -> timedelta:
    """How long after its end both sides may settle an unclear session before staff are asked."""
    return _hours("unclear_hours", now)
