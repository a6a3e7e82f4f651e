"""Sessions that come again each week, by the clock of one person."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.calendars import WeeklyHours


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

    class Meta:
        verbose_name_plural = "series"
        indexes = [
            models.Index(fields=["tz_version"], name="series_running", condition=models.Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.clock:%H:%M} in {self.time_zone}"
