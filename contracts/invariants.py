"""Truths that join time and money, recomputed from the rows."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, Sum

from contracts.models import Booking, Contract
from core.registry import invariant


@invariant("contract: portions add up to the total, and fees to the fee")
def totals_add_up() -> Iterable[dict[str, Any]]:
    wrong = Contract.objects.annotate(
        gross=Sum("escrow__portions__gross_cents"), parts=Count("escrow__portions")
    ).exclude(gross=F("total_cents"), parts=F("session_count"))
    return wrong.values("pk", "number", "total_cents", "gross", "session_count", "parts")


@invariant("contract: in force or completed only with a booking for each portion")
def bookings_are_complete() -> Iterable[dict[str, Any]]:
    wrong = (
        Contract.objects.filter(state__in=["active", "completed"])
        .annotate(booked=Count("bookings"))
        .exclude(booked=F("session_count"))
    )
    return wrong.values("pk", "number", "session_count", "booked")


@invariant("booking: its session, its money and its people belong together")
def bookings_fit() -> Iterable[dict[str, Any]]:
    wrong = Booking.objects.exclude(
        session__coach=F("contract__coach"),
        portion__escrow=F("contract__escrow"),
        portion__number=F("number"),
    )
    return wrong.values("pk", "contract", "session", "portion")


@invariant("booking: no money is released for a session that did not end")
def money_follows_time() -> Iterable[dict[str, Any]]:
    paid = Q(portion__state="released") | Q(portion__release_due_at__isnull=False)
    wrong = Booking.objects.filter(paid).exclude(state__in=["completed", "no_show"])
    return wrong.values("pk", "contract", "state", "portion__state")


@invariant("booking: confirmed exactly while its session occupies time or waits for a verdict")
def bookings_follow_sessions() -> Iterable[dict[str, Any]]:
    going_back = Q(portion__state="refunding")
    occupying = Q(session__state__in=["scheduled", "in_progress"]) | Q(session__outcome="unclear") | going_back
    confirmed = Q(state="confirmed")
    wrong = Booking.objects.filter((confirmed & ~occupying) | (Q(state="pending") & occupying & ~going_back))
    return wrong.values("pk", "contract", "state", "session__state", "session__outcome")
