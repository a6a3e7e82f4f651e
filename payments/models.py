"""Whose each cent is. Nothing here knows what an hour or a contract is: an escrow has a label and numbered portions."""

import uuid
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Stateful


class EscrowQuerySet(models.QuerySet["Escrow"]):
    def of(self, user: User) -> Self:
        """Escrows this person pays into or is paid from."""
        return self.filter(Q(payer=user) | Q(payee=user))


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


class LedgerAccount(models.Model):
    """A place money can be: ours at Stripe, held for an escrow, owed to a coach, earned, spent.

    Assets and costs grow by debit; debts and income by credit. Only held and coach accounts keep a cached balance
    (what we owe, never negative); the others are sums, so that no payment waits for another.
    """

    class Kind(models.TextChoices):
        CASH = "cash", _("our balance at Stripe")
        HELD = "held", _("held until sessions are done")
        COACH = "coach", _("owed to a coach")
        FEES = "fees", _("platform fees")
        STRIPE_FEES = "stripe_fees", _("Stripe's fees")
        DISPUTED = "disputed", _("disputed with the bank")
        LOSSES = "losses", _("losses")
        BANK = "bank", _("our bank account")

    CACHED = {Kind.HELD, Kind.COACH}

    kind = models.CharField(max_length=12, choices=Kind)
    currency = models.CharField(max_length=3)
    escrow = models.OneToOneField(Escrow, models.PROTECT, null=True, related_name="held_account")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="ledger_accounts")
    balance_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "currency"],
                condition=Q(escrow__isnull=True, coach__isnull=True),
                name="one_platform_account_per_kind_and_currency",
            ),
            models.UniqueConstraint(
                fields=["coach", "currency"], condition=Q(kind="coach"), name="one_account_per_coach_and_currency"
            ),
            models.CheckConstraint(name="nobody_owes_below_zero", condition=Q(balance_cents__gte=0)),
            models.CheckConstraint(
                name="ledger_account_has_its_owner",
                condition=Q(kind="held", escrow__isnull=False, coach__isnull=True)
                | Q(kind="coach", coach__isnull=False, escrow__isnull=True)
                | (~Q(kind__in=["held", "coach"]) & Q(escrow__isnull=True, coach__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency} {self.escrow_id or self.coach_id or ''}".strip()


class LedgerEntry(models.Model):
    """One amount moved from one account to another, once and for good."""

    class Kind(models.TextChoices):
        PAID = "paid", _("paid")
        STRIPE_FEE = "stripe_fee", _("Stripe's fee")
        RELEASED = "released", _("released")
        FEE = "fee", _("platform fee")
        TRANSFERRED = "transferred", _("transferred")
        REFUNDED = "refunded", _("refunded")
        REFUND_FAILED = "refund_failed", _("refund failed")

    debit = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="credits")
    amount_cents = models.PositiveBigIntegerField()
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    escrow = models.ForeignKey(Escrow, models.PROTECT, null=True, related_name="ledger_entries")
    portion = models.ForeignKey(Portion, models.PROTECT, null=True, related_name="ledger_entries")
    stripe_id = models.CharField(max_length=100, blank=True, db_index=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(name="entry_moves_something", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(name="entry_moves_between_two_accounts", condition=~Q(debit=F("credit"))),
        ]
        triggers = [pgtrigger.Protect(name="ledger_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents} {self.key}"


class StripeCustomer(models.Model):
    """A payer's customer at Stripe."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stripe_customer")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stripe_id = models.CharField(max_length=100, unique=True, null=True)

    def __str__(self) -> str:
        return self.stripe_id or f"customer of {self.user_id}"


class ConnectAccount(models.Model):
    """A coach's Stripe account, as Stripe last described it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="connect_account")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stripe_id = models.CharField(max_length=100, unique=True, null=True)
    details_submitted = models.BooleanField(default=False)
    payouts_enabled = models.BooleanField(default=False)
    transfers_active = models.BooleanField(default=False)
    requirements_due = models.JSONField(default=list)
    disabled_reason = models.CharField(max_length=100, blank=True)
    checked_at = models.DateTimeField(null=True)

    class Status(models.TextChoices):
        NONE = "none", _("You have no account at Stripe yet.")
        INCOMPLETE = "incomplete", _("Stripe still needs to know who you are.")
        RESTRICTED = "restricted", _("Stripe needs more from you before it can pay you.")
        PENDING = "pending", _("Stripe is looking at what you sent.")
        ACTIVE = "active", _("Stripe can pay you.")
        LEFT = "left", _("Your Stripe account is no longer connected with Skileez.")

    GONE = "deauthorized"

    def __str__(self) -> str:
        return self.stripe_id or f"account of {self.user_id}"

    @property
    def status(self) -> Status:
        """Where the account stands, in one word with its sentence."""
        if self.disabled_reason == self.GONE:
            return self.Status.LEFT
        if not self.stripe_id:
            return self.Status.NONE
        if not self.details_submitted:
            return self.Status.INCOMPLETE
        if self.transfers_active and self.payouts_enabled:
            return self.Status.ACTIVE
        return self.Status.RESTRICTED if self.requirements_due else self.Status.PENDING


class StripeEvent(models.Model):
    """The inbox: an event of Stripe as it arrived, handled first and mirrored afterwards.

    `due_at` and `tries` belong to whichever of the two is next.
    """

    event_id = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=80)
    account = models.CharField(max_length=100, blank=True)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    mirrored_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="stripe_event_due", condition=Q(handled_at__isnull=True)),
            models.Index(
                fields=["due_at"],
                name="stripe_event_unmirrored",
                condition=Q(handled_at__isnull=False, mirrored_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Incident(models.Model):
    """A difference between the books and the world that staff must look at; it blocks nothing else."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-opened_at"], name="incident_open", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
