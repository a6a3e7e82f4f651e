"""Which sessions: of whom, and due for what."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models

from accounts.models import Role, User
from scheduling.models.places import Participant

if TYPE_CHECKING:
    from scheduling.models.sessions import Session  # noqa: F401 - what the rows are


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user: User) -> Self:
        """Sessions this person takes part in: a seat that is only kept, or was given up, is none."""
        return self.filter(participants__user=user, participants__state=Participant.State.TAKEN)

    def of_role(self, user: User, role: str) -> Self:
        """Those in which this person teaches, or those in which they learn."""
        return self.filter(coach=user) if role == Role.COACH else self.exclude(coach=user)

    def upcoming(self, now: datetime) -> Self:
        open_ = [self.model.State.SCHEDULED, self.model.State.IN_PROGRESS]
        return self.filter(state__in=open_, ends_at__gt=now).order_by("starts_at", "pk")

    def ahead(self, now: datetime) -> Self:
        """What is agreed, and what waits for the coach's yes."""
        asked = models.Q(state=self.model.State.REQUESTED)
        open_ = models.Q(state__in=[self.model.State.SCHEDULED, self.model.State.IN_PROGRESS])
        return self.filter(open_ | asked, ends_at__gt=now).order_by("starts_at", "pk")

    def past(self, now: datetime) -> Self:
        """Sessions that are over or called off, latest first."""
        gone = models.Q(state__in=[*self.model.OVER, self.model.State.CANCELLED]) | models.Q(ends_at__lte=now)
        return (
            self.filter(gone)
            .exclude(state=self.model.State.HELD)
            .that_were()
            .order_by(models.F("starts_at").desc(nulls_last=True), "-pk")
        )

    def that_were(self) -> Self:
        """Without times that were kept for a payment which never came: nothing was ever agreed or asked for."""
        unpaid = {"kind__in": [self.model.Kind.TRIAL, self.model.Kind.DIRECT], "state": self.model.State.CANCELLED}
        return self.exclude(**unpaid, agreed_at=None, asked_at=None)

    def without_a_time(self) -> Self:
        """Sessions that may be given a time, or are about to be."""
        return self.filter(state__in=[self.model.State.UNSCHEDULED, self.model.State.HELD], is_open=True).order_by("pk")

    def with_people(self) -> Self:
        """With everybody's name, all wishes for another time and who reported a problem: three statements however many."""
        from scheduling.models.changes import Problem  # they look at each other

        reports = Problem.objects.filter(session=models.OuterRef("pk")).exclude(state=Problem.State.WITHDRAWN)
        places = Participant.objects.select_related("user").order_by("pk")
        rows = self.select_related("coach").prefetch_related(models.Prefetch("participants", places), "moves")
        return rows.annotate(said_by=ArraySubquery(reports.values("reporter")))  # type: ignore[no-any-return]

    def expired_holds(self, now: datetime) -> Self:
        return self.filter(state=self.model.State.HELD, hold_expires_at__lte=now)

    def unanswered(self, now: datetime) -> Self:
        """Sessions whose coach did not say yes in time."""
        return self.filter(state=self.model.State.REQUESTED, answer_due_at__lte=now)

    def consultations_of(self, student: User, coach_id: int) -> Self:
        """What counts when a student asks for another: those ahead, and the one that used this coach's up."""
        mine = self.filter(kind=self.model.Kind.CONSULTATION, booked_by=student)
        used = models.Q(coach=coach_id, uses_up=True)
        return mine.filter(used | models.Q(state__in=self.model.AHEAD))

    def undecided(self) -> Self:
        """Group sessions that need a number of students and were not said to take place anyway."""
        return self.filter(state=self.model.State.SCHEDULED, least__gt=0, went_ahead_at__isnull=True)

    def over(self, now: datetime) -> Self:
        """Sessions whose time is up but which nobody ended."""
        return self.filter(state__in=[self.model.State.SCHEDULED, self.model.State.IN_PROGRESS], ends_at__lte=now)
