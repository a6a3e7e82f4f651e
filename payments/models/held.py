"""What is paid, and what is held of it. Nothing here knows what an hour or a contract is."""

import uuid
from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from core.models import Stateful


class EscrowQuerySet(models.QuerySet["Escrow"]):
    def of(self, user: User) -> Self:
        """Escrows this person pays into or is paid from."""
        return self.filter(Q(payer=user) | Q(payee=user))

    def of_role(self, user: User, role: str) -> Self:
        """Those this person is paid from as a coach, or pays into as a student."""
        return self.filter(payee=user) if role == Role.COACH else self.filter(payer=user)


class Escrow(models.Model):
    """Money of one payer, held for one payee until it is released or refunded, in one currency.

    The label is the transfer group at Stripe: unique, readable, chosen by whoever opens the escrow.
    """

    payer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="escrows_paid")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="escrows_received")
    currency = models.CharField(max_length=3)
    label = models.CharField(max_length=40, unique=True)

    objects = EscrowQuerySet.as_manager()

    def __str__(self) -> str:
        return self.label


@pghistory.track()
class Portion(Stateful):
    """A numbered part of an escrow that goes one way: to the payee less the fee, or back to the payer."""

    class State(models.TextChoices):
        UNFUNDED = "unfunded", _("not paid yet")
        HELD = "held", _("held until done")
        RELEASED = "released", _("released")
        REFUNDING = "refunding", _("being refunded")
        REFUNDED = "refunded", _("refunded")

    MOVES = {
        State.UNFUNDED: {State.HELD},
        State.HELD: {State.RELEASED, State.REFUNDING},
        State.REFUNDING: {State.REFUNDED, State.HELD},
        State.RELEASED: set(),
        State.REFUNDED: {State.HELD},  # the bank sent the refund back
    }

    escrow = models.ForeignKey(Escrow, models.PROTECT, related_name="portions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.UNFUNDED)
    gross_cents = models.PositiveIntegerField()
    fee_cents = models.PositiveIntegerField()
    payment = models.ForeignKey("Payment", models.PROTECT, null=True, related_name="portions")
    release_due_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    is_frozen = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["escrow", "number"], name="portions_are_numbered"),
            models.CheckConstraint(name="portion_fee_is_part_of_gross", condition=Q(fee_cents__lte=F("gross_cents"))),
            models.CheckConstraint(name="portion_is_worth_something", condition=Q(gross_cents__gt=0)),
            models.CheckConstraint(
                name="portion_with_money_names_its_payment", condition=Q(state="unfunded") | Q(payment__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["release_due_at"], name="portion_release_due", condition=Q(state="held", is_frozen=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.escrow_id}/{self.number}"

    @property
    def net_cents(self) -> int:
        return self.gross_cents - self.fee_cents


class PaymentQuerySet(models.QuerySet["Payment"]):
    def of(self, user: User) -> Self:
        return self.filter(Q(escrow__payer=user) | Q(escrow__payee=user))


@pghistory.track()
class Payment(Stateful):
    """One attempt of a payer to pay an amount by Stripe Checkout."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        PROCESSING = "processing", _("processing")
        SUCCEEDED = "succeeded", _("paid")
        FAILED = "failed", _("failed")
        REFUNDED = "refunded", _("refunded")
        PARTIALLY_REFUNDED = "partially_refunded", _("partly refunded")

    MOVES = {
        State.PENDING: {State.PROCESSING, State.SUCCEEDED, State.FAILED},
        State.PROCESSING: {State.SUCCEEDED, State.FAILED},
        State.FAILED: {State.SUCCEEDED},  # money that arrives after all is money
        State.SUCCEEDED: {State.PARTIALLY_REFUNDED, State.REFUNDED},
        State.PARTIALLY_REFUNDED: {State.REFUNDED, State.SUCCEEDED},
        State.REFUNDED: {State.PARTIALLY_REFUNDED, State.SUCCEEDED},  # a refund that failed after all
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    escrow = models.ForeignKey(Escrow, models.PROTECT, related_name="payments")
    state = models.CharField(max_length=20, choices=State, default=State.PENDING)
    purpose = models.CharField(max_length=15, default="contract")
    amount_cents = models.PositiveIntegerField()
    description = models.CharField(max_length=200)
    checkout_session_id = models.CharField(max_length=100, unique=True, null=True)
    checkout_url = models.URLField(max_length=500, blank=True)
    payment_intent_id = models.CharField(max_length=100, unique=True, null=True)
    charge_id = models.CharField(max_length=100, unique=True, null=True)
    receipt_url = models.URLField(max_length=500, blank=True)
    stripe_fee_cents = models.IntegerField(null=True)
    failure_code = models.CharField(max_length=60, blank=True)
    failed_charge_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ask_at = models.DateTimeField()
    times_asked = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escrow"], condition=Q(state__in=["pending", "processing"]), name="one_open_payment_per_escrow"
            ),
            models.CheckConstraint(name="payment_is_worth_something", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="settled_payment_names_its_charge",
                condition=Q(state__in=["pending", "processing", "failed"]) | Q(charge_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at"], name="payment_open", condition=Q(state__in=["pending", "processing"])),
            models.Index(
                fields=["settled_at"],
                name="payment_fee_unknown",
                condition=Q(settled_at__isnull=False, stripe_fee_cents__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk} of {self.escrow_id}"

    @property
    def currency(self) -> str:
        return self.escrow.currency
