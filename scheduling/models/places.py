"""Who takes part in a meeting, what came of it for them, and the time it takes of theirs."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role


class Outcome(models.TextChoices):
    COMPLETED = "completed", _("took place")
    STUDENT_ABSENT = "student_absent", _("student absent")
    COACH_ABSENT = "coach_absent", _("coach absent")
    BOTH_ABSENT = "both_absent", _("nobody came")
    UNCLEAR = "unclear", _("unclear")


class Participant(models.Model):
    """A person's place in a session, with the evidence of their attendance."""

    class State(models.TextChoices):
        HELD = "held", _("kept while paying")
        TAKEN = "taken", _("taken")
        LEFT = "left", _("given up")

    session = models.ForeignKey("Session", models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="participations")
    role = models.CharField(max_length=10, choices=Role)
    state = models.CharField(max_length=10, choices=State, default=State.TAKEN)
    hold_expires_at = models.DateTimeField(null=True)  # of a seat that is kept while its student pays
    checked_in_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)  # of this student's seat
    says = models.CharField(max_length=15, choices=Outcome, blank=True)  # what they say an unclear one came to
    note = models.TextField(_("private notes"), max_length=5000, blank=True)
    satisfaction = models.PositiveSmallIntegerField(
        _("how it was"), null=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="one_place_per_person_and_session"),
            models.CheckConstraint(
                name="held_seat_has_an_end_of_its_hold",
                condition=~models.Q(state="held") | models.Q(hold_expires_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["hold_expires_at"], name="seat_held", condition=models.Q(state="held"))]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id} in session {self.session_id}"


class TimeClaim(models.Model):
    """A stretch of a person's time that a session occupies; two of one person can never overlap.

    One that expires is a hold, of a session or of a seat: from then on it counts for nothing.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="time_claims")
    session = models.ForeignKey("Session", models.CASCADE, related_name="time_claims")
    during = DateTimeRangeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="nobody_is_booked_twice",
                expressions=[
                    (
                        models.Func("user_id", "user_id", models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(fields=["session", "user"], name="one_claim_per_person_and_session"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} during {self.during}"
