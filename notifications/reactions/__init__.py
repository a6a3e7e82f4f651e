"""Who is told what: one sentence for each event and reader, in their language and time zone."""

from notifications.reactions import calendars, contracts, groups, meeting, money, people, proposals, requests, sessions  # noqa: F401 - they register
