"""Truths that join time and money, recomputed from the rows."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import CoachProfile, Role
from contracts.models import Booking, Cancellation, Contract, Mark, Review, Sanction
from core.registry import invariant
from payments.models import Payment, Portion, Refund
from scheduling.models import Participant, Session, TimeClaim

CAME_TO_NOTHING = [Contract.State.CANCELLED, Contract.State.DECLINED, Contract.State.EXPIRED]


@invariant("contract: portions add up to the total, and fees to the fee")
def totals_add_up() -> Iterable[dict[str, Any]]:
    wrong = Contract.objects.annotate(
        gross=Sum("escrow__portions__gross_cents"),
        parts=Count("escrow__portions", filter=Q(escrow__portions__number__lte=F("session_count"))),
    ).exclude(gross=F("total_cents"), parts=F("session_count"))  # the rest of a divided one has a number of its own
    return wrong.values("pk", "number", "total_cents", "gross", "session_count", "parts")


@invariant("contract: in force or completed only with a booking for each portion")
def bookings_are_complete() -> Iterable[dict[str, Any]]:
    wrong = (
        Contract.objects.filter(state__in=["active", "completed"])
        .annotate(booked=Count("bookings"))
        .exclude(booked=F("session_count"))
    )
    return wrong.values("pk", "number", "session_count", "booked")


@invariant("contract: one that came to nothing keeps no money that is on its way to nobody")
def ended_contracts_keep_nothing() -> Iterable[dict[str, Any]]:
    """What is kept by the rules has a day of release; what Stripe did not give back is an incident of staff's."""
    told = Refund.objects.filter(portions=OuterRef("pk"), state__in=[Refund.State.REFUSED, Refund.State.FAILED])
    ended = {"escrow__contract__state__in": CAME_TO_NOTHING}
    idle = Portion.objects.filter(~Exists(told), state=Portion.State.HELD, release_due_at=None, **ended)
    yield from idle.values("pk", "escrow", "gross_cents", "escrow__contract__number", "escrow__contract__state")
    surplus = Refund.objects.filter(payment=OuterRef("pk"), parts__isnull=True)
    untouched = ~Exists(surplus) & Q(portions__isnull=True)
    paid = Payment.objects.filter(untouched, settled_at__isnull=False, **ended)
    yield from paid.values("pk", "escrow", "amount_cents", "escrow__contract__number", "escrow__contract__state")


@invariant("booking: its session, its money and its people belong together")
def bookings_fit() -> Iterable[dict[str, Any]]:
    wrong = Booking.objects.exclude(
        session__coach=F("contract__coach"),
        portion__escrow=F("contract__escrow"),
        portion__number=F("number"),
    )
    return wrong.values("pk", "contract", "session", "portion")


@invariant("booking: no money is released for a session that neither ended nor was called off too late")
def money_follows_time() -> Iterable[dict[str, Any]]:
    paid = Q(portion__state="released") | Q(portion__release_due_at__isnull=False)
    kept = Q(state="cancelled", cancellations__kept_cents=F("portion__gross_cents"))
    wrong = Booking.objects.filter(paid).exclude(Q(state__in=["completed", "no_show"]) | kept)
    return wrong.values("pk", "contract", "state", "portion__state")


@invariant("booking: what calling it off kept and gave back is what its money says")
def quotes_were_executed() -> Iterable[dict[str, Any]]:
    kept = Cancellation.objects.filter(kept_cents__gt=0, booking__state="cancelled")
    wrong = kept.exclude(kept_cents=F("booking__portion__gross_cents"), fee_cents=F("booking__portion__fee_cents"))
    return wrong.values("pk", "booking", "kept_cents", "fee_cents", "booking__portion__gross_cents")


@invariant("booking: confirmed exactly while its session occupies time or waits for a verdict")
def bookings_follow_sessions() -> Iterable[dict[str, Any]]:
    going_back = Q(portion__state="refunding")
    occupying = Q(session__state__in=["scheduled", "in_progress"]) | Q(session__outcome="unclear") | going_back
    confirmed, waiting = Q(state="confirmed"), Q(state="pending")
    paying = Q(contract__kind="group", contract__state="awaiting_payment")  # the group stands, the seat is kept
    wrong = Booking.objects.filter((confirmed & ~occupying) | (waiting & occupying & ~going_back & ~paying))
    return wrong.values("pk", "contract", "state", "session__state", "session__outcome")


@invariant("group: each seat that is taken has a booking, and a claim while the session is ahead")
def seats_are_paid() -> Iterable[dict[str, Any]]:
    seats = Participant.objects.filter(session__kind="group", role=Role.STUDENT, state=Participant.State.TAKEN)
    booked = Booking.objects.filter(session=OuterRef("session"), contract__student=OuterRef("user"))
    paid = booked.filter(Q(state__in=["confirmed", *Booking.DONE]) | Q(portion__state__in=["refunding", "refunded"]))
    claimed = TimeClaim.objects.filter(session=OuterRef("session"), user=OuterRef("user"), expires_at__isnull=True)
    ahead = Q(session__state__in=["scheduled", "in_progress"])
    wrong = seats.filter(~Exists(paid) | ahead & ~Exists(claimed))
    return wrong.values("pk", "session", "user")


