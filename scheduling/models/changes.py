"""What people ask of an agreed session: another time, a seat that is taken, to look into a problem."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from core.models import Stateful
from scheduling.models.places import Participant
from scheduling.models.sessions import Session


class Move(Stateful):
    """One side's wish for another time of one version of a session. The time wanted is not kept for it."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("not answered in time")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ANSWERED = "answered", _("answered with another time")

    MOVES = {State.OPEN: {State.AGREED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.ANSWERED}}

    session = models.ForeignKey(Session, models.CASCADE, related_name="moves")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    from_starts_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    answers = models.ForeignKey("self", models.SET_NULL, null=True, related_name="answered_with")
    asked_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], name="one_open_move_per_session", condition=models.Q(state="open")
            )
        ]
        indexes = [models.Index(fields=["answer_due_at"], name="move_due", condition=models.Q(state="open"))]

    def __str__(self) -> str:
        return f"move {self.pk} of session {self.session_id}"


class Waiting(Stateful):
    """A student's place in the line for a seat of a full group session; first come, first served."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("a seat is kept")
        TAKEN = "taken", _("seat taken")
        PASSED = "passed", _("not taken in time")
        LEFT = "left", _("left the line")

    MOVES = {
        State.WAITING: {State.OFFERED, State.LEFT, State.PASSED},
        State.OFFERED: {State.TAKEN, State.PASSED, State.LEFT},
    }
    OPEN = (State.WAITING, State.OFFERED)

    session = models.ForeignKey(Session, models.CASCADE, related_name="waiting")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    offer_ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "student"],
                name="one_place_in_line",
                condition=models.Q(state__in=["waiting", "offered"]),
            )
        ]
        indexes = [models.Index(fields=["offer_ends_at"], name="offer_due", condition=models.Q(state="offered"))]

    def __str__(self) -> str:
        return f"{self.student_id} in line for session {self.session_id}"


class ProblemQuerySet(models.QuerySet["Problem"]):
    def of(self, user: User) -> Self:
        """One's own reports, to coaches those of their sessions, to a student their coach's where they meet alone."""
        mine = models.Q(reporter=user) | models.Q(session__coach=user)
        here = Participant.objects.filter(session=models.OuterRef("session"), user=user, state=Participant.State.TAKEN)
        of_coach = models.Q(models.Exists(here), reporter=models.F("session__coach"))
        return self.filter(mine | of_coach & ~models.Q(session__kind=Session.Kind.GROUP))


class Problem(Stateful):
    """What a participant says went wrong with a session; while it is open, its money is not released."""

    class Kind(models.TextChoices):
        NO_SHOW = "no_show", _("the other side did not come")
        LATE = "late", _("it began late or ended early")
        QUALITY = "quality", _("it was not what was agreed")
        TECHNICAL = "technical", _("sound, picture or connection failed")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("being looked at")
        WITHDRAWN = "withdrawn", _("withdrawn")
        SOLVED = "solved", _("solved")

    MOVES = {State.OPEN: {State.WITHDRAWN, State.SOLVED}}

    session = models.ForeignKey(Session, models.PROTECT, related_name="problems")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    kind = models.CharField(_("what went wrong"), max_length=10, choices=Kind)
    text = models.TextField(_("what happened"), max_length=2000)
    decision = models.TextField(_("decision"), max_length=2000, blank=True)
    reported_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "reporter"], name="one_open_problem_per_reporter", condition=models.Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} in session {self.session_id}"
