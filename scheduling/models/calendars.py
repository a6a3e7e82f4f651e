"""When coaches may be booked: their week, its exceptions, where they are, what else fills their time."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.fields import StretchesField


class Calendar(models.Model):
    """How a coach may be booked: the zone of their weekly hours and the distances they want to keep."""

    class Confirms(models.TextChoices):
        INSTANT = "instant", _("agreed at once")
        REQUEST = "request", _("you say yes to each")

    class Unverified(models.TextChoices):
        WITHHOLD = "withhold", _("offer no times")
        MARK = "mark", _("offer them, marked as not checked")

    class Meeting(models.TextChoices):
        LINK = "link", _("your own link")
        JITSI = "jitsi", _("a Jitsi room")
        LIVEKIT = "livekit", _("a LiveKit room")

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

    most_a_day = models.PositiveSmallIntegerField(
        _("most sessions a day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text=_("Empty: as many as fit."),
    )
    takes_consultations = models.BooleanField(_("free consultations"), default=True)
    consultation_notice_hours = models.PositiveSmallIntegerField(
        _("notice for a consultation"), default=4, validators=[MinValueValidator(2), MaxValueValidator(72)]
    )
    confirms = models.CharField(_("bookings"), max_length=10, choices=Confirms, default=Confirms.INSTANT)
    unverified = models.CharField(
        _("while your own calendar can't be read"), max_length=10, choices=Unverified, default=Unverified.WITHHOLD
    )
    meeting = models.CharField(_("where you meet"), max_length=10, choices=Meeting, default=Meeting.LINK)

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
                condition=Q(ends__gt=F("starts")) | Q(ends="00:00"),
            ),
            models.UniqueConstraint(fields=["calendar", "weekday", "starts"], name="one_window_per_start"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class DateException(models.Model):
    """Days on which the weekly hours are not the whole truth, as wall-clock time of the zone of that day.

    Blocked without times takes the whole days away, with times that part of each; extra adds hours.
    """

    class Kind(models.TextChoices):
        BLOCKED = "blocked", _("not available")
        EXTRA = "extra", _("available besides")

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="exceptions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BLOCKED)
    first_day = models.DateField(_("from day"))
    last_day = models.DateField(_("to day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)
    note = models.CharField(_("note for yourself"), max_length=120, blank=True)

    class Meta:
        ordering = ["first_day", "starts", "pk"]
        constraints = [
            models.CheckConstraint(name="exception_ends_after_it_starts", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="exception_has_both_times_or_none",
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False) & (Q(ends__gt=F("starts")) | Q(ends="00:00")),
            ),
            models.CheckConstraint(name="extra_hours_have_times", condition=~Q(kind="extra") | Q(starts__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day}–{self.last_day}"


class TravelZone(models.Model):
    """Days on which a coach is elsewhere: their hours are then wall-clock time of this zone. One zone a day."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="travel_zones")
    first_day = models.DateField(_("from day"))
    last_day = models.DateField(_("to day"))
    time_zone = models.CharField(_("time zone"), max_length=60)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(name="travel_ends_after_it_starts", condition=Q(last_day__gte=F("first_day"))),
            ExclusionConstraint(
                name="one_zone_a_day",
                expressions=[
                    (
                        models.Func("calendar_id", "calendar_id", models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func("first_day", "last_day", models.Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.time_zone} {self.first_day}–{self.last_day}"


class BusyTime(models.Model):
    """A stretch that a person's own calendar says is taken; never with what it is about."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="busy_times")
    during = DateTimeRangeField()

    def __str__(self) -> str:
        return f"{self.user_id} busy {self.during}"


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
