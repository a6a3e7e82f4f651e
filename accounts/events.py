"""What happens to people."""

COACH_SUBMITTED = "coach_submitted"
COACH_APPROVED = "coach_approved"
COACH_REJECTED = "coach_rejected"
