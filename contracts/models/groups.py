"""What a seat in a group session costs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models import Session


class GroupOffer(models.Model):
    """The price of each seat of a group session, and what its coach says of it."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="group_offer")
    price_cents = models.PositiveIntegerField(_("price of a seat"))
    currency = models.CharField(max_length=3)
    description = models.TextField(_("what it is about"), max_length=5000, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="a_seat_costs_something", condition=models.Q(price_cents__gt=0))]

    def __str__(self) -> str:
        return f"seats of session {self.session_id}"
