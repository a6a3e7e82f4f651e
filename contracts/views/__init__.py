"""Pages of contracts, their payment and their reviews."""

from contracts.views.cancelling import contract_cancel, session_cancel
from contracts.views.changes import answer_changes, request_changes, wanted_total
from contracts.views.contracts import contract_list, contract_page, create, decide, next_session, of_session
from contracts.views.extending import extend
from contracts.views.payment import pay, payment_cancel, payment_success
from contracts.views.reviews import coach_reviews, coach_reviews_newest, review
from contracts.views.series import series_new

__all__ = [
    "answer_changes",
    "coach_reviews",
    "coach_reviews_newest",
    "contract_cancel",
    "contract_list",
    "contract_page",
    "create",
    "decide",
    "extend",
    "next_session",
    "of_session",
    "pay",
    "payment_cancel",
    "payment_success",
    "request_changes",
    "review",
    "series_new",
    "session_cancel",
    "wanted_total",
]
