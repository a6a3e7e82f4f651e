"""What one of staff may not decide alone."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.contracts import Contract
from core.models import Stateful
from scheduling.models import Session


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def open_for(self, row: "Session | Contract") -> Self:
        """The one that waits about this session or contract, if any."""
        about = Q(session=row) if isinstance(row, Session) else Q(contract=row)
        return self.filter(about, state=Approval.State.OPEN)


class Approval(Stateful):
    """Staff want to call off what is above the limit of one: a second person, of finance, does it or says no."""

    class State(models.TextChoices):
        OPEN = "open", _("waits for a second person")
        GIVEN = "given", _("called off")
        REFUSED = "refused", _("not called off")

    MOVES = {State.OPEN: {State.GIVEN, State.REFUSED}}

    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="approvals")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="approvals")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    back_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_is_about_one_thing",
                condition=Q(session__isnull=False, contract=None) | Q(session=None, contract__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_open_approval_per_session", fields=["session"], condition=Q(state="open")
            ),
            models.UniqueConstraint(
                name="one_open_approval_per_contract", fields=["contract"], condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"to call off {self.contract or self.session}"

    def is_enough_for(self, user: User, back_cents: int) -> bool:
        """Whether this person is the second one, and has before them what the first one asked for."""
        return self.asked_by_id != user.pk and back_cents <= self.back_cents
