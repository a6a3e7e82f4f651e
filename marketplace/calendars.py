"""How well a coach's calendar fits the times that a student prefers: what a proposal shows of it."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from marketplace.models import LearningRequest, Proposal
from scheduling.matching import Match, Wish, match_of, matches_of


def with_matches(proposals: Sequence[Proposal], *, now: datetime, viewer_zone: str = "") -> Sequence[Proposal]:
    """Each with its `match`, by the viewer's clock or else the student's; one statement for all of them.

    What has ended, and what has no preferred times, fits nothing any more: its percent is None.
    """
    asked = [each for each in proposals if each.is_open and each.request.preferred_hours]
    wishes = [_wish(each.request, each.coach_id, each.session_minutes) for each in asked]
    found = dict(zip((each.pk for each in asked), matches_of(wishes, now=now, viewer_zone=viewer_zone), strict=True))
    for each in proposals:
        each.match = found.get(each.pk, Match())
    return proposals


def match_before_sending(request: LearningRequest, coach: User, minutes: int, *, now: datetime) -> Match:
    """The same for a coach who has not proposed yet, by the coach's clock."""
    return match_of(_wish(request, coach.pk, minutes), now=now, viewer_zone=coach.time_zone)


def _wish(request: LearningRequest, coach_id: int, minutes: int) -> Wish:
    return Wish(coach_id, request.student_id, request.preferred_hours, request.time_zone, minutes)
