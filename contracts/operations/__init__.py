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
from contracts.operations.cancelling import (
    cancel_booked_session,
    cancel_booking,
    cancel_contract,
    quote_booking,
    quote_contract,
    quote_session,
)
from contracts.operations.changes import agree_to_changes, decline_changes, request_changes, withdraw_changes
from contracts.operations.delivery import book, give_back, release_on_confirmation, settle_after_all, settle_session
from contracts.operations.extending import extend_contract
from contracts.operations.payment import activate, receive_payment, start_payment
from contracts.operations.reputation import count_session, count_stars
from contracts.operations.reviews import write_review

__all__ = [
    "accept_contract",
    "activate",
    "agree_to_changes",
    "book",
    "cancel_booked_session",
    "cancel_booking",
    "cancel_by_staff",
    "cancel_contract",
    "count_session",
    "count_stars",
    "decline_changes",
    "decline_contract",
    "draft_contract",
    "expire_contract",
    "extend_contract",
    "give_back",
    "quote_booking",
    "quote_contract",
    "quote_session",
    "receive_payment",
    "release_on_confirmation",
    "request_changes",
    "send_contract",
    "settle_after_all",
    "settle_session",
    "start_payment",
    "warn_of_end",
    "withdraw_changes",
    "write_review",
]
