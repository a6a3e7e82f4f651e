"""Coaches keep requests for later."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import CoachProfile, User
from core.operations import operation
from core.refused import Refused
from marketplace.models import LearningRequest, SavedRequest


@operation
def save_request(request: LearningRequest, *, by: User, now: datetime) -> SavedRequest:
    """Keep a request of somebody else to find it again; keeping it twice changes nothing."""
    if request.student_id == by.pk:
        raise Refused(_("This is your own request."), code="own_request")
    if not CoachProfile.objects.public().filter(user=by).exists():
        raise Refused(_("You can save requests once your coach profile is approved."), code="coach_not_approved")
    return SavedRequest.objects.get_or_create(coach=by, request=request, defaults={"saved_at": now})[0]


@operation
def forget_request(request_id: int, *, by: User) -> None:
    """Keep it no longer, whatever has become of it; forgetting it twice changes nothing."""
    SavedRequest.objects.filter(coach=by, request_id=request_id).delete()
