"""Who is told what: one sentence for each event and reader, in their language and time zone."""

from notifications.reactions import (  # noqa: F401 - they register
    approvals,
    bookings,
    calendars,
    contracts,
    groups,
    meeting,
    money,
    moves,
    people,
    problems,
    proposals,
    requests,
    sessions,
)
