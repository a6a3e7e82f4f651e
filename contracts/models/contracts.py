"""The agreement of two people, and each paid seat it buys."""

from datetime import datetime
from typing import Any, Self

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from contracts.policy import extension_due
from core.models import Stateful
from marketplace.models import PaymentModel, Proposal
from payments.models import Escrow, Payment, Portion
from scheduling.models import Session


def being_paid() -> Exists:
    """A bank debit takes days: whoever has paid in time is not late because their bank still works on it."""
    return Exists(Payment.objects.filter(escrow=OuterRef("escrow"), state=Payment.State.PROCESSING))


class ContractQuerySet(models.QuerySet["Contract"]):
    def with_progress(self) -> Self:
        """With what a list shows: sessions done and given back, when the next one is, whether terms are discussed."""
        from contracts.models.changes import ChangeRequest  # they look at each other

        running = Q(bookings__session__state__in=[Session.State.SCHEDULED, Session.State.IN_PROGRESS])
        running &= Q(bookings__state=Booking.State.CONFIRMED)  # not of a seat that was given up, or is not paid yet
        open_change = ChangeRequest.objects.filter(contract=OuterRef("pk"), state=ChangeRequest.State.OPEN)
        return self.annotate(
            completed_sessions=Count("bookings", filter=Q(bookings__state__in=Booking.DONE)),
            refunded_sessions=Count("bookings", filter=Q(bookings__portion__state=Portion.State.REFUNDED)),
            cancelled_sessions=Count("bookings", filter=Q(bookings__state=Booking.State.CANCELLED)),
            next_session_at=Min("bookings__session__starts_at", filter=running),
            has_open_change=Exists(open_change),
            is_being_paid=being_paid(),
        )

    def of(self, user: User) -> Self:
        """Contracts this person is a party of; a coach does not see what the student has not sent or paid yet."""
        seen = ~Q(state=Contract.State.DRAFT) | Q(is_coachs_idea=True)
        seen &= ~Q(kind__in=Contract.HELD_KINDS, paid_at__isnull=True)
        return self.filter(Q(student=user) | Q(coach=user) & seen)

    def of_role(self, user: User, role: str) -> Self:
        """Those in which this person teaches, or those in which they learn."""
        return self.filter(coach=user) if role == Role.COACH else self.filter(student=user)

    def overdue(self, now: datetime) -> Self:
        """Contracts whose open step was not taken in time."""
        steps = self.filter(~being_paid(), state__in=[*Contract.OPEN_STEPS], expires_at__lte=now)
        return steps.exclude(kind__in=Contract.HELD_KINDS)  # they end with the hold of their time

    def ending(self, now: datetime, by: datetime) -> Self:
        """Contracts whose open step ends between now and then, and that nobody was reminded of for this end."""
        unheard = Q(warned_for__isnull=True) | ~Q(warned_for=F("expires_at"))
        steps = self.filter(state__in=[*Contract.OPEN_STEPS], kind=Contract.Kind.CONTRACT)
        return steps.filter(unheard, ~being_paid(), expires_at__gt=now, expires_at__lte=by)


