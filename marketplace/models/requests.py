"""What a student wants to learn."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import CoachProfile, Skill, User
from core.models import Stateful


class LearningRequestQuerySet(models.QuerySet["LearningRequest"]):
    def of(self, user: User) -> Self:
        """Requests this person may see: their own, for a public coach every open one, and what they were asked or offered.

        A coach who proposed or was invited keeps seeing the request after it has ended.
        """
        from marketplace.models.invitations import Invitation  # they look at each other
        from marketplace.models.proposals import Proposal

        answered = models.Q(pk__in=Proposal.objects.filter(coach=user).values("request"))
        invited = models.Q(pk__in=Invitation.objects.filter(coach=user).values("request"))
        public = models.Exists(CoachProfile.objects.public().filter(user=user))
        mine = models.Q(student=user) | answered | invited
        return self.filter(mine | models.Q(public, state=LearningRequest.State.OPEN))

    def open(self) -> Self:
        return self.filter(state=LearningRequest.State.OPEN)

    def lasting(self) -> Self:
        """Posted and not ended."""
        return self.filter(state__in=[LearningRequest.State.OPEN, LearningRequest.State.PAUSED])

    def due(self, now: datetime) -> Self:
        """Requests whose time is over and that no open proposal waits on."""
        from marketplace.models.proposals import Proposal  # they look at each other

        waiting = Proposal.objects.filter(request=models.OuterRef("pk"), state=Proposal.State.OPEN)
        return self.lasting().filter(~models.Exists(waiting), expires_at__lte=now)


class LearningRequest(Stateful):
    """What a student wants to learn, in their own words and time zone."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")
        MATCHED = "matched", _("matched")
        EXPIRED = "expired", _("expired")

    class Level(models.TextChoices):
        BEGINNER = "beginner", _("beginner")
        INTERMEDIATE = "intermediate", _("intermediate")
        ADVANCED = "advanced", _("advanced")

    MOVES = {
        State.DRAFT: {State.OPEN},  # what nobody has seen is thrown away, not closed
        State.OPEN: {State.PAUSED, State.CLOSED, State.MATCHED, State.EXPIRED},
        State.PAUSED: {State.OPEN, State.CLOSED, State.MATCHED, State.EXPIRED},
        State.CLOSED: {State.OPEN},
        State.EXPIRED: {State.OPEN},
        State.MATCHED: {State.PAUSED},  # when its contract came to nothing
    }

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="learning_requests")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=80, blank=True)
    description = models.TextField(_("description"), max_length=5000, blank=True)
    skills = models.ManyToManyField(Skill, related_name="learning_requests", verbose_name=_("skills"), blank=True)
    level = models.CharField(_("level"), max_length=15, choices=Level, default=Level.BEGINNER)
    budget_cents = models.PositiveIntegerField(_("budget"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="usd")
    sessions_needed = models.PositiveSmallIntegerField(
        _("sessions needed"), default=4, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    timeframe = models.CharField(_("timeframe"), max_length=120, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60)
    preferred_hours = ArrayField(  # hours of the student's week: weekday from Monday = 0, times 24, plus the hour
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("preferred times")
    )
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True, verbose_name=_("languages"))
    created_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    close_reason = models.CharField(_("reason of staff for closing"), max_length=500, blank=True)

    preferred_cells = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)  # half hours, UTC week
    utc_offset_minutes = models.SmallIntegerField(default=0)  # the one the cells were computed with
    skill_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    words = models.TextField(default="", blank=True)  # accent-folded: title, skills and their synonyms
    more_words = models.TextField(default="", blank=True)  # accent-folded: description, timeframe
    search = models.GeneratedField(
        expression=SearchVector("words", weight="A", config="simple")
        + SearchVector("more_words", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    SEARCHED: ClassVar[tuple[str, ...]] = ("words", "more_words", "search")  # defer these where nobody searches

    objects = LearningRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="request_beyond_a_draft_has_an_end",
                condition=models.Q(state__in=["draft", "closed"]) | models.Q(expires_at__isnull=False),
            )
        ]
        indexes = [
            GinIndex(fields=["search"], name="request_search"),
            GinIndex(fields=["skill_ids"], name="request_skills"),
            GinIndex(fields=["preferred_cells"], name="request_cells", condition=models.Q(state="open")),
            models.Index(fields=["-posted_at", "-id"], name="request_newest", condition=models.Q(state="open")),
            GinIndex(fields=["languages"], name="request_languages", condition=models.Q(state="open")),
            models.Index(
                "currency",
                models.F("budget_cents").desc(nulls_last=True),
                models.F("id").desc(),
                name="request_budget",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["time_zone", "utc_offset_minutes"],
                name="request_zones",
                condition=models.Q(state__in=["open", "paused"]),
            ),
            models.Index(
                fields=["expires_at"], name="request_expiring", condition=models.Q(state__in=["open", "paused"])
            ),
        ]

    def __str__(self) -> str:
        return self.title or gettext("Untitled draft")

    def get_absolute_url(self) -> str:
        return reverse("request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def written(self) -> dict[str, Any]:
        """What decides whether it is whole."""
        skills, asked = list(self.skills.all()), self.screening_questions.all()
        questions = [question.text for question in asked]
        return {"title": self.title, "description": self.description, "skills": skills, "questions": questions}

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def may_be_edited(self) -> bool:
        return self.state in {self.State.DRAFT, self.State.OPEN, self.State.PAUSED}

    @property
    def may_be_closed(self) -> bool:
        return self.may_move_to(self.State.CLOSED)

    @property
    def may_be_reopened(self) -> bool:
        """Not a draft, and nothing that staff have closed."""
        return not self.is_draft and not self.close_reason and self.may_move_to(self.State.OPEN)

    def takes_proposals(self, now: datetime) -> bool:
        return self.is_open and self.expires_at is not None and now < self.expires_at


class ScreeningQuestion(models.Model):
    """A question that a coach must answer in a proposal."""

    request = models.ForeignKey(LearningRequest, models.CASCADE, related_name="screening_questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=250)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="questions_have_an_order"),
            models.CheckConstraint(name="at_most_five_questions", condition=models.Q(position__lt=5)),
        ]

    def __str__(self) -> str:
        return self.text
