"""When coaches may be booked: their week, its exceptions, where they are, what else fills their time."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.fields import StretchesField


class Calendar(models.Model):
    """How a coach may be booked: the zone of their weekly hours and the distances they want to keep."""

    coach = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar")
    time_zone = models.CharField(_("time zone"), max_length=60)
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("pause before"), default=0, validators=[MaxValueValidator(120)]
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("pause after"), default=15, validators=[MaxValueValidator(120)]
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("minimum notice"), default=12, validators=[MinValueValidator(2), MaxValueValidator(72)]
    )
    step_minutes = models.PositiveSmallIntegerField(
        _("slot step"), default=15, validators=[MinValueValidator(5), MaxValueValidator(120)]
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("bookable ahead"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )

    def __str__(self) -> str:
        return f"calendar of {self.coach_id} in {self.time_zone}"


class WeeklyHours(models.Model):
    """A window of a coach's week, as wall-clock time of their calendar's zone; `ends` 00:00 is the day's end."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                name="hours_end_after_they_start",
                condition=models.Q(ends__gt=models.F("starts")) | models.Q(ends="00:00"),
            ),
            models.UniqueConstraint(fields=["calendar", "weekday", "starts"], name="one_window_per_start"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class FreeTime(models.Model):
    """When a coach could be booked, written down so that search need not work it out: never the last word.

    A session may lie anywhere inside a stretch; pauses and agreed sessions are cut out already. Notice and horizon move
    on with the clock, so whoever asks applies them. Booking asks the calendar itself, under a lock.
    """

    coach = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="free_time")
    stretches = StretchesField(default=list)
    notice_hours = models.PositiveSmallIntegerField(default=12)
    horizon_days = models.PositiveSmallIntegerField(default=0)
    next_free_at = models.DateTimeField(null=True)
    cells = ArrayField(  # weekly_cells of the coming five weeks: who has none of these is never free then
        models.PositiveSmallIntegerField(), default=list, blank=True
    )
    computed_at = models.DateTimeField(null=True)  # none: something has changed since
    due_at = models.DateTimeField()  # when it must be worked out again: days pass, or something changed

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="free_time_due"),
            models.Index(fields=["next_free_at", "coach"], name="free_time_next"),
            GinIndex(fields=["cells"], name="free_time_cells"),
        ]

    def __str__(self) -> str:
        return f"free time of {self.coach_id}"
