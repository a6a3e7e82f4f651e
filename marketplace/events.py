"""What happens to learning requests and proposals."""

REQUEST_POSTED = "request_posted"
REQUEST_EDITED = "request_edited"
REQUEST_PAUSED = "request_paused"
REQUEST_REOPENED = "request_reopened"
REQUEST_CLOSED = "request_closed"
REQUEST_EXPIRED = "request_expired"

PROPOSAL_SENT = "proposal_sent"
PROPOSAL_ACCEPTED = "proposal_accepted"
PROPOSAL_DECLINED = "proposal_declined"
PROPOSAL_WITHDRAWN = "proposal_withdrawn"
PROPOSAL_EXPIRED = "proposal_expired"
