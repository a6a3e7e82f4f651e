"""People: the user, what a student and a coach say of themselves, who knows whom."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.policy import is_meeting_link
from core.models import Stateful


class Role(models.TextChoices):
    STUDENT = "student", _("student")
    COACH = "coach", _("coach")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person: signs in by e-mail, may be student and coach, sees times in their own zone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_student = models.BooleanField(default=False)
    is_coach = models.BooleanField(default=False)
    role = models.CharField(_("role in use"), max_length=10, choices=Role, default=Role.STUDENT)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def is_using_coach_role(self) -> bool:
        return self.role == Role.COACH and self.is_coach

    def has_role(self, role: str) -> bool:
        return (role == Role.STUDENT and self.is_student) or (role == Role.COACH and self.is_coach)


class Skill(models.Model):
    """Something one can learn, from a curated list."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class StudentProfile(models.Model):
    """What a student says of themselves; only coaches with a relation may read it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="student_profile")
    about = models.TextField(_("about you"), max_length=2000, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)

    def __str__(self) -> str:
        return f"student {self.user_id}"


class CoachProfileQuerySet(models.QuerySet["CoachProfile"]):
    def public(self) -> Self:
        """Coaches whom everybody may see: approved ones."""
        return self.filter(state=CoachProfile.State.APPROVED, user__is_active=True)

    def visible_to(self, user: AbstractBaseUser | Any) -> Self:
        """Public coaches, and to coaches themselves their own profile in any state."""
        public = models.Q(state=CoachProfile.State.APPROVED, user__is_active=True)
        return self.filter(public | models.Q(user_id=user.pk)) if user.is_authenticated else self.filter(public)


def validate_meeting_url(url: str) -> None:
    if not is_meeting_link(url, settings.MEETING_HOSTS):
        raise ValidationError(
            _("Give an address that begins with https:// at one of these: %(hosts)s."),
            code="meeting_host",
            params={"hosts": ", ".join(settings.MEETING_HOSTS)},
        )


class CoachProfile(Stateful):
    """What a coach offers; public once staff have approved it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("not approved")

    MOVES = {
        State.DRAFT: {State.SUBMITTED},
        State.SUBMITTED: {State.APPROVED, State.REJECTED},
        State.REJECTED: {State.SUBMITTED},
        State.APPROVED: set(),
    }

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="coach_profile")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    headline = models.CharField(_("headline"), max_length=120)
    bio = models.TextField(_("about you"), max_length=5000)
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3, default="usd")
    hourly_rate_cents = models.PositiveIntegerField(_("hourly rate"), default=0)
    trial_rate_cents = models.PositiveIntegerField(
        _("trial rate"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    languages = models.CharField(_("languages"), max_length=200, blank=True)
    skills = models.ManyToManyField(Skill, related_name="coaches", verbose_name=_("skills"))
    meeting_url = models.URLField(_("meeting link"), blank=True, validators=[validate_meeting_url])
    rejection_reason = models.CharField(max_length=500, blank=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    search = models.GeneratedField(
        expression=SearchVector("headline", weight="A", config="simple")
        + SearchVector("bio", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CoachProfileQuerySet.as_manager()
    NEEDED: ClassVar[tuple[str, ...]] = ("headline", "bio", "country", "hourly_rate_cents", "languages")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="coach_rating_is_an_average_of_one_to_five",
                condition=models.Q(rating_sum__gte=models.F("rating_count"))
                & models.Q(rating_sum__lte=5 * models.F("rating_count")),
            ),
            models.CheckConstraint(
                name="coach_beyond_a_draft_has_a_rate",
                condition=models.Q(state__in=["draft", "rejected"]) | models.Q(hourly_rate_cents__gt=0),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="coach_search"),
            models.Index(fields=["-id"], name="coach_public", condition=models.Q(state="approved")),
        ]

    def __str__(self) -> str:
        return f"coach {self.user_id}: {self.headline}"

    def get_absolute_url(self) -> str:
        return reverse("coach", args=[self.user_id])

    @property
    def is_public(self) -> bool:
        return self.state == self.State.APPROVED

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.SUBMITTED

    @property
    def may_be_incomplete(self) -> bool:
        """Nobody but the coach sees it yet."""
        return self.state in {self.State.DRAFT, self.State.REJECTED}

    def missing(self) -> list[str]:
        """The names of what a profile cannot be submitted without and that is still empty."""
        empty = [name for name in self.NEEDED if not getattr(self, name)]
        if not self.skills.exists():
            empty.append("skills")
        return [str(getattr(self._meta.get_field(name), "verbose_name", name)) for name in empty]

    @property
    def rating(self) -> float | None:
        return round(self.rating_sum / self.rating_count, 2) if self.rating_count else None


class Relation(models.Model):
    """A student and a coach have to do with each other: written by the floors above."""

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="coach_relations")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="student_relations")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "coach"], name="one_relation_per_pair")]

    def __str__(self) -> str:
        return f"{self.student_id} ↔ {self.coach_id}"


def lock_people(ids: Iterable[int]) -> list[User]:
    """Lock these users in primary-key order, so that nobody else books or moves their time meanwhile."""
    people = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return list(people)
