"""The books: accounts, and entries that move an amount between two of them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.models.held import Escrow, Portion


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
