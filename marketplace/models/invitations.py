"""Requests that coaches keep for later, and coaches whom students ask for a proposal."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stateful
from marketplace.models.requests import LearningRequest


class SavedRequest(models.Model):
    """A request that a coach wants to find again."""

    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_requests")
    request = models.ForeignKey(LearningRequest, models.CASCADE, related_name="saved")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coach", "request"], name="saved_once_per_coach")]

    def __str__(self) -> str:
        return f"request {self.request_id} saved by {self.coach_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def of(self, user: User) -> Self:
        """Invitations this person wrote or received."""
        return self.filter(models.Q(coach=user) | models.Q(request__student=user))

    def open(self) -> Self:
        return self.filter(state=Invitation.State.SENT, request__state=LearningRequest.State.OPEN)


class Invitation(Stateful):
    """A student asks a coach to look at a request: once for each request and coach.

    It lets the coach read that request and nothing else; the student's profile opens with a proposal, as for everybody.
    """

    class State(models.TextChoices):
        SENT = "sent", _("waiting for an answer")
        ANSWERED = "answered", _("answered with a proposal")
        DECLINED = "declined", _("declined")

    MOVES = {State.SENT: {State.ANSWERED, State.DECLINED}, State.DECLINED: {State.ANSWERED}}

    request = models.ForeignKey(LearningRequest, models.CASCADE, related_name="invitations")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    state = models.CharField(max_length=10, choices=State, default=State.SENT)
    message = models.CharField(_("message"), max_length=1000, blank=True)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)  # the first answer, also where the coach thought again
    decline_reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "coach"], name="invited_once_per_request")]

    def __str__(self) -> str:
        return f"invitation of coach {self.coach_id} to request {self.request_id}"

    @property
    def is_open(self) -> bool:
        return bool(self.state == self.State.SENT and self.request.is_open)

    def may_be_answered_by(self, user: User) -> bool:
        return self.is_open and self.coach_id == user.pk
