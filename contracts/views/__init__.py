"""Pages of contracts, their payment and their reviews."""

from contracts.views.booking import book, booking_options, give_time_back, pay_session
from contracts.views.cancelling import contract_cancel, session_cancel
from contracts.views.changes import answer_changes, request_changes, wanted_total
from contracts.views.contracts import contract_list, contract_page, create, decide, next_session, of_session
from contracts.views.extending import extend
from contracts.views.groups import (
    group,
    group_edit,
    group_go_ahead,
    group_join,
    group_line,
    group_new,
    groups,
    groups_of_coach,
)
from contracts.views.marks import mark, marks
from contracts.views.payment import pay, payment_cancel, payment_success
from contracts.views.reviews import coach_reviews, coach_reviews_newest, review
from contracts.views.series import series_new

__all__ = [
    "answer_changes",
    "book",
    "booking_options",
    "coach_reviews",
    "coach_reviews_newest",
    "contract_cancel",
    "contract_list",
    "contract_page",
    "create",
    "decide",
    "extend",
    "give_time_back",
    "group",
    "group_edit",
    "group_go_ahead",
    "group_join",
    "group_line",
    "group_new",
    "groups",
    "groups_of_coach",
    "mark",
    "marks",
    "next_session",
    "of_session",
    "pay",
    "pay_session",
    "payment_cancel",
    "payment_success",
    "request_changes",
    "review",
    "series_new",
    "session_cancel",
    "wanted_total",
]
