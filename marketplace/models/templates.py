"""Terms that a coach uses again."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.models.proposals import PaymentModel, Priced


class TermsTemplate(Priced, models.Model):
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
        constraints = [models.UniqueConstraint(fields=["coach", "name"], name="a_coach_names_templates_apart")]

    def __str__(self) -> str:
        return self.name
