"""The numbers by which coaches are known: columns of their profile, counted where they change."""

from django.db.models import F, Func

from accounts.models import CoachProfile
from contracts.models import Review
from core.operations import operation
from scheduling.models import Session


@operation
def count_stars(review: Review, *, times: int = 1) -> None:
    """Add a public review to its coach's rating and distribution, in one statement; `times=-1` takes it away."""
    each = [F(f"stars__{place}") + (times if place == review.stars - 1 else 0) for place in range(5)]
    CoachProfile.objects.filter(user=review.coach_id).update(
        rating_sum=F("rating_sum") + times * review.stars,
        rating_count=F("rating_count") + times,
        stars=Func(*each, template="ARRAY[%(expressions)s]"),
    )


@operation
def count_session(session: Session) -> None:
    """Add a session that took place to what its coach has done; a free consultation is no session yet."""
    if session.kind != Session.Kind.CONSULTATION:
        CoachProfile.objects.filter(user=session.coach_id).update(sessions_done=F("sessions_done") + 1)
