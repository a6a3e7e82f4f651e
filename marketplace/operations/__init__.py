"""Use cases of the marketplace: learning requests, and proposals on them."""

from marketplace.operations.proposals import (
    accept_proposal,
    decline_proposal,
    expire_proposals,
    propose,
    withdraw_proposal,
)
from marketplace.operations.requests import (
    close_request,
    edit_request,
    expire_requests,
    pause_request,
    post_request,
    reopen_request,
)

__all__ = [
    "accept_proposal",
    "close_request",
    "decline_proposal",
    "edit_request",
    "expire_proposals",
    "expire_requests",
    "pause_request",
    "post_request",
    "propose",
    "reopen_request",
    "withdraw_proposal",
]
