"""What happens to a coach who fails their students, step by step."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts import policy
from core.models import Stateful
from scheduling.models import Session


class MarkQuerySet(models.QuerySet["Mark"]):
    def of(self, user: User) -> Self:
        """Marks of this coach."""
        return self.filter(coach=user)


class Mark(Stateful):
    """One session that a coach cancelled late or did not come to; may be excused, and appealed once."""

    class Reason(models.TextChoices):
        LATE_CANCEL = "late_cancel", _("cancelled late")
        ABSENCE = "absence", _("absent")

    class State(models.TextChoices):
        STANDS = "stands", _("stands")
        EXCUSE_ASKED = "excuse_asked", _("excuse is being looked at")
        EXCUSED = "excused", _("excused")
        KEPT = "kept", _("excuse not taken")
        APPEALED = "appealed", _("appeal is being looked at")
        UPHELD = "upheld", _("stands after an appeal")
        LIFTED = "lifted", _("lifted after an appeal")

    MOVES = {
        State.STANDS: {State.EXCUSE_ASKED, State.LIFTED},
        State.EXCUSE_ASKED: {State.EXCUSED, State.KEPT, State.LIFTED},
        State.KEPT: {State.APPEALED, State.LIFTED},
        State.APPEALED: {State.UPHELD, State.LIFTED},
    }
    COUNTS = {State.STANDS, State.EXCUSE_ASKED, State.KEPT, State.APPEALED, State.UPHELD}

    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="marks")
    session = models.OneToOneField(Session, models.PROTECT, related_name="mark")
    state = models.CharField(max_length=15, choices=State, default=State.STANDS)
    reason = models.CharField(max_length=15, choices=Reason)
    excuse = models.TextField(_("excuse"), max_length=2000, blank=True)
    appeal = models.TextField(_("appeal"), max_length=2000, blank=True)
    decision = models.TextField(_("decision"), max_length=2000, blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = MarkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["coach", "made_at"], name="mark_of_coach")]

    def __str__(self) -> str:
        return f"{self.reason} of {self.coach_id} in session {self.session_id}"

    @property
    def counts(self) -> bool:
        return self.state in self.COUNTS

    def may_be_excused_by(self, user: User, now: datetime) -> bool:
        return self.state == self.State.STANDS and self.coach_id == user.pk and now < policy.excuse_due(self.made_at)

    def may_be_appealed_by(self, user: User, now: datetime) -> bool:
        answered = self.state == self.State.KEPT and self.decided_at is not None
        return answered and self.coach_id == user.pk and now < policy.excuse_due(self.decided_at)


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def running(self) -> Self:
        """Sanctions that hide their coach."""
        return self.filter(lifted_at=None, is_over=False).exclude(step=Sanction.Step.WARNING)

    def due(self, now: datetime) -> Self:
        """Those whose time is over though nobody has written it down."""
        return self.filter(lifted_at=None, is_over=False, until__lte=now)


class Sanction(models.Model):
    """What a mark led to: a warning, or days in which the coach is not found and not booked anew."""

    class Step(models.TextChoices):
        WARNING = "warning", _("warning")
        HIDDEN_7 = "hidden_7", _("hidden for 7 days")
        HIDDEN_14 = "hidden_14", _("hidden for 14 days")
        HIDDEN_30 = "hidden_30", _("hidden for 30 days")
        REVIEW = "review", _("hidden until staff have looked at it")

    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sanctions")
    mark = models.OneToOneField(Mark, models.PROTECT, related_name="sanction")
    step = models.CharField(max_length=10, choices=Step)
    starts_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # none: a warning, or until staff lift it
    lifted_at = models.DateTimeField(null=True)
    is_over = models.BooleanField(default=False)  # its time came to an end

    objects = SanctionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["until"],
                name="sanction_due",
                condition=models.Q(is_over=False, lifted_at__isnull=True, until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} for {self.coach_id}"

    @property
    def is_running(self) -> bool:
        return self.step != self.Step.WARNING and self.lifted_at is None and not self.is_over

    def is_due(self, now: datetime) -> bool:
        return self.is_running and self.until is not None and self.until <= now
