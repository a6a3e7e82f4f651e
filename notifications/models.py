"""What a person is told in the app; mails are rows of the outbox."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import User
from core.models import Event


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> Self:
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """One thing one person is told, once."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "event"], name="each_person_told_once")]
        indexes = [
            models.Index(fields=["recipient"], name="notification_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(fields=["recipient", "-id"], name="notification_of_recipient"),
        ]

    def __str__(self) -> str:
        return self.text


class Telling(models.Model):
    """An event of which people are still to be told, written with it; gone once they were."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"of {self.event_id}"
