"""Rows that every floor leans on: what happened, what has a state, what is to be mailed."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar, cast

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.refused import Refused

Row = TypeVar("Row", bound=models.Model)


def locked(row: Row) -> Row:
    """The same row read again under its lock; the caller must be inside a transaction."""
    model = cast(type[Row], row._meta.model)  # not type(row): request.user is a lazy stand-in for its row
    return model._default_manager.select_for_update(no_key=True).get(pk=row.pk)


class Stateful(models.Model):
    """A thing with a state that moves along the arrows of `MOVES` and in no other way."""

    MOVES: ClassVar[dict[str, set[str]]] = {}
    state: Any  # each subclass has the field, with its own choices

    class Meta:
        abstract = True

    def may_move_to(self, state: str) -> bool:
        return state in self.MOVES.get(self.state, set())

    def move_to(self, state: str, *also: str) -> None:
        """Take the new state and save it with the named fields; refused where no arrow leads."""
        if not self.may_move_to(state):
            raise Refused(gettext("This has changed in the meantime. Please look at it again."), code="wrong_state")
        self.state = state
        self.save(update_fields=["state", *also])  # type: ignore[misc]


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, *subjects: models.Model) -> Self:
        """The events of these things, oldest first."""
        wanted = models.Q(pk__in=[])
        for subject in subjects:
            wanted |= models.Q(subject_kind=kind_of(subject), subject_id=subject.pk)
        return self.filter(wanted).order_by("at", "pk")


class Event(models.Model):
    """Something that happened, once and for good: audit trail, timeline and source of notifications in one.

    Facts hold ids, codes and amounts, never names, addresses or free text.
    """

    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="event_by_subject"),
            models.Index(fields=["name", "at"], name="event_by_name"),
        ]
        triggers = [pgtrigger.Protect(name="event_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_kind} {self.subject_id}"

    @property
    def subject(self) -> models.Model:
        """The thing it happened to, as it stands now."""
        model: type[models.Model] = apps.get_model(self.subject_kind)
        return model._default_manager.get(pk=self.subject_id)


def kind_of(subject: models.Model) -> str:
    return subject._meta.label_lower


class OutgoingMail(models.Model):
    """A mail that must go out once: written with what caused it, carried by a task afterwards."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SENDING = "sending", _("on its way")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)  # an .ics file that goes along
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    is_last = models.BooleanField(default=False)  # to somebody who leaves: forgotten once it is sent

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "to"], name="mail_once_per_key_and_recipient")]
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=models.Q(state__in=["planned", "sending"]))
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def spent(self, now: datetime) -> Self:
        """Answers older than a day, and requests that never came to one: their process is gone."""
        died = models.Q(status__isnull=True, made_at__lte=now - KeptAnswer.RUNS)
        return self.filter(died | models.Q(made_at__lte=now - KeptAnswer.LASTS))


class KeptAnswer(models.Model):
    """The answer to a request that carried an Idempotency-Key; the same key gets it again for 24 hours."""

    LASTS = timedelta(hours=24)
    RUNS = timedelta(minutes=5)  # a request at most

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    made_at = models.DateTimeField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_person_and_key")]

    def __str__(self) -> str:
        return f"{self.key} → {self.status}"


class Heartbeat(models.Model):
    """When a background process was last seen alive, in real time."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class PolicyNumberQuerySet(models.QuerySet["PolicyNumber"]):
    def standing(self) -> Self:
        """Those that were not taken back, the latest first."""
        return self.filter(withdrawn_at=None).order_by("-valid_from")


class PolicyNumber(models.Model):
    """What a number of the rules is from a moment on; once it holds it is history, and only a later one ends it."""

    key = models.CharField(_("number"), max_length=60)
    value = models.JSONField(_("value"))
    valid_from = models.DateTimeField(_("valid from"))
    why = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PolicyNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("number of the rules")
        verbose_name_plural = _("numbers of the rules")
        constraints = [
            models.UniqueConstraint(
                name="one_number_at_a_time", fields=["key", "valid_from"], condition=models.Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="number_made_before_it_holds", condition=models.Q(made_at__lt=models.F("valid_from"))
            ),
            models.CheckConstraint(
                name="number_withdrawn_before_it_holds",
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__lt=models.F("valid_from")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="number_never_removed", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="number_never_edited", exclude=["withdrawn_at", "withdrawn_by"]),
            pgtrigger.Protect(
                name="number_withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
