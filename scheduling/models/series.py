"""Sessions that come again each week, by the clock of one person."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from scheduling.models.calendars import WeeklyHours


class SeriesQuerySet(models.QuerySet["Series"]):
    def of(self, user: User) -> Self:
        """Series in which this person teaches or learns."""
        return self.filter(models.Q(student=user) | models.Q(coach=user))

    def behind(self, version: str) -> Self:
        """Running ones whose instants were worked out by older zone data; never those that a newer process made."""
        return self.filter(ended_at__isnull=True, tz_version__lt=version)


class Series(models.Model):
    """The same weekday and time of a named person's clock, week after week; each session of it may move alone."""

    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="taught_series")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="learned_series")
    anchor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")  # whose clock it follows
    time_zone = models.CharField(_("time zone"), max_length=60)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WeeklyHours.Weekday)
    clock = models.TimeField(_("time"))
    first_day = models.DateField(_("from"))
    weeks = models.PositiveSmallIntegerField(_("weeks"), validators=[MinValueValidator(2), MaxValueValidator(100)])
    duration_minutes = models.PositiveSmallIntegerField()
    tz_version = models.CharField(max_length=20)  # the time-zone data by which its instants were worked out
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        indexes = [
            models.Index(fields=["tz_version"], name="series_running", condition=models.Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.clock:%H:%M} in {self.time_zone}"

    def get_absolute_url(self) -> str:
        return reverse("series", args=[self.pk])

    def may_be_ended_by(self, user: User) -> bool:
        return self.ended_at is None and self.student_id == user.pk
