"""What a coach offers: what is public, and what the coach wants to be public next."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.skills import Skill
from accounts.models.students import Relation
from core.links import leads_to
from core.models import Stateful


class CoachProfileQuerySet(models.QuerySet["CoachProfile"]):
    def public(self) -> Self:
        """Coaches whom everybody may see: those staff have approved once, whatever change of theirs waits."""
        return self.filter(approved_at__isnull=False, user__is_active=True)

    def listed(self) -> Self:
        """Coaches who are found and may be booked anew: public, and not hidden for failing their students."""
        return self.public().filter(is_hidden=False)

    def visible_to(self, user: AbstractBaseUser | Any) -> Self:
        """Public coaches; a hidden one only to whom they have to do with; to coaches themselves their own in any state."""
        public = Q(approved_at__isnull=False, user__is_active=True)
        if not user.is_authenticated:
            return self.filter(public, is_hidden=False)
        known = Exists(Relation.objects.filter(student=user.pk, coach=OuterRef("user")))
        return self.filter(public & (Q(is_hidden=False) | known) | Q(user_id=user.pk))


def validate_meeting_url(url: str) -> None:
    if not leads_to(url, settings.MEETING_HOSTS):
        raise ValidationError(
            _("Give an address that begins with https:// at one of these: %(hosts)s."),
            code="meeting_host",
            params={"hosts": ", ".join(settings.MEETING_HOSTS)},
        )


def no_stars() -> list[int]:
    return [0, 0, 0, 0, 0]


class CoachProfile(Stateful):
    """What a coach offers. The state is that of the coach's wish: what is public stays so while a change waits."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("not approved")

    MOVES = {
        State.DRAFT: {State.SUBMITTED, State.APPROVED},  # approved again when a change is thrown away
        State.SUBMITTED: {State.APPROVED, State.REJECTED, State.DRAFT},  # a draft again when its person leaves
        State.REJECTED: {State.SUBMITTED, State.APPROVED, State.DRAFT},
        State.APPROVED: {State.DRAFT},
    }

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="coach_profile")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    wanted = models.JSONField(default=dict, blank=True)  # the document the coach works on; empty: as it is public

    goal = models.TextField(_("goal"), max_length=1000, blank=True)
    headline = models.CharField(_("headline"), max_length=120, blank=True)
    bio = models.TextField(_("about you"), max_length=5000, blank=True)
    skills = models.ManyToManyField(Skill, related_name="coaches", verbose_name=_("skills"))
    languages = models.JSONField(_("languages"), default=list, blank=True)  # [{"code": "es", "level": "native"}]
    experience = models.JSONField(_("experience"), default=list, blank=True)
    education = models.JSONField(_("education"), default=list, blank=True)
    portfolio = models.JSONField(_("portfolio"), default=list, blank=True)

    is_hidden = models.BooleanField(default=False)  # by a sanction that runs

    country = models.CharField(_("country"), max_length=2, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="usd")
    hourly_rate_cents = models.PositiveIntegerField(_("hourly rate"), default=0)
    trial_rate_cents = models.PositiveIntegerField(
        _("trial rate"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    meeting_url = models.URLField(_("meeting link"), blank=True, validators=[validate_meeting_url])

    rejection_reason = models.CharField(max_length=500, blank=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)

    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    stars = ArrayField(models.PositiveIntegerField(), size=5, default=no_stars)  # how many gave 1, 2, 3, 4, 5
    sessions_done = models.PositiveIntegerField(default=0)
    response_minutes = models.PositiveIntegerField(null=True)  # the median time to an answer

    skill_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    language_codes = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    words = models.TextField(default="", blank=True)  # accent-folded: name, headline, skills and their synonyms
    more_words = models.TextField(default="", blank=True)  # accent-folded: everything else that is public
    search = models.GeneratedField(
        expression=SearchVector("words", weight="A", config="simple")
        + SearchVector("more_words", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    score = models.GeneratedField(  # a thousandth of a star, as if five people had given 3.6 before
        expression=(F("rating_sum") + Value(18)) * Value(1000) / (F("rating_count") + Value(5)),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    objects = CoachProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="coach_rating_is_an_average_of_one_to_five",
                condition=Q(rating_sum__gte=F("rating_count")) & Q(rating_sum__lte=5 * F("rating_count")),
            ),
            models.CheckConstraint(
                name="coach_beyond_a_draft_has_a_rate",
                condition=Q(state__in=["draft", "rejected"], approved_at__isnull=True) | Q(hourly_rate_cents__gt=0),
            ),
            models.CheckConstraint(
                name="coach_once_approved_is_public",
                condition=~Q(state="approved") | Q(approved_at__isnull=False),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="coach_search"),
            GinIndex(fields=["skill_ids"], name="coach_skills"),
            GinIndex(fields=["language_codes"], name="coach_languages"),
            models.Index(fields=["-score", "-id"], name="coach_best", condition=Q(approved_at__isnull=False)),
            models.Index(fields=["-id"], name="coach_newest", condition=Q(approved_at__isnull=False)),
            models.Index(
                fields=["currency", "hourly_rate_cents", "id"],
                name="coach_price",
                condition=Q(approved_at__isnull=False),
            ),
            models.Index(fields=["-submitted_at"], name="coach_waiting", condition=Q(state="submitted")),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.headline}" if self.headline else str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("coach", args=[self.user_id])

    @property
    def is_public(self) -> bool:
        return self.approved_at is not None

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.SUBMITTED

    @property
    def rating(self) -> float | None:
        return round(self.rating_sum / self.rating_count, 2) if self.rating_count else None

    SEARCHED: ClassVar[tuple[str, ...]] = ("words", "more_words", "search")  # defer these where nobody searches
