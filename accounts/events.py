"""What happens to people."""

DATA_EXPORTED = "data_exported"
ACCOUNT_ERASED = "account_erased"
PHOTO_CHANGED = "photo_changed"
PHOTO_REMOVED = "photo_removed"
COACH_SUBMITTED = "coach_submitted"
COACH_APPROVED = "coach_approved"
COACH_REJECTED = "coach_rejected"
COACH_CHANGE_DISCARDED = "coach_change_discarded"
CALENDAR_ALLOWED = "calendar_allowed"  # at Google
SKILL_CHANGED = "skill_changed"
