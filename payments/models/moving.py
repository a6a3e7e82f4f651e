"""Money that we decided to move at Stripe: to a coach, or back to a payer."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from payments.models.held import Payment, Portion


class Intention(Stateful):
    """Money that we decided to move at Stripe: amount frozen, key made before the first call, one row an attempt."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        UNKNOWN = "unknown", _("answer unknown")
        MADE = "made", _("made")
        REFUSED = "refused", _("refused by Stripe")
        FAILED = "failed", _("failed afterwards")

    MOVES = {
        State.PLANNED: {State.UNKNOWN, State.MADE, State.REFUSED},
        State.UNKNOWN: {State.MADE, State.REFUSED, State.PLANNED},
        State.MADE: {State.FAILED},
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    amount_cents = models.PositiveIntegerField()
    stripe_id = models.CharField(max_length=100, unique=True, null=True)
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


@pghistory.track()
class Transfer(Intention):
    """A released portion's way to the payee's Stripe balance."""

    portion = models.ForeignKey(Portion, models.PROTECT, related_name="transfers")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="transfers")
    destination = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["portion"],
                condition=Q(state__in=["planned", "unknown", "made"]),
                name="one_live_transfer_per_portion",
            ),
            models.CheckConstraint(name="transfer_is_worth_something", condition=Q(amount_cents__gt=0)),
        ]
        indexes = [models.Index(fields=["due_at"], name="transfer_due", condition=Q(state__in=["planned", "unknown"]))]

    def __str__(self) -> str:
        return f"transfer {self.pk} of portion {self.portion_id}"


@pghistory.track()
class Refund(Intention):
    """Money on its way back to the payer's card, of one payment."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    portions = models.ManyToManyField(Portion, through="RefundPart", related_name="refunds")
    reason = models.CharField(max_length=40)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="refund_is_worth_something", condition=Q(amount_cents__gt=0))]
        indexes = [models.Index(fields=["due_at"], name="refund_due", condition=Q(state__in=["planned", "unknown"]))]

    def __str__(self) -> str:
        return f"refund {self.pk} of payment {self.payment_id}"


class RefundPart(models.Model):
    """How much of a refund comes out of which portion; none where surplus goes back whole."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="parts")
    portion = models.ForeignKey(Portion, models.PROTECT, related_name="refund_parts")
    amount_cents = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "portion"], name="one_part_per_refund_and_portion")]

    def __str__(self) -> str:
        return f"{self.amount_cents} of portion {self.portion_id}"
