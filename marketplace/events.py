"""What happens to learning requests and proposals."""

REQUEST_DRAFTED = "request_drafted"
REQUEST_DISCARDED = "request_discarded"
REQUEST_POSTED = "request_posted"
REQUEST_EDITED = "request_edited"
REQUEST_PAUSED = "request_paused"
REQUEST_REOPENED = "request_reopened"
REQUEST_CLOSED = "request_closed"
REQUEST_CLOSED_BY_STAFF = "request_closed_by_staff"
REQUEST_EXPIRED = "request_expired"
REQUEST_FREED = "request_freed"  # its contract came to nothing; fact: proposal

COACH_INVITED = "coach_invited"
INVITATION_ANSWERED = "invitation_answered"
INVITATION_DECLINED = "invitation_declined"

PROPOSAL_SENT = "proposal_sent"
PROPOSAL_EDITED = "proposal_edited"
PROPOSAL_ACCEPTED = "proposal_accepted"
PROPOSAL_DECLINED = "proposal_declined"
PROPOSAL_WITHDRAWN = "proposal_withdrawn"
PROPOSAL_EXPIRED = "proposal_expired"

TERMS_OFFERED = "terms_offered"
TERMS_AGREED = "terms_agreed"
TERMS_DECLINED = "terms_declined"