@invariant("problem: while it is open, the money it is about is frozen and none of it is released")
def reported_money_stays() -> Iterable[dict[str, Any]]:
    by_student = Q(session__problems__reporter=F("contract__student"))
    by_coach = Q(session__problems__reporter=F("contract__coach"))
    late = Q(portion__released_at__gt=F("session__problems__reported_at"))  # other seats may have been released before
    moved = Q(by_student | late, portion__state="released")
    wrong = Booking.objects.filter(
        by_student | by_coach,
        moved | Q(portion__state="held", portion__is_frozen=False),
        session__problems__state="open",
    )
    return wrong.values("pk", "contract", "session", "portion__state", "portion__is_frozen")


@invariant("mark: only for a session its coach was absent from, or cancelled")
def marks_have_a_reason() -> Iterable[dict[str, Any]]:
    right = Q(session__outcome="coach_absent", reason="absence") | Q(session__state="cancelled", session__outcome="")
    yield from Mark.objects.exclude(right).values("pk", "coach", "session", "reason")
    yield from Mark.objects.exclude(coach=F("session__coach")).values("pk", "coach", "session")
    yield from Mark.objects.filter(sanction=None).values("pk", "coach", "session")


@invariant("coach: hidden exactly while a sanction runs")
def hidden_while_a_sanction_runs() -> Iterable[dict[str, Any]]:
    running = Exists(Sanction.objects.running().filter(coach=OuterRef("user")))
    profiles = CoachProfile.objects.filter(Q(is_hidden=True) & ~running | Q(is_hidden=False) & running)
    return profiles.values("pk", "user", "is_hidden")


@invariant("coach: rating and distribution are those of the public reviews")
def ratings_are_counted() -> Iterable[dict[str, Any]]:
    given = Review.objects.public().filter(coach=OuterRef("user"))
    counted = _judged().annotate(
        sum=_count(given, Sum("stars")),
        count=_count(given, Count("pk")),
        **{f"gave_{stars}": _count(given.filter(stars=stars), Count("pk")) for stars in range(1, 6)},
    )
    each = {f"stars__{stars - 1}": F(f"gave_{stars}") for stars in range(1, 6)}
    wrong = counted.exclude(rating_sum=F("sum"), rating_count=F("count"), **each)
    return wrong.values("pk", "user", "rating_sum", "sum", "rating_count", "count", "stars")


@invariant("coach: sessions done are those that took place")
def sessions_are_counted() -> Iterable[dict[str, Any]]:
    held = Session.objects.filter(coach=OuterRef("user"), outcome=Session.Outcome.COMPLETED)
    paid = held.exclude(kind=Session.Kind.CONSULTATION)
    wrong = _judged().annotate(held=_count(paid, Count("pk"))).exclude(sessions_done=F("held"))
    return wrong.values("pk", "user", "sessions_done", "held")


def _judged() -> QuerySet[CoachProfile]:
    """All coaches but the crowd that a large seed makes up."""
    return CoachProfile.objects.exclude(user__email__endswith=f"@{settings.CROWD_DOMAIN}")


def _count(rows: QuerySet[Any], how: Count | Sum) -> Coalesce:
    """What a coach's rows come to, nothing where there are none."""
    return Coalesce(Subquery(rows.order_by().values("coach").annotate(total=how).values("total")), 0)


@invariant("booking: a single session is held exactly while it may be paid, and asked for only once it is")
def single_sessions_follow_their_money() -> Iterable[dict[str, Any]]:
    single = Booking.objects.filter(contract__kind__in=Contract.SINGLE_KINDS)
    held, payable = Q(session__state="held"), Q(contract__state="awaiting_payment")
    paid = Q(contract__state__in=["active", "completed"])
    agreed = Q(session__state__in=["requested", "scheduled", "in_progress", "completed", "missed"])
    ended = Q(contract__state__in=["expired", "declined"])
    wrong = single.filter((held & ~payable) | (payable & ~held) | (paid & held) | (ended & agreed))
    return wrong.values("pk", "contract", "contract__state", "state", "session__state")


@invariant("consultation: free, and one of each pair counts")
def consultations_are_free() -> Iterable[dict[str, Any]]:
    free = Session.objects.filter(kind=Session.Kind.CONSULTATION)
    yield from free.filter(bookings__isnull=False).values("pk", "coach", "booked_by")
    counted = free.filter(uses_up=True).values("coach", "booked_by").annotate(counted=Count("pk"))
    yield from counted.filter(counted__gt=1)
