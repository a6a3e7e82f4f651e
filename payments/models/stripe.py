"""What we know of Stripe: customers, accounts, its events, and where it and we differ."""

import re
import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, JSONField, Q
from django.utils.translation import gettext_lazy as _


class StripeCustomer(models.Model):
    """A payer's customer at Stripe; `asked_with` is the address it was asked for with, until Stripe has answered."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stripe_customer")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stripe_id = models.CharField(max_length=100, unique=True, null=True)
    asked_with = models.EmailField(blank=True)

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


class Forgetting(models.Model):
    """Somebody has left: our copies of what Stripe says of them are to be emptied, their customer there deleted."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="forgetting_due", condition=Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"forgetting {self.user_id}"


WHOSE = "^(cus|acct|cs|pi|ch)_|^[0-9a-f]{8}-[0-9a-f]{4}-"  # a payer or a payee, their pages and payments, our own keys


def whose(payload: Any) -> set[str]:
    """The words of an event that tell whom it is about, as the index of the inbox has them."""
    if isinstance(payload, dict | list):
        each = payload.values() if isinstance(payload, dict) else payload
        return {word for value in each for word in whose(value)}
    return {payload} if isinstance(payload, str) and re.search(WHOSE, payload) else set()


class Words(Func):
    """The same words, by the database."""

    function = "jsonb_path_query_array"
    template = f"%(function)s(%(expressions)s, 'strict $.** ? (@ like_regex \"{WHOSE}\")')"
    output_field = JSONField()


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    def about(self, ids: Iterable[str]) -> Self:
        """Events in which one of these ids stands, anywhere."""
        return self.alias(whose=Words("payload")).filter(whose__has_any_keys=sorted(ids))


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

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(Words("payload"), name="stripe_event_whose"),
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
