"""What students say of coaches, once and within the time for it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from contracts import events, policy
from contracts.models import Booking, Contract, Review
from contracts.operations.reputation import count_stars
from core.events import record
from core.models import locked
from core.operations import operation
from core.refused import Refused


@operation
def write_review(
    contract: Contract, *, by: User, stars: int, text: str = "", is_public: bool = True, now: datetime
) -> Review:
    """The student says how it was, once a session took place and until 14 days after the end."""
    contract = locked(contract)
    if contract.student_id != by.pk:
        raise PermissionDenied
    refuse_review(contract, now)
    review = Review.objects.create(
        contract=contract,
        author=by,
        coach=contract.coach,
        stars=stars,
        text=text,
        is_public=is_public,
        written_at=now,
    )
    if is_public:
        count_stars(review)
    record(review, events.REVIEW_WRITTEN, by=by, at=now, stars=stars)
    return review


def may_be_reviewed(contract: Contract, *, by: User, now: datetime) -> bool:
    """Whether this person may review the contract now."""
    if contract.student_id != by.pk:
        return False
    try:
        refuse_review(contract, now)
    except Refused:
        return False
    return True


def refuse_review(contract: Contract, now: datetime) -> None:
    """Refused before a session took place, a second time, and after the window."""
    if Review.objects.filter(contract=contract).exists():
        raise Refused(_("You have reviewed this contract already."), code="already_reviewed")
    if not contract.bookings.filter(state=Booking.State.COMPLETED).exists():
        raise Refused(_("You can write a review once a session took place."), code="too_early")
    if contract.ended_at and policy.review_due(contract.ended_at, contract.policy) < now:
        raise Refused(_("The time to review this contract is over."), code="too_late")
