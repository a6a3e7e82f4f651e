"""Use cases of the marketplace: learning requests, and proposals on them."""

from marketplace.operations.invitations import (
    answer_invitations,
    decline_invitation,
    invite_coach,
)
from marketplace.operations.proposals import (
    accept_proposal,
    decline_proposal,
    edit_proposal,
    expire_proposals,
    propose,
    withdraw_proposal,
)
from marketplace.operations.requests import (
    close_by_staff,
    close_request,
    discard_draft,
    edit_request,
    expire_requests,
    free_request,
    pause_request,
    post_draft,
    post_request,
    reopen_request,
    save_draft,
)
from marketplace.operations.response import refresh_response
from marketplace.operations.saving import forget_request, save_request
from marketplace.operations.templates import change_template, delete_template, keep_template
from marketplace.operations.terms import agree_to_terms, check_figures, decline_terms, offer_terms
from marketplace.operations.words import refresh_cells

__all__ = [
    "accept_proposal",
    "agree_to_terms",
    "answer_invitations",
    "change_template",
    "check_figures",
    "close_by_staff",
    "close_request",
    "decline_invitation",
    "decline_proposal",
    "decline_terms",
    "delete_template",
    "discard_draft",
    "edit_proposal",
    "edit_request",
    "expire_proposals",
    "expire_requests",
    "forget_request",
    "free_request",
    "invite_coach",
    "keep_template",
    "offer_terms",
    "pause_request",
    "post_draft",
    "post_request",
    "propose",
    "refresh_cells",
    "refresh_response",
    "reopen_request",
    "save_draft",
    "save_request",
    "withdraw_proposal",
]
