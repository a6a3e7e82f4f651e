"""The rules of time, as pure functions: what is due when, who may change what until when, outcomes."""

from datetime import datetime, timedelta

from django.conf import settings

DAY = timedelta(days=1)


def _minutes(key: str) -> timedelta:
    return timedelta(minutes=settings.POLICY[key])


def joinable_from(starts_at: datetime) -> datetime:
    """When the waiting room opens."""
    return starts_at - _minutes("join_before_minutes")


def ready_from(starts_at: datetime) -> datetime:
    """When a scheduled session is shown as ready."""
    return starts_at - _minutes("ready_before_minutes")


def late_after(starts_at: datetime) -> datetime:
    """Until when a check-in is in time, this moment included."""
    return starts_at + _minutes("no_show_minutes")


def hold_until(now: datetime) -> datetime:
    """How long a time is kept for a student who is about to confirm it."""
    return now + _minutes("hold_minutes")


def rated_until(ended_at: datetime) -> datetime:
    """Until when people may say, or say otherwise, how a session was."""
    return ended_at + settings.POLICY["satisfaction_days"] * DAY


def is_given_back(role: str, notice_minutes: int | None) -> bool:
    """Whether a cancelled consultation does not count: the student may have another one with this coach."""
    if role == "student" and notice_minutes is not None:
        return notice_minutes >= settings.POLICY["consultation_change_hours"] * 60
    return True


def notice_of(hours: int, *, is_by_request: bool) -> int:
    """The hours of notice a booking needs; by request never less than what a coach needs to answer it."""
    if not is_by_request:
        return hours
    return max(hours, settings.POLICY["request_before_start_hours"] + settings.POLICY["request_least_answer_hours"])


def reminders_of(starts_at: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """Kind and moment of each reminder that still lies ahead when a session is scheduled."""
    planned = [
        ("day", starts_at - timedelta(hours=24)),
        ("hour", starts_at - timedelta(hours=1)),
        ("ready", ready_from(starts_at)),
    ]
    return [(kind, due_at) for kind, due_at in planned if due_at > now]


def outcome(
    coach: datetime | None, student: datetime | None, *, starts_at: datetime, ends_at: datetime, ended_at: datetime
) -> str:
    """What a session came to, from when each side checked in; the clock alone never makes it completed."""
    if ended_at < starts_at + (ends_at - starts_at) / 2:
        return "unclear"
    if (coach is None or student is None) and ended_at < late_after(starts_at):
        return "unclear"  # whoever is missing could still have come in time
    if coach is None and student is None:
        return "both_absent"
    coach_in_time = coach is not None and coach <= late_after(starts_at)
    student_in_time = student is not None and student <= late_after(starts_at)
    if coach_in_time and student_in_time:
        return "completed"
    if coach_in_time and student is None:
        return "student_absent"
    if student_in_time and coach is None:
        return "coach_absent"
    return "unclear"
