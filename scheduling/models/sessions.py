"""Meetings: what state they are in, and what each person may do with them."""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User, validate_meeting_url
from core.models import Stateful
from scheduling import policy
from scheduling.models.places import Outcome, Participant
from scheduling.models.queries import SessionQuerySet


def room_name() -> str:
    return secrets.token_hex(16)


class Session(Stateful):
    """One meeting of a coach with one or more students."""

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("free consultation")
        TRIAL = "trial", _("trial")
        CONTRACT = "contract", _("session")
        DIRECT = "direct", _("session")
        GROUP = "group", _("group session")
        SUBSCRIPTION = "subscription", _("session")

    class State(models.TextChoices):
        UNSCHEDULED = "unscheduled", _("to be scheduled")
        HELD = "held", _("held for you")
        REQUESTED = "requested", _("requested")
        SCHEDULED = "scheduled", _("scheduled")
        IN_PROGRESS = "in_progress", _("in progress")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")
        MISSED = "missed", _("missed")

    Outcome = Outcome

    MOVES = {
        State.UNSCHEDULED: {State.HELD, State.REQUESTED, State.SCHEDULED, State.CANCELLED},
        State.HELD: {State.UNSCHEDULED, State.REQUESTED, State.SCHEDULED, State.CANCELLED},
        State.REQUESTED: {State.UNSCHEDULED, State.SCHEDULED, State.CANCELLED},
        State.SCHEDULED: {State.IN_PROGRESS, State.COMPLETED, State.MISSED, State.CANCELLED, State.UNSCHEDULED},
        State.IN_PROGRESS: {State.COMPLETED, State.MISSED},
        State.COMPLETED: {State.MISSED},  # an unclear one, settled as an absence
        State.CANCELLED: {State.HELD},  # a payment that came after the hold takes the time again
    }
    OCCUPYING = {State.HELD, State.REQUESTED, State.SCHEDULED, State.IN_PROGRESS}
    AHEAD = {State.REQUESTED, State.SCHEDULED, State.IN_PROGRESS}
    OVER = {State.COMPLETED, State.MISSED}
    CANCELLABLE = {State.UNSCHEDULED, State.HELD, State.REQUESTED, State.SCHEDULED}

    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="coached_sessions")
    kind = models.CharField(max_length=15, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.UNSCHEDULED)
    title = models.CharField(_("title"), max_length=120, blank=True)
    number = models.PositiveSmallIntegerField(default=0)  # among those that were made together; 0 where none were
    out_of = models.PositiveSmallIntegerField(default=0)
    duration_minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(15), MaxValueValidator(240)])
    is_open = models.BooleanField(default=False, help_text=_("May be given a time: nothing is left to be paid first."))
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=0)
    hold_expires_at = models.DateTimeField(null=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="booked_sessions"
    )  # who asked for a consultation, a trial or a direct session
    note_to_coach = models.TextField(_("what it is about"), max_length=2000, blank=True)  # by who asked for it
    asked_at = models.DateTimeField(null=True)  # when the coach was asked for their yes
    decline_reason = models.CharField(_("reason"), max_length=500, blank=True)  # why the coach said no
    answer_due_at = models.DateTimeField(null=True)  # of a requested one: until when the coach may say yes
    terms = models.JSONField(default=dict)  # the numbers it was agreed by, as `policy.KEPT` names them
    agreed_at = models.DateTimeField(null=True)  # when it was first agreed: the cooling-off runs from here
    earliest_starts_at = models.DateTimeField(null=True)  # of all starts ever agreed: its refund deadline travels
    seats = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(100)])
    least = models.PositiveSmallIntegerField(default=0)  # students without whom a group session does not take place
    warned_at = models.DateTimeField(null=True)  # when its coach was told that too few have enrolled
    went_ahead_at = models.DateTimeField(null=True)  # when its coach said it takes place anyway
    series = models.ForeignKey("Series", models.SET_NULL, null=True, related_name="sessions")
    series_day = models.DateField(null=True)  # the day of the series' clock that it stands for
    is_moved_alone = models.BooleanField(default=False)  # by itself: the series does not take it along any more
    room = models.CharField(max_length=40, default=room_name, editable=False)  # of a server of this site's: unguessable
    meeting_url = models.URLField(  # of this session alone, instead of what the coach has chosen for all
        _("meeting link"), blank=True, validators=[validate_meeting_url]
    )
    summary = models.TextField(_("summary"), max_length=5000, blank=True)
    uses_up = models.BooleanField(default=True)  # a consultation of the pair; given back where the coach failed it
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    staff_asked_at = models.DateTimeField(null=True)  # to settle it, as nobody else had
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="session_with_a_time_has_both_ends",
                condition=models.Q(starts_at__isnull=True, ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="session_that_occupies_time_has_one",
                condition=~models.Q(state__in=["held", "requested", "scheduled", "in_progress"])
                | models.Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="held_session_has_an_end_of_its_hold",
                condition=~models.Q(state="held") | models.Q(hold_expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="requested_session_has_an_end_of_its_wait",
                condition=~models.Q(state="requested") | models.Q(answer_due_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_consultation_per_pair",
                fields=["coach", "booked_by"],
                condition=models.Q(kind="consultation", uses_up=True),
            ),
            models.UniqueConstraint(name="one_session_per_day_of_a_series", fields=["series", "series_day"]),
        ]
        indexes = [
            models.Index(fields=["answer_due_at"], name="session_asked", condition=models.Q(state="requested")),
            models.Index(
                fields=["starts_at"],
                name="session_needs_people",
                condition=models.Q(state="scheduled", least__gt=0, went_ahead_at__isnull=True),
            ),
            models.Index(fields=["hold_expires_at"], name="session_held", condition=models.Q(state="held")),
            models.Index(
                fields=["ends_at"], name="session_open", condition=models.Q(state__in=["scheduled", "in_progress"])
            ),
            models.Index(fields=["coach", "starts_at"], name="session_of_coach"),
            models.Index(
                fields=["ended_at"],
                name="session_unclear",
                condition=models.Q(outcome="unclear", staff_asked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} session {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.pk])

    @property
    def people(self) -> "list[Participant]":
        """Who takes part: neither a seat that is kept while somebody pays nor one that was given up."""
        return [each for each in self.participants.all() if each.state == Participant.State.TAKEN]

    @property
    def has_students(self) -> bool:
        """Whether anybody takes part beside its coach: a group may have no seat taken yet."""
        return any(each.user_id != self.coach_id for each in self.people)

    def has_participant(self, user: User) -> bool:
        return self.place_of(user) is not None

    @property
    def is_made_for_one_time(self) -> bool:
        """Whether it ends where its time is given back; a contract's session may be given another."""
        return self.kind not in {self.Kind.CONTRACT, self.Kind.SUBSCRIPTION}

    @property
    def is_paid_while_held(self) -> bool:
        """Whether its time is kept for a payment rather than for another look."""
        return self.kind in {self.Kind.TRIAL, self.Kind.DIRECT}

    def may_be_scheduled_by(self, user: User) -> bool:
        wants_a_time = self.state in {self.State.UNSCHEDULED, self.State.HELD} and not self.is_paid_while_held
        return wants_a_time and self.is_open and self.is_student(user)

    def may_be_confirmed_by(self, user: User) -> bool:
        return self.state == self.State.HELD and self.is_student(user) and not self.is_paid_while_held

    def may_be_paid_by(self, user: User) -> bool:
        return self.state == self.State.HELD and self.is_student(user) and self.is_paid_while_held

    def may_be_answered_by(self, user: User) -> bool:
        """Whether this person is the coach who is asked to say yes or no to its time."""
        return self.state == self.State.REQUESTED and self.coach_id == user.pk

    def may_be_withdrawn_by(self, user: User) -> bool:
        """Whether this person may take back what they asked the coach for."""
        return self.state == self.State.REQUESTED and self.is_student(user)

    def may_be_started_by(self, user: User, now: datetime) -> bool:
        return self.state == self.State.SCHEDULED and self.coach_id == user.pk and self.may_be_joined(now)

    def may_be_ended_by(self, user: User, now: datetime) -> bool:
        """Who is here, from the agreed start on; also who has waited a quarter of an hour for nobody."""
        running = self.state == self.State.IN_PROGRESS and self.starts_at is not None and self.starts_at <= now
        mine = self.place_of(user)
        is_here = mine is not None and mine.checked_in_at is not None
        return (running and is_here) or self.may_be_left_alone_by(user, now)

    def may_be_prepared_by(self, user: User) -> bool:
        """Whether this person may write notes of their own, or say where it meets, before it is over."""
        return self.state in {self.State.SCHEDULED, self.State.IN_PROGRESS} and self.has_participant(user)

    def may_be_summed_up_by(self, user: User, now: datetime) -> bool:
        """From its start on, and after it whenever the coach likes."""
        begun = self.state == self.State.SCHEDULED and self.starts_at is not None and self.starts_at <= now
        return self.coach_id == user.pk and (begun or self.state in {self.State.IN_PROGRESS, *self.OVER})

    def may_be_rated_by(self, user: User, now: datetime) -> bool:
        over = self.state == self.State.COMPLETED and self.ended_at is not None
        return over and now < policy.rated_until(self.ended_at) and self.has_participant(user)

    def is_unclear_to(self, user: User) -> bool:
        """Whether this person's seat, or for the coach any, has no clear outcome yet."""
        place = self.place_of(user)
        is_open = self.outcome == self.Outcome.UNCLEAR and place is not None
        return is_open and (user.pk == self.coach_id or place.outcome in {"", self.Outcome.UNCLEAR})

    def may_be_left_alone_by(self, user: User, now: datetime) -> bool:
        """Whether this person waited for the other side the whole quarter of an hour, and nobody came."""
        mine, others = self.place_of(user), self.others(user)
        if self.state not in {self.State.SCHEDULED, self.State.IN_PROGRESS} or mine is None or not self.starts_at:
            return False
        late = policy.late_after(self.starts_at, self.terms)
        in_time = mine.checked_in_at is not None and mine.checked_in_at <= late <= now
        return in_time and not any(each.checked_in_at for each in others)

    def may_be_reported_by(self, user: User, now: datetime) -> bool:
        """From its start until 72 hours after its end; whether its money is gone is not known here."""
        begun = self.state in {self.State.SCHEDULED, self.State.IN_PROGRESS, *self.OVER}
        if not begun or not self.starts_at or now < self.starts_at or not self.has_participant(user):
            return False
        return now < policy.reported_until(self.ended_at or self.ends_at, self.terms)

    def was_reported_by(self, user: User) -> bool:
        """Whether this person's report is looked into or decided; `with_people` spares it a question."""
        if not hasattr(self, "said_by"):
            return self.problems.filter(reporter=user).exclude(state="withdrawn").exists()
        return user.pk in self.said_by

    def may_be_vouched_for_by(self, user: User) -> bool:
        """Whether this person may still say that it took place."""
        possible = self.state == self.State.COMPLETED
        return possible and any(each.user_id == user.pk and not each.confirmed_at for each in self.people)

    def role_of(self, user: User) -> str:
        """As whom this person acts on it: its coach, one of its students, else staff."""
        if user.pk == self.coach_id:
            return Role.COACH.value
        return Role.STUDENT.value if self.has_participant(user) else "staff"

    @property
    def stricter_start(self) -> datetime | None:
        """The start from which the time to change it is counted: the earliest it ever had, which travels with it."""
        if self.starts_at is None:
            return None
        return min(self.starts_at, self.earliest_starts_at or self.starts_at)

    def may_be_called_off_by(self, user: User, now: datetime) -> bool:
        """Whether this person may call it off; a time that is only held or asked for is given back instead."""
        waiting = self.state == self.State.UNSCHEDULED and self.is_open
        ahead = self.state == self.State.SCHEDULED and self.span[0] > now
        return (waiting or ahead) and self.has_participant(user)

    @property
    def open_move(self) -> "Any | None":
        """The wish for another time that waits for an answer; `with_people` spares it a question."""
        return next((move for move in self.moves.all() if move.state == "open"), None)

    @property
    def last_move(self) -> "Any | None":
        """The move that brought it to its time."""
        return next((move for move in reversed(self.moves.all()) if move.state == "agreed"), None)

    def place_of(self, user: User) -> "Participant | None":
        return next((each for each in self.people if each.user_id == user.pk), None)

    def others(self, user: User) -> "list[Participant]":
        """Whom this person meets: the coach all students, a student the coach; students learn no names of each other."""
        met = [each for each in self.people if each.user_id != user.pk]
        return met if user.pk == self.coach_id else [each for each in met if each.role == Role.COACH]

    @property
    def actual_minutes(self) -> int | None:
        """How long it really took, to the nearest minute."""
        if not self.started_at or not self.ended_at or self.ended_at < self.started_at:
            return None
        return round((self.ended_at - self.started_at).total_seconds() / 60)

    @property
    def name(self) -> str:
        """What it is called, with its number where it is one of several; by its kind where it has no title."""
        name = self.title or str(self.get_kind_display()).capitalize()
        if self.out_of < 2:
            return name
        numbered = str(_("%(name)s · %(number)d of %(count)d"))
        return numbered % {"name": name, "number": self.number, "count": self.out_of}

    def is_student(self, user: User) -> bool:
        return self.coach_id != user.pk and self.has_participant(user)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Start and end of a session that has a time."""
        assert self.starts_at and self.ends_at  # noqa: S101 - the database holds it for every state that has a time
        return self.starts_at, self.ends_at

    def is_spent(self, now: datetime) -> bool:
        """Whether its hold ran out."""
        return self.state == self.State.HELD and self.hold_expires_at <= now

    def is_unanswered(self, now: datetime) -> bool:
        """Whether the time for the coach's yes is over."""
        return self.state == self.State.REQUESTED and self.answer_due_at <= now

    def is_over(self, now: datetime) -> bool:
        """Whether its time is up although nobody ended it."""
        return self.state in {self.State.SCHEDULED, self.State.IN_PROGRESS} and self.ends_at <= now

    def is_ready(self, now: datetime) -> bool:
        return self.state == self.State.SCHEDULED and policy.ready_from(self.starts_at) <= now < self.ends_at

    def may_be_joined(self, now: datetime) -> bool:
        open_ = self.state in {self.State.SCHEDULED, self.State.IN_PROGRESS}
        return open_ and policy.joinable_from(self.starts_at) <= now < self.ends_at

    def may_be_joined_by(self, user: User, now: datetime) -> bool:
        return self.may_be_joined(now) and self.has_participant(user)

    def shown_state(self, now: datetime) -> str:
        """The state clients see: `ready` is derived from the clock."""
        return "ready" if self.is_ready(now) else self.state
