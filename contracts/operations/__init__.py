"""What people and the other floors do with contracts."""

from contracts.operations.agreement import (
    accept_contract,
    cancel_by_staff,
    decline_contract,
    draft_contract,
    expire_contract,
    send_contract,
    warn_of_end,
)
from contracts.operations.approvals import ask_second, drop_approval, refuse_approval
from contracts.operations.booking import (
    book_directly,
    end_unpaid_booking,
    receive_booking_payment,
    return_money_of_request,
)
from contracts.operations.cancelling import (
    cancel_booked_session,
    cancel_booking,
    cancel_contract,
    quote_booking,
    quote_contract,
    quote_session,
)
from contracts.operations.changes import agree_to_changes, decline_changes, request_changes, withdraw_changes
from contracts.operations.delivery import (
    book,
    give_back,
    release_on_confirmation,
    settle_after_all,
    settle_session,
    unbook,
)
from contracts.operations.extending import extend_contract
from contracts.operations.marks import (
    appeal_mark,
    ask_excuse,
    end_sanction,
    excuse_mark,
    failing_of,
    keep_mark,
    lift_mark,
    lift_sanction,
    mark_coach,
    uphold_mark,
)
from contracts.operations.payment import activate, receive_payment, start_payment
from contracts.operations.problems import decide_problem, freeze_again, freeze_reported, thaw_reported
from contracts.operations.reputation import count_session, count_stars
from contracts.operations.reviews import write_review
from contracts.operations.seats import (
    change_group,
    end_all_unpaid_seats,
    end_unpaid_seat,
    join_group,
    publish_group,
    receive_seat_payment,
    return_all_seats,
)

__all__ = [
    "accept_contract",
    "activate",
    "agree_to_changes",
    "appeal_mark",
    "ask_excuse",
    "ask_second",
    "book",
    "book_directly",
    "cancel_booked_session",
    "cancel_booking",
    "cancel_by_staff",
    "cancel_contract",
    "change_group",
    "count_session",
    "count_stars",
    "decide_problem",
    "decline_changes",
    "decline_contract",
    "draft_contract",
    "drop_approval",
    "end_all_unpaid_seats",
    "end_sanction",
    "end_unpaid_booking",
    "end_unpaid_seat",
    "excuse_mark",
    "expire_contract",
    "extend_contract",
    "failing_of",
    "freeze_again",
    "freeze_reported",
    "give_back",
    "join_group",
    "keep_mark",
    "lift_mark",
    "lift_sanction",
    "mark_coach",
    "publish_group",
    "quote_booking",
    "quote_contract",
    "quote_session",
    "receive_booking_payment",
    "receive_payment",
    "receive_seat_payment",
    "refuse_approval",
    "release_on_confirmation",
    "request_changes",
    "return_all_seats",
    "return_money_of_request",
    "send_contract",
    "settle_after_all",
    "settle_session",
    "start_payment",
    "thaw_reported",
    "unbook",
    "uphold_mark",
    "warn_of_end",
    "withdraw_changes",
    "write_review",
]
