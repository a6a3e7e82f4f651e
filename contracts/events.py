"""What happens to contracts, bookings and reviews, in the past tense."""

CONTRACT_DRAFTED = "contract_drafted"
CONTRACT_SENT = "contract_sent"
CONTRACT_ACCEPTED = "contract_accepted"
CONTRACT_DECLINED = "contract_declined"
CONTRACT_ACTIVATED = "contract_activated"
CONTRACT_CANCELLED = "contract_cancelled"
CONTRACT_EXPIRED = "contract_expired"
CONTRACT_COMPLETED = "contract_completed"
BOOKING_CANCELLED = "booking_cancelled"  # facts: role, rule, back_cents, kept_cents, fee_cents
SESSIONS_CALLED_OFF = "sessions_called_off"  # of a contract at once; facts: role, sessions, back_cents, kept_cents
BOOKING_REFUNDED = "booking_refunded"
REVIEW_WRITTEN = "review_written"
CHANGES_ASKED = "changes_asked"  # facts, here and below: number, was_cents and total_cents before and after
CHANGES_AGREED = "changes_agreed"
CHANGES_DECLINED = "changes_declined"
CHANGES_WITHDRAWN = "changes_withdrawn"
EXTENSION_PROPOSED = "extension_proposed"  # subject: the new contract; facts: extends, role, total_cents
CONTRACT_EXTENDED = "contract_extended"  # subject: the one before; facts: extension, role, total_cents
STEP_ENDING = "step_ending"  # a day before an open step ends; fact: step
