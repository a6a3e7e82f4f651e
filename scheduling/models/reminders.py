"""What is said before a session begins."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.sessions import Session


class Reminder(models.Model):
    """A reminder of one version of a session to one person; a session that moves leaves it behind."""

    class Kind(models.TextChoices):
        DAY = "day", _("24 hours before")
        HOUR = "hour", _("1 hour before")
        READY = "ready", _("ready to join")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("dropped")

    session = models.ForeignKey(Session, models.CASCADE, related_name="reminders")
    version = models.PositiveIntegerField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "version", "recipient", "kind"], name="each_reminder_once")
        ]
        indexes = [models.Index(fields=["due_at"], name="reminder_due", condition=models.Q(state="planned"))]

    def __str__(self) -> str:
        return f"{self.kind} of session {self.session_id} v{self.version} to {self.recipient_id}"
