"""What a student wants to learn, and what coaches offer."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import CoachProfile, Skill, User
from core.models import Stateful
from marketplace.policy import expected_total, session_price


class PaymentModel(models.TextChoices):
    PER_SESSION = "per_session", _("per session")
    PER_HOUR = "per_hour", _("per hour")


class LearningRequestQuerySet(models.QuerySet["LearningRequest"]):
    def of(self, user: User) -> Self:
        """Requests this person may see: their own, and for a public coach every open one and those they proposed on."""
        answered = models.Q(pk__in=Proposal.objects.filter(coach=user).values("request"))
        public = models.Exists(CoachProfile.objects.public().filter(user=user))
        return self.filter(models.Q(student=user) | answered | models.Q(public, state=LearningRequest.State.OPEN))

    def open(self) -> Self:
        return self.filter(state=LearningRequest.State.OPEN)

    def due(self, now: datetime) -> Self:
        """Requests whose time is over and that no open proposal waits on."""
        waiting = Proposal.objects.filter(request=models.OuterRef("pk"), state=Proposal.State.OPEN)
        lasting = [LearningRequest.State.OPEN, LearningRequest.State.PAUSED]
        return self.filter(~models.Exists(waiting), state__in=lasting, expires_at__lte=now)


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
        State.DRAFT: {State.OPEN, State.CLOSED},
        State.OPEN: {State.PAUSED, State.CLOSED, State.MATCHED, State.EXPIRED},
        State.PAUSED: {State.OPEN, State.CLOSED, State.MATCHED, State.EXPIRED},
        State.CLOSED: {State.OPEN},
        State.EXPIRED: {State.OPEN},
        State.MATCHED: set(),
    }

    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="learning_requests")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    title = models.CharField(_("title"), max_length=80, validators=[MinLengthValidator(10)])
    description = models.TextField(
        _("description"), max_length=5000, validators=[MinLengthValidator(50), MaxLengthValidator(5000)]
    )
    skills = models.ManyToManyField(Skill, related_name="learning_requests", verbose_name=_("skills"))
    level = models.CharField(_("level"), max_length=15, choices=Level, default=Level.BEGINNER)
    budget_cents = models.PositiveIntegerField(_("budget"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="usd")
    sessions_needed = models.PositiveSmallIntegerField(
        _("sessions needed"), default=4, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    timeframe = models.CharField(_("timeframe"), max_length=120, blank=True)
    preferred_times = models.CharField(_("preferred times"), max_length=300, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="simple")
        + SearchVector("description", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = LearningRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="request_search"),
            models.Index(fields=["-id"], name="request_open", condition=models.Q(state="open")),
            models.Index(
                fields=["expires_at"], name="request_expiring", condition=models.Q(state__in=["open", "paused"])
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def may_be_edited(self) -> bool:
        return self.state in {self.State.OPEN, self.State.PAUSED}

    def takes_proposals(self, now: datetime) -> bool:
        return self.is_open and now < self.expires_at


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


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def of(self, user: User) -> Self:
        """Proposals this person wrote or received."""
        return self.filter(models.Q(coach=user) | models.Q(request__student=user))

    def open(self) -> Self:
        return self.filter(state=Proposal.State.OPEN)

    def due(self, now: datetime) -> Self:
        """Open proposals that nobody decided in time."""
        return self.open().filter(expires_at__lte=now)


class Proposal(Stateful):
    """A coach's offer on a learning request."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    MOVES = {State.OPEN: {State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}}

    request = models.ForeignKey(LearningRequest, models.PROTECT, related_name="proposals")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    cover_letter = models.TextField(
        _("cover letter"), max_length=5000, validators=[MinLengthValidator(100), MaxLengthValidator(5000)]
    )
    approach_summary = models.TextField(_("approach"), max_length=2000, blank=True)
    payment_model = models.CharField(_("payment model"), max_length=15, choices=PaymentModel, default="per_session")
    rate_cents = models.PositiveIntegerField(_("rate"))
    currency = models.CharField(_("currency"), max_length=3)
    session_count = models.PositiveSmallIntegerField(
        _("number of sessions"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    session_minutes = models.PositiveSmallIntegerField(
        _("minutes per session"), default=60, validators=[MinValueValidator(15), MaxValueValidator(240)]
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_terms = models.BooleanField(default=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "coach"], condition=models.Q(state="open"), name="one_open_proposal_per_coach"
            ),
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(state="accepted"), name="one_accepted_proposal_per_request"
            ),
            models.CheckConstraint(name="proposal_rate_is_positive", condition=models.Q(rate_cents__gt=0)),
        ]
        indexes = [models.Index(fields=["expires_at"], name="proposal_expiring", condition=models.Q(state="open"))]

    def __str__(self) -> str:
        return f"proposal {self.pk} of coach {self.coach_id} on request {self.request_id}"

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def expected_total_cents(self) -> int:
        return expected_total(self.payment_model, self.rate_cents, self.session_count, self.session_minutes)

    @property
    def session_price_cents(self) -> int:
        return session_price(self.payment_model, self.rate_cents, self.session_minutes)

    def may_be_decided_by(self, user: User) -> bool:
        return bool(self.request.student_id == user.pk)

    def may_be_withdrawn_by(self, user: User) -> bool:
        return bool(self.coach_id == user.pk)


class ScreeningAnswer(models.Model):
    """A coach's answer to a screening question."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="answers")
    question = models.ForeignKey(ScreeningQuestion, models.PROTECT, related_name="answers")
    text = models.TextField(max_length=1000)

    class Meta:
        ordering = ["question__position"]
        constraints = [models.UniqueConstraint(fields=["proposal", "question"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return self.text[:60]
