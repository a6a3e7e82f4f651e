"""Pages of the marketplace: coaches, learning requests, and proposals on them."""

from marketplace.views.coach import coach, coach_card
from marketplace.views.coaches import coaches
from marketplace.views.proposals import (
    proposal,
    proposal_accept,
    proposal_decline,
    proposal_list,
    proposal_withdraw,
    propose,
    propose_total,
)
from marketplace.views.requests import (
    request_close,
    request_detail,
    request_edit,
    request_list,
    request_new,
    request_pause,
    request_reopen,
)

__all__ = [
    "coach",
    "coach_card",
    "coaches",
    "proposal",
    "proposal_accept",
    "proposal_decline",
    "proposal_list",
    "proposal_withdraw",
    "propose",
    "propose_total",
    "request_close",
    "request_detail",
    "request_edit",
    "request_list",
    "request_new",
    "request_pause",
    "request_reopen",
]
