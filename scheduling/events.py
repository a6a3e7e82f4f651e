"""What happens to a session; the subject is the session, except where said."""

SESSION_HELD = "session_held"
HOLD_DROPPED = "hold_dropped"
HOLD_EXPIRED = "hold_expired"
SEAT_EXPIRED = "seat_expired"  # fact: student
SESSION_SCHEDULED = "session_scheduled"
CHECKED_IN = "checked_in"
PLACE_MISSED = "place_missed"  # a student came and there is nowhere to go to
PLACE_GIVEN = "place_given"  # a link for this session alone
PLACE_TAKEN_AWAY = "place_taken_away"
SUMMARY_WRITTEN = "summary_written"  # the first one
SUMMARY_CHANGED = "summary_changed"
SESSION_STARTED = "session_started"
SESSION_ENDED = "session_ended"
SESSION_CONFIRMED = "session_confirmed"
SESSION_SETTLED = "session_settled"
SESSION_CANCELLED = "session_cancelled"  # facts: was, role, notice_minutes to the start that counts, starts_at
SESSION_MOVED = "session_moved"  # facts: move, role, was, starts_at, version, at_once
MOVE_ASKED = "move_asked"  # facts, here and below: move, role of who asked, was, starts_at
MOVE_DECLINED = "move_declined"
MOVE_WITHDRAWN = "move_withdrawn"
MOVE_EXPIRED = "move_expired"
REMINDER_DUE = "reminder_due"
AVAILABILITY_CHANGED = "availability_changed"  # subject: the calendar
GOOGLE_CONNECTED = "google_connected"  # subject, here and below: the person's calendar at Google
GOOGLE_DISCONNECTED = "google_disconnected"
GOOGLE_LOST = "google_lost"  # Google lets us in no longer; fact: reason, one word
