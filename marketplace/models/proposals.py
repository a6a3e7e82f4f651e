"""What coaches offer on a request, and the thread of terms on the way to an agreement."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import CoachProfile, Role, User
from core.models import Stateful
from marketplace.models.requests import LearningRequest, ScreeningQuestion
from marketplace.policy import MIN_LETTER, Instalment, expected_total, payment_schedule


class PaymentModel(models.TextChoices):
    PER_SESSION = "per_session", _("per session")
    PER_HOUR = "per_hour", _("per hour")


class PaymentSchedule(models.TextChoices):
    UPFRONT = "upfront", _("everything upfront")


class DeclineReason(models.TextChoices):
    """Why a proposal came to nothing: what a student may choose from, and what happened to the request."""

    PRICE = "price", _("The price is more than I planned")
    TIMES = "times", _("The times do not fit")
    EXPERIENCE = "experience", _("I look for other experience")
    APPROACH = "approach", _("I would like to learn in another way")
    PLANS = "plans", _("My plans have changed")
    OTHER = "other", _("Another reason")
    ANOTHER_ACCEPTED = "another_accepted", _("Another proposal was accepted")
    REQUEST_CLOSED = "request_closed", _("The request was closed")


# What comes by itself when the student accepts another proposal or closes the request.
NOT_CHOSEN = {DeclineReason.ANOTHER_ACCEPTED, DeclineReason.REQUEST_CLOSED}


class Priced:
    """What a proposal and each version of its terms have in common: four figures and what they come to."""

    FIGURES = ("payment_model", "rate_cents", "session_count", "session_minutes")
    payment_model: str
    rate_cents: int
    session_count: int
    session_minutes: int

    @property
    def figures(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIGURES}

    @property
    def expected_total_cents(self) -> int:
        return expected_total(**self.figures)

    @property
    def instalments(self) -> list[Instalment]:
        """When how much is paid, and for which sessions."""
        return payment_schedule(self.expected_total_cents, self.session_count)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def of(self, user: User) -> Self:
        """Proposals this person wrote or received."""
        return self.filter(models.Q(coach=user) | models.Q(request__student=user))

    def of_role(self, user: User, role: str) -> Self:
        """Those this person wrote as a coach, or received as a student."""
        return self.filter(models.Q(coach=user) if role == Role.COACH else models.Q(request__student=user))

    def open(self) -> Self:
        return self.filter(state=Proposal.State.OPEN)

    def with_people(self) -> Self:
        """Each with its request, both people and the coach's profile, without what only search reads."""
        joined = self.select_related("request__student", "coach__coach_profile")
        heavy = [f"request__{name}" for name in LearningRequest.SEARCHED]
        heavy += [f"coach__coach_profile__{name}" for name in CoachProfile.SEARCHED]
        return joined.defer(*heavy)

    def with_counter(self) -> Self:
        """Each with `has_counter`: whether the coach owes an answer to a counter-offer."""
        waiting = Terms.objects.waiting().filter(proposal=models.OuterRef("pk"))
        open_ = models.Q(state=Proposal.State.OPEN)
        return self.annotate(has_counter=models.Case(models.When(open_, models.Exists(waiting)), default=False))

    def due(self, now: datetime) -> Self:
        """Open proposals that nobody decided in time."""
        return self.open().filter(expires_at__lte=now)


class Proposal(Priced, Stateful):
    """A coach's offer on a learning request."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")
        LAPSED = "lapsed", _("not carried out")  # accepted, but its contract came to nothing

    MOVES = {
        State.OPEN: {State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.EXPIRED},
        State.ACCEPTED: {State.LAPSED},
    }

    request = models.ForeignKey(LearningRequest, models.PROTECT, related_name="proposals")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    cover_letter = models.TextField(
        _("cover letter"), max_length=5000, validators=[MinLengthValidator(MIN_LETTER), MaxLengthValidator(5000)]
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
    payment_schedule = models.CharField(
        _("payment schedule"), max_length=15, choices=PaymentSchedule, default=PaymentSchedule.UPFRONT
    )
    terms_number = models.PositiveSmallIntegerField(default=1)  # which terms of the thread the coach stands behind
    declined_because = models.CharField(_("reason"), max_length=20, choices=DeclineReason, blank=True)
    decline_reason = models.CharField(_("in the student's words"), max_length=500, blank=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
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

    def is_open_at(self, now: datetime) -> bool:
        """Whether it can still be changed and decided: open, and before its last day is over."""
        return self.is_open and now < self.expires_at

    def side_of(self, user: User) -> str:
        """The side of the table this person sits on; empty for a stranger."""
        if self.coach_id == user.pk:
            return Role.COACH
        return Role.STUDENT if self.request.student_id == user.pk else ""

    def may_be_decided_by(self, user: User) -> bool:
        return bool(self.request.student_id == user.pk)

    def may_be_withdrawn_by(self, user: User) -> bool:
        return bool(self.coach_id == user.pk)


class TermsQuerySet(models.QuerySet["Terms"]):
    def waiting(self) -> Self:
        """Counter-offers that nobody has answered and that nothing newer has replaced."""
        newer = Terms.objects.filter(proposal=models.OuterRef("proposal"), number__gt=models.OuterRef("number"))
        unanswered = self.filter(offered_by=Role.STUDENT, agreed_at=None, declined_at=None)
        return unanswered.filter(~models.Exists(newer))


class Terms(Priced, models.Model):
    """One version of what a session costs and how many there are, as one side offered it; never changed afterwards.

    The proposal's own columns are those terms of the thread that the coach stands behind.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="thread")
    number = models.PositiveSmallIntegerField()
    offered_by = models.CharField(max_length=10, choices=Role)
    payment_model = models.CharField(_("payment model"), max_length=15, choices=PaymentModel)
    rate_cents = models.PositiveIntegerField(_("rate"))
    session_count = models.PositiveSmallIntegerField(
        _("number of sessions"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    session_minutes = models.PositiveSmallIntegerField(
        _("minutes per session"), validators=[MinValueValidator(15), MaxValueValidator(240)]
    )
    payment_schedule = models.CharField(_("payment schedule"), max_length=15, choices=PaymentSchedule)
    message = models.CharField(_("message"), max_length=1000, blank=True)
    offered_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    objects = TermsQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="terms_have_an_order"),
            models.CheckConstraint(name="terms_rate_is_positive", condition=models.Q(rate_cents__gt=0)),
            models.CheckConstraint(
                name="terms_are_answered_once",
                condition=models.Q(agreed_at__isnull=True) | models.Q(declined_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"terms {self.number} of proposal {self.proposal_id}"

    @property
    def currency(self) -> str:
        return self.proposal.currency


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
