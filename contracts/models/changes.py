"""Terms under discussion, and terms that a coach uses again."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.contracts import Contract
from core.models import Stateful
from marketplace.models import PaymentModel


class ChangeRequest(Stateful):
    """Other terms that the coach asks for before agreeing; the student agrees, or the contract stays as it was."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for the student")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES = {State.OPEN: {State.AGREED, State.DECLINED, State.WITHDRAWN}}

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


class TermsTemplate(models.Model):
    """Terms under a name of the coach's own, to begin an offer with."""

    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="terms_templates")
    name = models.CharField(_("name"), max_length=60)
    payment_model = models.CharField(_("payment model"), max_length=15, choices=PaymentModel)
    rate_cents = models.PositiveIntegerField(_("rate"))
    currency = models.CharField(_("currency"), max_length=3)
    session_count = models.PositiveSmallIntegerField(
        _("sessions"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    session_minutes = models.PositiveSmallIntegerField(
        _("minutes each"), validators=[MinValueValidator(15), MaxValueValidator(240)]
    )
    learning_outcomes = models.TextField(_("learning outcomes"), max_length=2000, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["coach", "name"], name="templates_have_names_of_their_own")]

    def __str__(self) -> str:
        return self.name
