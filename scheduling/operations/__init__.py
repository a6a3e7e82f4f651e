"""What can be done with time. Locks are taken in the order people → session, each in primary-key order."""

from scheduling.operations.attendance import check_in, end, let_in, start
from scheduling.operations.availability import Window, mend_availability, set_availability
from scheduling.operations.booking import hold_new_session, keep_paid_time
from scheduling.operations.closing import cancel_session, close_session
from scheduling.operations.consulting import book_consultation, give_back_consultation
from scheduling.operations.exceptions import add_exception, add_travel, remove_exception, remove_travel
from scheduling.operations.free_time import (
    mark_due,
    mark_due_after,
    mark_due_for,
    refresh_due,
    refresh_free_time,
    refresh_many,
)
from scheduling.operations.groups import (
    change_seats,
    decide_group,
    free_seats,
    go_ahead,
    hold_seat,
    publish_session,
    take_seat,
    warn_of_few,
)
from scheduling.operations.holding import confirm_time, drop_hold, expire_hold, hold_time, schedule
from scheduling.operations.leaving import leave_seat
from scheduling.operations.lines import end_line, join_line, leave_line, offer_seats, pass_offers
from scheduling.operations.making import create_sessions, open_sessions
from scheduling.operations.moving import (
    agree_to_move,
    answer_move,
    decline_move,
    expire_move,
    move_session,
    withdraw_move,
)
from scheduling.operations.notes import rate_session, set_meeting_place, write_note, write_summary
from scheduling.operations.problems import report_problem, solve_problem, withdraw_problem
from scheduling.operations.reminding import send_reminder
from scheduling.operations.requesting import confirm_request, decline_request, expire_request, withdraw_request
from scheduling.operations.series import accept_clocks, book_series, end_series, follow_clocks
from scheduling.operations.settling import ask_staff, confirm_outcome, say_outcome, settle_outcome

__all__ = [
    "Window",
    "accept_clocks",
    "add_exception",
    "add_travel",
    "agree_to_move",
    "answer_move",
    "ask_staff",
    "book_consultation",
    "book_series",
    "cancel_session",
    "change_seats",
    "check_in",
    "close_session",
    "confirm_outcome",
    "confirm_request",
    "confirm_time",
    "create_sessions",
    "decide_group",
    "decline_move",
    "decline_request",
    "drop_hold",
    "end",
    "end_line",
    "end_series",
    "expire_hold",
    "expire_move",
    "expire_request",
    "follow_clocks",
    "free_seats",
    "give_back_consultation",
    "go_ahead",
    "hold_new_session",
    "hold_seat",
    "hold_time",
    "join_line",
    "keep_paid_time",
    "leave_line",
    "leave_seat",
    "let_in",
    "mark_due",
    "mark_due_after",
    "mark_due_for",
    "mend_availability",
    "move_session",
    "offer_seats",
    "open_sessions",
    "pass_offers",
    "publish_session",
    "rate_session",
    "refresh_due",
    "refresh_free_time",
    "refresh_many",
    "remove_exception",
    "remove_travel",
    "report_problem",
    "say_outcome",
    "schedule",
    "send_reminder",
    "set_availability",
    "set_meeting_place",
    "settle_outcome",
    "solve_problem",
    "start",
    "take_seat",
    "warn_of_few",
    "withdraw_move",
    "withdraw_problem",
    "withdraw_request",
    "write_note",
    "write_summary",
]
