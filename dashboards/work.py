"""What a person is in the middle of, in the role in use: read once, in few queries, for all of the dashboard."""

from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from accounts.models import StudentProfile, User
from contracts.models import Booking, Contract, Review
from dashboards.money import totals
from marketplace.models import Invitation, LearningRequest, Proposal
from payments.models import ConnectAccount, LedgerAccount, Portion
from scheduling.lines import Line
from scheduling.models import Participant, Session, WeeklyHours

REVIEW_FOR = timedelta(days=14)
SHOWN = 5
HEAVY = LearningRequest.SEARCHED
State = Contract.State


class Work:
    """The contracts, sessions, requests or proposals, and money of one person in one role."""

    def __init__(self, user: User, now: datetime) -> None:
        self.user, self.now, self.as_coach = user, now, user.is_using_coach_role
        self.contracts = list(self._contracts())
        for contract in self.contracts:
            contract.met = contract.other_party(user)
        sessions = [self._shown(session) for session in self._sessions()]
        self.upcoming = [each for each in sessions if each.is_upcoming][:SHOWN]
        self.asked = [each for each in sessions if each.state == Session.State.REQUESTED]
        self.held = [each for each in sessions if each.state == Session.State.HELD]
        self.unsettled = [each for each in sessions if each.state in Session.OVER]
        self.money = totals(user.escrows_received.all() if self.as_coach else user.escrows_paid.all())
        if self.as_coach:
            self._read_coaching()
        else:
            self.requests = list(self._requests())
            self.is_old_enough = StudentProfile.objects.filter(user=self.user, born_on__isnull=False).exists()

    @property
    def running(self) -> list[Contract]:
        return [each for each in self.contracts if each.state == State.ACTIVE]

    def _shown(self, session: Session) -> Session:
        """The session with whom this person meets there, whether its door is open, and what its card says."""
        others = [each.user.name for each in session.others(self.user)]
        session.met = ", ".join(others)
        session.is_open_now = session.may_be_joined(self.now)
        session.line = Line(session, self.user, self.now)
        return session

    def _contracts(self) -> QuerySet[Contract]:
        mine = Q(coach=self.user) if self.as_coach else Q(student=self.user)
        to_review = Q(state=State.COMPLETED, ended_at__gt=self.now - REVIEW_FOR)
        done = Q(bookings__state__in=[Booking.State.COMPLETED, Booking.State.NO_SHOW])
        no_time = Q(bookings__state=Booking.State.PENDING, bookings__session__state=Session.State.UNSCHEDULED)
        return (
            Contract.objects.of(self.user)
            .filter(mine)
            .filter(Q(state__in=[*Contract.OPEN_STEPS, State.ACTIVE]) | to_review)
            .select_related("coach", "student", "escrow")
            .annotate(done=Count("bookings", filter=done), to_schedule=Count("bookings", filter=no_time))
            .annotate(is_reviewed=Exists(Review.objects.filter(contract=OuterRef("pk"))))
            .order_by(F("expires_at").asc(nulls_last=True), "pk")
        )

    def _sessions(self) -> QuerySet[Session]:
        """Sessions to come, and past ones on which this person's word is missing while their money is held."""
        place = Participant.objects.filter(session=OuterRef("pk"), user=self.user, state=Participant.State.TAKEN)
        silent = place.filter(confirmed_at=None, says="")
        upcoming = Q(state__in=[Session.State.SCHEDULED, Session.State.IN_PROGRESS], ends_at__gt=self.now)
        unclear, done = Q(outcome=Session.Outcome.UNCLEAR), Q(outcome=Session.Outcome.COMPLETED)
        held = Q(state=Session.State.HELD, hold_expires_at__gt=self.now)
        waiting_for_yes = Q(state=Session.State.REQUESTED, answer_due_at__gt=self.now)
        asked = Q(bookings__portion__state=Portion.State.HELD) & (unclear if self.as_coach else unclear | done)
        return (
            Session.objects.filter(Exists(place), upcoming | held | waiting_for_yes | asked & Exists(silent))
            .filter(Q(coach=self.user) if self.as_coach else ~Q(coach=self.user))
            .annotate(is_upcoming=Case(When(upcoming, then=True), default=False))
            .with_people()
            .order_by("starts_at")
            .distinct()
        )

    def _requests(self) -> QuerySet[LearningRequest]:
        waiting = Count("proposals", filter=Q(proposals__state=Proposal.State.OPEN))
        shown = [LearningRequest.State.OPEN, LearningRequest.State.PAUSED, LearningRequest.State.DRAFT]
        mine = LearningRequest.objects.filter(student=self.user, state__in=shown)
        return mine.annotate(proposal_count=waiting).order_by("-proposal_count", "-pk")[:SHOWN]

    def _read_coaching(self) -> None:
        """What only a coach has: offers that wait, earnings owed, and how far the preparations are."""
        waiting = Proposal.objects.filter(coach=self.user, state=Proposal.State.OPEN).with_counter()
        known = waiting.select_related("request__student").defer(*[f"request__{name}" for name in HEAVY])
        self.proposals = list(known.order_by("-has_counter", "expires_at")[:SHOWN])
        asked = Invitation.objects.open().filter(coach=self.user).select_related("request__student")
        self.invitations = list(asked.defer(*[f"request__{name}" for name in HEAVY]).order_by("sent_at")[:SHOWN])
        self.owed = list(LedgerAccount.objects.filter(coach=self.user, balance_cents__gt=0).order_by("currency"))
        ready = User.objects.select_related("coach_profile", "google_calendar").annotate(
            has_hours=Exists(WeeklyHours.objects.filter(calendar__coach=OuterRef("pk"))),
            is_payable=Exists(ConnectAccount.objects.filter(user=OuterRef("pk"), transfers_active=True)),
        )
        coach = ready.get(pk=self.user.pk)
        self.has_hours, self.is_payable = coach.has_hours, coach.is_payable
        self.profile = getattr(coach, "coach_profile", None)
        self.google_calendar = getattr(coach, "google_calendar", None)
