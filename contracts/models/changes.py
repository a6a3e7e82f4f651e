"""Terms under discussion."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.contracts import Contract
from core.models import Stateful


class ChangeRequest(Stateful):
    """Other terms that the coach asks for before agreeing; the student agrees, or the contract stays as it was."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for the student")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended with the contract")

    MOVES = {State.OPEN: {State.AGREED, State.DECLINED, State.WITHDRAWN, State.ENDED}}

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="change_requests")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    before: Any = models.JSONField()  # the terms as they were, by the names of the contract's columns
    after: Any = models.JSONField()
    words = models.TextField(_("why"), max_length=2000, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="change_requests_are_numbered"),
            models.UniqueConstraint(
                fields=["contract"], name="one_open_change_request", condition=models.Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.number} of {self.contract_id}"
