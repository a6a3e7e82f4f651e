"""Pages of the marketplace: coaches, learning requests, and proposals on them."""

from marketplace.views.coach import coach, coach_card
from marketplace.views.coaches import coaches
from marketplace.views.invitations import invitation_decline, invitation_list, invite
from marketplace.views.proposals import (
    proposal,
    proposal_accept,
    proposal_decline,
    proposal_edit,
    proposal_list,
    proposal_withdraw,
    propose,
    propose_total,
)
from marketplace.views.requests import (
    request_close,
    request_detail,
    request_discard,
    request_list,
    request_pause,
    request_post,
    request_reopen,
)
from marketplace.views.saving import request_save, request_unsave, saved_list
from marketplace.views.templates import template_delete, template_edit, template_list, template_new
from marketplace.views.terms import counter_agree, counter_decline, counter_total, proposal_counter
from marketplace.views.writing import request_edit, request_new

__all__ = [
    "coach",
    "coach_card",
    "coaches",
    "counter_agree",
    "counter_decline",
    "counter_total",
    "invitation_decline",
    "invitation_list",
    "invite",
    "proposal",
    "proposal_accept",
    "proposal_counter",
    "proposal_decline",
    "proposal_edit",
    "proposal_list",
    "proposal_withdraw",
    "propose",
    "propose_total",
    "request_close",
    "request_detail",
    "request_discard",
    "request_edit",
    "request_list",
    "request_new",
    "request_pause",
    "request_post",
    "request_reopen",
    "request_save",
    "request_unsave",
    "saved_list",
    "template_delete",
    "template_edit",
    "template_list",
    "template_new",
]
