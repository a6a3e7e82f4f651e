"""What people and the other floors do with contracts."""

from contracts.operations.agreement import (
    accept_contract,
    cancel_contract,
    decline_contract,
    draft_contract,
    expire_contract,
    send_contract,
)
from contracts.operations.delivery import book, give_back, release_on_confirmation, settle_after_all, settle_session
from contracts.operations.payment import activate, receive_payment, start_payment
from contracts.operations.reputation import count_session, count_stars
from contracts.operations.reviews import write_review

__all__ = [
    "accept_contract",
    "activate",
    "book",
    "cancel_contract",
    "count_session",
    "count_stars",
    "decline_contract",
    "draft_contract",
    "expire_contract",
    "give_back",
    "receive_payment",
    "release_on_confirmation",
    "send_contract",
    "settle_after_all",
    "settle_session",
    "start_payment",
    "write_review",
]
