"""Our sessions in people's own calendars, and what those say."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Stateful
from scheduling.models.sessions import Session


class Feed(models.Model):
    """The secret address at which a person's calendar programs read their sessions; a new token ends the old one."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feed of {self.user_id}"


class GoogleCalendar(Stateful):
    """A person's calendar at Google: when it was last read, and until when that can be relied upon."""

    class State(models.TextChoices):
        ON = "on", _("connected")
        DEAD = "dead", _("Google lets us in no longer")
        OFF = "off", _("switched off")

    MOVES = {
        State.ON: {State.DEAD, State.OFF},
        State.DEAD: {State.ON, State.OFF},
        State.OFF: {State.ON},
    }
    NOT_GIVEN_BACK = "not_given_back"  # the reason of one that is off: Google did not hear that our leave is gone

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="google_calendar")
    state = models.CharField(max_length=10, choices=State, default=State.ON)
    calendar_id = models.CharField(max_length=200, default="primary")
    due_at = models.DateTimeField()  # when it is to be read again
    tries = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    verified_until = models.DateTimeField(null=True)  # after this, what it said is no longer relied upon
    died_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="google_due", condition=models.Q(state="on"))]

    def __str__(self) -> str:
        return f"Google calendar of {self.user_id}"

    @property
    def is_not_given_back(self) -> bool:
        return self.state == self.State.OFF and self.reason == self.NOT_GIVEN_BACK


class CalendarCopy(models.Model):
    """One person's copy of one session in their own calendar: written once for each version, and taken away once."""

    class State(models.TextChoices):
        PLANNED = "planned", _("to be written")
        WRITTEN = "written", _("written")
        GONE = "gone", _("taken away")
        REFUSED = "refused", _("refused")

    session = models.ForeignKey(Session, models.CASCADE, related_name="copies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_copies")
    event_id = models.CharField(max_length=64)  # ours, so that writing twice is writing once
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    version = models.PositiveIntegerField()  # of the session, as it should be written
    is_wanted = models.BooleanField(default=True)  # false: it should be taken away
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name_plural = "calendar copies"
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="one_copy_per_person_and_session")]
        indexes = [models.Index(fields=["due_at"], name="copy_due", condition=models.Q(state="planned"))]

    def __str__(self) -> str:
        return f"copy of session {self.session_id} for {self.user_id}"
