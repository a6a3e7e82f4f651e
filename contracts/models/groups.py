"""What a seat in a group session costs."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import CoachProfile, Role
from scheduling.models import Participant, Session, Waiting


class GroupOfferQuerySet(models.QuerySet["GroupOffer"]):
    def upcoming(self, now: datetime) -> Self:
        """What can still be joined, of coaches who can be booked."""
        listed = Exists(CoachProfile.objects.listed().filter(user=OuterRef("session__coach")))
        return self.filter(listed, session__state=Session.State.SCHEDULED, session__starts_at__gt=now)

    def seen_by(self, user: Any) -> Self:
        """What is agreed is there for anybody; what was called off or is over for its people only."""
        seen = Q(session__state__in=[Session.State.SCHEDULED, Session.State.IN_PROGRESS])
        if user.is_authenticated:
            mine = Participant.objects.filter(session=OuterRef("session"), user=user)
            line = Waiting.objects.filter(session=OuterRef("session"), student=user)
            seen |= Exists(mine) | Exists(line)
        return self.filter(seen)

    def with_seats(self, now: datetime) -> Self:
        """With how many seats are left: neither taken, nor kept, nor offered to the first in line."""
        sitting = Q(session__participants__state=Participant.State.TAKEN) | Q(
            session__participants__state=Participant.State.HELD, session__participants__hold_expires_at__gt=now
        )
        students = Q(session__participants__role=Role.STUDENT)
        offered = Q(session__waiting__state=Waiting.State.OFFERED, session__waiting__offer_ends_at__gt=now)
        return self.annotate(
            sitting=Count("session__participants", filter=students & sitting, distinct=True),
            offered=Count("session__waiting", filter=offered, distinct=True),
        ).annotate(free=F("session__seats") - F("sitting") - F("offered"))


class GroupOffer(models.Model):
    """The price of each seat of a group session, and what its coach says of it."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="group_offer")
    price_cents = models.PositiveIntegerField(_("price of a seat"))
    currency = models.CharField(max_length=3)
    description = models.TextField(_("what it is about"), max_length=5000, blank=True)

    objects = GroupOfferQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="a_seat_costs_something", condition=models.Q(price_cents__gt=0))]

    def __str__(self) -> str:
        return f"seats of session {self.session_id}"

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.session_id])
