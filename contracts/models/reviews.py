"""What students say of what they bought."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.contracts import Contract


class ReviewQuerySet(models.QuerySet["Review"]):
    def public(self) -> Self:
        return self.filter(is_public=True, withdrawn_at__isnull=True)


class Review(models.Model):
    """What a student says of a contract once a session of it took place."""

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="review")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews_written")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews_received")
    stars = models.PositiveSmallIntegerField(_("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.TextField(_("review"), max_length=2000, blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="stars_from_one_to_five", condition=Q(stars__gte=1, stars__lte=5))]

    def __str__(self) -> str:
        return f"{self.stars} stars for {self.coach_id}"
