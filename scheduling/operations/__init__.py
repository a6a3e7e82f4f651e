"""What can be done with time. Locks are taken in the order people → session, each in primary-key order."""

from scheduling.operations.attendance import check_in, end, start
from scheduling.operations.availability import Window, set_availability
from scheduling.operations.closing import cancel_session, close_session, confirm_outcome, settle_outcome
from scheduling.operations.exceptions import add_exception, add_travel, remove_exception, remove_travel
from scheduling.operations.free_time import (
    mark_due,
    mark_due_after,
    mark_due_for,
    refresh_due,
    refresh_free_time,
    refresh_many,
)
from scheduling.operations.holding import confirm_time, drop_hold, expire_hold, hold_time, schedule
from scheduling.operations.leaving import leave_seat
from scheduling.operations.making import create_session, create_sessions, open_sessions
from scheduling.operations.moving import (
    agree_to_move,
    answer_move,
    decline_move,
    expire_move,
    move_session,
    withdraw_move,
)
from scheduling.operations.notes import rate_session, set_meeting_place, write_note, write_summary
from scheduling.operations.reminding import send_reminder

__all__ = [
    "Window",
    "add_exception",
    "add_travel",
    "agree_to_move",
    "answer_move",
    "cancel_session",
    "check_in",
    "close_session",
    "confirm_outcome",
    "confirm_time",
    "create_session",
    "create_sessions",
    "decline_move",
    "drop_hold",
    "end",
    "expire_hold",
    "expire_move",
    "hold_time",
    "leave_seat",
    "mark_due",
    "mark_due_after",
    "mark_due_for",
    "move_session",
    "open_sessions",
    "rate_session",
    "refresh_due",
    "refresh_free_time",
    "refresh_many",
    "remove_exception",
    "remove_travel",
    "schedule",
    "send_reminder",
    "set_availability",
    "set_meeting_place",
    "settle_outcome",
    "start",
    "withdraw_move",
    "write_note",
    "write_summary",
]
