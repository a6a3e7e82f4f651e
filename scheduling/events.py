"""What happens to a session; the subject is the session, except where said."""

SESSION_HELD = "session_held"
HOLD_DROPPED = "hold_dropped"
HOLD_EXPIRED = "hold_expired"
SEAT_EXPIRED = "seat_expired"  # fact: student
SESSION_REQUESTED = "session_requested"  # the coach is asked for their yes; fact: answer_due_at
SESSION_DECLINED = "session_declined"  # by the coach
SESSION_WITHDRAWN = "session_withdrawn"  # by the student
SESSION_UNANSWERED = "session_unanswered"  # the coach did not answer in time
SEAT_LEFT = "seat_left"  # facts: student, role of who gave it up
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
OUTCOME_SAID = "outcome_said"  # what an unclear one came to, if not that it took place; facts: role, outcome
STAFF_ASKED = "staff_asked"  # nobody has settled it
SESSION_SETTLED = "session_settled"  # facts: outcome, and the students whose seats were open where there are others
PROBLEM_REPORTED = "problem_reported"  # subject: the problem; facts: session, kind, role
PROBLEM_WITHDRAWN = "problem_withdrawn"
PROBLEM_SOLVED = "problem_solved"  # fact: verdict
SESSION_CANCELLED = "session_cancelled"  # facts: was, role, notice_minutes to the start that counts, starts_at
SESSION_MOVED = "session_moved"  # facts: move, role, was, starts_at, version, at_once
MOVE_ASKED = "move_asked"  # facts, here and below: move, role of who asked, was, starts_at
MOVE_DECLINED = "move_declined"
MOVE_WITHDRAWN = "move_withdrawn"
MOVE_EXPIRED = "move_expired"
SESSION_GIVEN_BACK = "session_given_back"  # its time is free again, it may be given another; fact: starts_at
SESSION_FOLLOWED_CLOCKS = (
    "session_followed_clocks"  # to the same wall clock by new rules; facts: was, starts_at, version
)
SERIES_BOOKED = "series_booked"  # subject, here and below: the series; facts: sessions, left_out
SERIES_ENDED = "series_ended"  # fact: sessions
SERIES_STAYED = "series_stayed"  # by new rules for clocks they would be elsewhere, but could not move; fact: sessions
REMINDER_DUE = "reminder_due"
AVAILABILITY_CHANGED = "availability_changed"  # subject: the calendar
GOOGLE_CONNECTED = "google_connected"  # subject, here and below: the person's calendar at Google
GOOGLE_DISCONNECTED = "google_disconnected"
GOOGLE_LOST = "google_lost"  # Google lets us in no longer; fact: reason, one word
