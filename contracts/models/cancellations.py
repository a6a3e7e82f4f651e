"""What was decided when somebody called a session off."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.contracts import Booking
from scheduling.models import Session


class CancellationQuerySet(models.QuerySet["Cancellation"]):
    def of(self, user: User) -> Self:
        """To a coach all that was called off of their sessions, to a student their own."""
        free = models.Q(booking=None, session__participants__user=user)
        seen = models.Q(session__coach=user) | models.Q(booking__contract__student=user) | free
        return self.filter(pk__in=Cancellation.objects.filter(seen).values("pk"))


class Cancellation(models.Model):
    """A session called off for one of its students: by whom, why, and what became of the money. Never changed."""

    class Rule(models.TextChoices):
        COACH = "coach", _("called off by the coach")
        STAFF = "staff", _("called off by us")
        MOVED = "moved", _("the coach asked for another time")
        NO_TIME = "no_time", _("no time agreed yet")
        UNPAID = "unpaid", _("not paid")
        FREE = "free", _("in good time")
        COOLING_OFF = "cooling_off", _("just booked")
        LATE = "late", _("late")
        TOO_LATE = "too_late", _("too late for a refund")

    session = models.ForeignKey(Session, models.PROTECT, related_name="cancellations")
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, related_name="cancellations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    rule = models.CharField(max_length=12, choices=Rule, blank=True)
    back_cents = models.PositiveIntegerField(default=0)
    kept_cents = models.PositiveIntegerField(default=0)
    fee_cents = models.PositiveIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    made_at = models.DateTimeField()

    objects = CancellationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="cancelled_fee_is_of_what_was_kept", condition=models.Q(fee_cents__lte=models.F("kept_cents"))
            )
        ]

    def __str__(self) -> str:
        return f"session {self.session_id} called off at {self.made_at}"
