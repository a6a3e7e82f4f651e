"""What a student says of themselves, and which coaches may read it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User


class StudentProfileQuerySet(models.QuerySet["StudentProfile"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and to a coach those of students they have to do with."""
        related = Relation.objects.filter(student=models.OuterRef("user"), coach=user)
        return self.filter(models.Q(user=user) | models.Exists(related), user__is_active=True)


class StudentProfile(models.Model):
    """What a student says of themselves; only coaches with a relation may read it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="student_profile")
    about = models.TextField(_("about you"), max_length=2000, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)  # [{"code": "es", "level": "b2"}]

    objects = StudentProfileQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_old_enough(self) -> bool:
        """Whether the person has said a date of birth; only one of an age that may learn here is ever kept."""
        return self.born_on is not None


class Relation(models.Model):
    """A student and a coach have to do with each other: written by the floors above."""

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="coach_relations")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="student_relations")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "coach"], name="one_relation_per_pair")]

    def __str__(self) -> str:
        return f"{self.student_id} ↔ {self.coach_id}"
