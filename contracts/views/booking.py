"""Booking one session with a coach: what it costs, a time, and the quarter of an hour in which it is paid."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import CoachProfile, Role
from accounts.roles import for_role
from contracts import operations
from contracts.forms import LengthForm
from contracts.models import Booking, Contract
from contracts.operations.booking import price_of, why_no_trial
from core import clock
from core.pages import refusals_on
from core.refused import Refused
from payments.models import Payment
from scheduling.forms import BookingTimeForm
from scheduling.models import Session
from scheduling.operations.consulting import why_no_consultation
from scheduling.operations.taking import is_asked_first
from scheduling.views.picking import week_page


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.STUDENT)
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """One session with a coach at their rate, or the trial: its length, its price and a time for it."""
    profile = _coach(pk)
    length = LengthForm(request.GET or None, offers_trial=bool(profile.trial_rate_cents))
    form = BookingTimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            facts = {"starts_at": form.cleaned_data["start"], "note": form.cleaned_data["note"], **length.chosen}
            contract = operations.book_directly(profile.user, by=request.user, now=clock.now(), **facts)
            return redirect("contract-pay", contract.pk)
    return _page(request, profile, length, form)


def _page(request: HttpRequest, profile: CoachProfile, length: LengthForm, form: BookingTimeForm) -> HttpResponse:
    kind, minutes = length.chosen["kind"], length.chosen["duration_minutes"]
    wanted = Session(coach=profile.user, kind=kind, duration_minutes=minutes)
    context = week_page(request, wanted, clock.now(), kind=kind, minutes=minutes)
    context |= {"profile": profile, "length": length, "form": form, "kind": kind, "minutes": minutes}
    context |= _price(profile, kind, minutes)
    context["why_not"] = why_no_trial(profile.user, request.user) if kind == Contract.Kind.TRIAL else ""
    with timezone.override(context["week"].zone):
        return render(request, "contracts/book.html", context)


def _price(profile: CoachProfile, kind: str, minutes: int) -> dict[str, Any]:
    try:
        return {"price": price_of(profile, kind, minutes, now=clock.now()), "too_little": ""}
    except Refused as refused:
        return {"price": 0, "too_little": refused.sentence}


@require_GET
def booking_options(request: HttpRequest, pk: int) -> HttpResponse:
    """What the reader can book with a coach now, and why not: a part of the coach's page."""
    profile, reader = _coach(pk), request.user
    context: dict[str, Any] = {"coach": profile, "calendar": getattr(profile.user, "calendar", None)}
    if reader.is_authenticated and reader.pk != profile.user_id:
        context["no_trial"] = why_no_trial(profile.user, reader)
        context["no_consultation"] = why_no_consultation(profile.user, reader, now=clock.now())
    return render(request, "contracts/_booking_options.html", context)


@login_required
@require_POST
def give_time_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The student does not pay after all."""
    contract = get_object_or_404(Contract.objects.filter(student=request.user, kind__in=Contract.SINGLE_KINDS), pk=pk)
    operations.cancel_contract(contract, by=request.user, now=clock.now())
    messages.info(request, _("The time is free again. Nothing was charged."))
    return redirect("coach-book", contract.coach_id)


@login_required
@require_GET
def pay_session(request: HttpRequest, pk: int) -> HttpResponse:
    """From a session that waits for its payment to where it is paid."""
    booking = get_object_or_404(Booking.objects.filter(contract__student=request.user), session=pk)
    return redirect("contract-pay", booking.contract_id)


def pay_held(request: HttpRequest, contract: Contract, template: str = "contracts/pay_held.html") -> HttpResponse:
    """The time or the seat that is kept, until when, and what it costs; to another one where that is over."""
    if not contract.may_be_paid_by(request.user) or contract.is_overdue(clock.now()):
        if contract.paid_at or contract.state == Contract.State.CANCELLED:
            return redirect(contract)
        messages.info(request, _("It was not paid in time and is free again. Nothing was charged."))
        return redirect(_other_time(contract))
    session = contract.bookings.select_related("session__coach").get().session
    context = {"contract": contract, "session": session, "asks_first": is_asked_first(session)}
    return render(request, template, context)


def paid_held(request: HttpRequest, contract: Contract, payment: Payment) -> HttpResponse:
    """Back from Checkout: the time stands, the coach is asked, or it came too late."""
    session = contract.bookings.select_related("session__coach").get().session
    context = {"contract": contract, "payment": payment, "session": session, "other_time": _other_time(contract)}
    return render(request, "contracts/paid_held.html", context)


def _other_time(contract: Contract) -> str:
    """Where another time of this coach, or another seat of this group, is to be had."""
    if contract.kind == Contract.Kind.GROUP:
        return reverse("group", args=[contract.bookings.get().session_id])
    wanted = {"kind": contract.kind, "minutes": contract.session_minutes}
    return reverse("coach-book", args=[contract.coach_id], query=wanted)


def _coach(pk: int) -> CoachProfile:
    profiles = CoachProfile.objects.public().defer(*CoachProfile.SEARCHED)
    return get_object_or_404(profiles.select_related("user__calendar"), user=pk)