@pghistory.track(exclude=["end_reason"])
class Contract(Stateful):
    """The agreement of one student and one coach: terms, sessions bought, money. Paid terms never change."""

    class Origin(models.TextChoices):
        PROPOSAL = "proposal", _("proposal")
        BOOKING = "booking", _("booking")
        SUBSCRIPTION = "subscription", _("subscription")

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("contract")
        DIRECT = "direct", _("single session")
        TRIAL = "trial", _("trial session")
        GROUP = "group", _("seat in a group session")
        SUBSCRIPTION = "subscription", _("subscription")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        AWAITING_COACH = "awaiting_coach", _("waiting for the coach")
        AWAITING_PAYMENT = "awaiting_payment", _("waiting for payment")
        ACTIVE = "active", _("active")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")

    MOVES = {
        State.DRAFT: {
            State.AWAITING_COACH,
            State.AWAITING_PAYMENT,
            State.DECLINED,
            State.CANCELLED,
            State.EXPIRED,
        },
        State.AWAITING_COACH: {State.AWAITING_PAYMENT, State.DECLINED, State.CANCELLED, State.EXPIRED},
        State.AWAITING_PAYMENT: {State.ACTIVE, State.CANCELLED, State.EXPIRED},
        State.ACTIVE: {State.COMPLETED, State.CANCELLED},
        State.EXPIRED: {State.ACTIVE},  # a booking whose payment came late, and whose time was still free
    }
    OPEN_STEPS = {State.DRAFT, State.AWAITING_COACH, State.AWAITING_PAYMENT}
    # What a coach may ask to have otherwise; both sides' records of it use these names.
    TERMS = ("payment_model", "rate_cents", "session_count", "session_minutes", "start_date", "learning_outcomes")
    FIGURES = TERMS[:4]

    SINGLE_KINDS = (Kind.DIRECT, Kind.TRIAL)  # one session of two people, made with its time
    HELD_KINDS = (*SINGLE_KINDS, Kind.GROUP)  # bought while a time or a seat is kept: no time to discuss terms

    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    origin = models.CharField(max_length=15, choices=Origin)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.CONTRACT)
    extends = models.ForeignKey("self", models.PROTECT, null=True, related_name="extensions")
    is_coachs_idea = models.BooleanField(default=False)  # an extension that the coach proposes: the student agrees
    student = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="contracts_as_student")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="contracts_as_coach")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="contract")
    escrow = models.OneToOneField(Escrow, models.PROTECT, related_name="contract")
    title = models.CharField(_("title"), max_length=120)
    payment_model = models.CharField(max_length=15, choices=PaymentModel)
    rate_cents = models.PositiveIntegerField()
    session_count = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    session_minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(15), MaxValueValidator(240)])
    total_cents = models.PositiveIntegerField()
    fee_basis_points = models.PositiveSmallIntegerField()
    policy = models.JSONField(default=dict)
    learning_outcomes = models.TextField(_("learning outcomes"), max_length=2000, blank=True)
    note = models.TextField(_("note on cancellation"), max_length=2000, blank=True)
    start_date = models.DateField(_("start date"), null=True, blank=True)
    time_zone = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    warned_for = models.DateTimeField(null=True)  # the end of a step that was told of beforehand
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True)  # in the words of who ended it

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="contract_is_worth_something", condition=Q(total_cents__gt=0)),
            models.CheckConstraint(name="contract_joins_two_people", condition=~Q(student=F("coach"))),
            models.CheckConstraint(
                name="contract_in_force_is_paid",
                condition=~Q(state__in=["active", "completed"]) | Q(paid_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_trial_per_pair",
                fields=["student", "coach"],
                condition=Q(kind="trial", state__in=["draft", "awaiting_payment", "active", "completed"]),
            ),
            models.UniqueConstraint(
                name="one_open_extension_per_contract",
                fields=["extends"],
                condition=Q(extends__isnull=False, state__in=["draft", "awaiting_coach", "awaiting_payment"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="contract_open_step",
                condition=Q(state__in=["draft", "awaiting_coach", "awaiting_payment"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("contract", args=[self.pk])

    @property
    def currency(self) -> str:
        return self.escrow.currency

    @property
    def remaining_sessions(self) -> int:
        """Sessions neither done nor called off; needs `with_progress`."""
        return int(self.session_count - self.completed_sessions - self.cancelled_sessions)

    @property
    def progress_percentage(self) -> int:
        return int(100 * self.completed_sessions // self.session_count)

    @property
    def payment_status(self) -> str:
        """pending, paid or refunded, from what happened; needs `with_progress`."""
        if self.paid_at is None:
            return "pending"
        return "refunded" if self.refunded_sessions == self.session_count else "paid"

    @property
    def outcomes(self) -> list[str]:
        """The learning outcomes, one a line."""
        return [line.strip() for line in self.learning_outcomes.splitlines() if line.strip()]

    @property
    def terms(self) -> dict[str, Any]:
        """What was agreed, by the names of the columns; a date as text."""
        terms = {name: getattr(self, name) for name in self.TERMS}
        return terms | {"start_date": self.start_date.isoformat() if self.start_date else None}

    @property
    def figures(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIGURES}

    @property
    def waits_for_agreement(self) -> bool:
        """Whether one side has put it before the other."""
        return self.state == (self.State.DRAFT if self.is_coachs_idea else self.State.AWAITING_COACH)

    @property
    def answered_by_id(self) -> int:
        """Who has to agree: the coach, or the student where it was the coach's idea."""
        return int(self.student_id if self.is_coachs_idea else self.coach_id)

    def other_party(self, user: User) -> Any:
        return self.coach if user.pk == self.student_id else self.student

    def is_overdue(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def may_be_sent_by(self, user: User) -> bool:
        return self.state == self.State.DRAFT and not self.is_coachs_idea and self.student_id == user.pk

    def may_be_answered_by(self, user: User) -> bool:
        return self.waits_for_agreement and self.answered_by_id == user.pk

    def may_be_changed_by(self, user: User) -> bool:
        """Whether this coach may ask for other terms before agreeing."""
        awaits = self.kind == self.Kind.CONTRACT and self.state == self.State.AWAITING_COACH
        return awaits and self.coach_id == user.pk

    def may_be_extended_by(self, user: User, now: datetime) -> bool:
        """Whether this party may propose more sessions: while it runs, and for some time after it is completed."""
        if self.kind != self.Kind.CONTRACT or user.pk not in {self.student_id, self.coach_id}:
            return False
        completed = self.state == self.State.COMPLETED and self.ended_at is not None
        return self.state == self.State.ACTIVE or (completed and now < extension_due(self.ended_at, self.policy))

    def may_be_paid_by(self, user: User) -> bool:
        return self.state == self.State.AWAITING_PAYMENT and self.student_id == user.pk

    def may_be_called_off_by(self, user: User) -> bool:
        if self.kind in self.HELD_KINDS:  # a coach does not see it before it is paid
            return self.state == self.State.AWAITING_PAYMENT and user.pk == self.student_id
        return self.state in self.OPEN_STEPS and user.pk in {self.student_id, self.coach_id}

    def may_be_cancelled_by(self, user: User) -> bool:
        """Before it is paid it ends; once it is active, what is still to come of it is called off by quote."""
        return self.state in {*self.OPEN_STEPS, self.State.ACTIVE} and user.pk in {self.student_id, self.coach_id}

    def may_be_scheduled_by(self, user: User) -> bool:
        return self.state == self.State.ACTIVE and self.student_id == user.pk


class BookingQuerySet(models.QuerySet["Booking"]):
    def of(self, user: User) -> Self:
        """Seats of this student, and of this coach those that were paid."""
        unpaid = Q(contract__kind__in=Contract.HELD_KINDS, contract__paid_at__isnull=True)
        return self.filter(Q(contract__student=user) | Q(contract__coach=user) & ~unpaid)


@pghistory.track()
class Booking(Stateful):
    """One student's paid seat in a session: the session's portion of the contract's money."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CONFIRMED = "confirmed", _("confirmed")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")
        NO_SHOW = "no_show", _("no show")

    MOVES = {
        State.PENDING: {State.CONFIRMED, State.CANCELLED},
        State.CONFIRMED: {State.PENDING, State.COMPLETED, State.CANCELLED, State.NO_SHOW},
        State.COMPLETED: {State.CANCELLED},  # given back after a problem, as is the next but one
        State.CANCELLED: {State.PENDING},  # a payment that came after the hold takes the time again
        State.NO_SHOW: {State.CANCELLED},
    }

    DONE = {State.COMPLETED, State.NO_SHOW}

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="bookings")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings")
    portion = models.OneToOneField(Portion, models.PROTECT, related_name="booking")

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="bookings_are_numbered")]

    def __str__(self) -> str:
        return f"booking {self.number} of {self.contract_id}"
