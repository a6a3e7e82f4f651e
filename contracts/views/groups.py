"""Group sessions: what is announced, one of them, its seats and its line."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import CoachProfile, Role, User
from accounts.roles import for_role
from contracts import operations
from contracts.filters import GroupFilter
from contracts.forms import GroupForm
from contracts.models import Contract, GroupOffer
from core import clock
from core.pages import refusals_on, sorted_page_of
from scheduling.models import Participant, Session, Waiting
from scheduling.operations import go_ahead, join_line, leave_line
from scheduling.operations.lines import reserved_for


def offers() -> QuerySet[GroupOffer]:
    return GroupOffer.objects.select_related("session__coach__coach_profile")


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """What can be joined, the next first."""
    found = GroupFilter(request.GET, offers().upcoming(clock.now()).with_seats(clock.now()), request=request)
    page = sorted_page_of(found.qs.order_by("session__starts_at", "pk"), request)
    return render(request, "contracts/groups.html", {"page": page, "form": found.form})


@require_GET
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """One group session for anybody; called off or over it is there for its people only."""
    offer = get_object_or_404(offers().seen_by(request.user), session=pk)
    return render(request, "contracts/group.html", {"offer": offer, **_seats(offer, request.user, clock.now())})


@login_required
@for_role(Role.COACH)
@require_http_methods(["GET", "POST"])
def group_new(request: HttpRequest) -> HttpResponse:
    profile = get_object_or_404(CoachProfile, user=request.user)
    form = GroupForm(request.POST or None, currency=profile.currency, zone=request.user.time_zone)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            offer = operations.publish_group(**form.terms(), by=request.user, now=clock.now())
            messages.success(request, _("Your group session is announced."))
            return redirect("group", offer.session_id)
    return render(request, "contracts/group_form.html", {"form": form, "offer": None})


@login_required
@require_http_methods(["GET", "POST"])
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(offers(), session=pk, session__coach=request.user)
    form = GroupForm(request.POST or None, currency=offer.currency, zone=request.user.time_zone, offer=offer)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            operations.change_group(offer, **form.terms(), by=request.user, now=clock.now())
            messages.success(request, _("Saved."))
            return redirect("group", pk)
    return render(request, "contracts/group_form.html", {"form": form, "offer": offer})


@login_required
@require_POST
def group_join(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(offers().seen_by(request.user), session=pk)
    contract = operations.join_group(offer.session, by=request.user, now=clock.now())
    return redirect("contract-pay", contract.pk)


@login_required
@require_POST
def group_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Wait in line, or wait no longer."""
    session = get_object_or_404(offers().seen_by(request.user), session=pk).session
    if "leave" in request.POST:
        leave_line(session, by=request.user, now=clock.now())
        messages.info(request, _("You have left the line."))
    else:
        join_line(session, by=request.user, now=clock.now())
        messages.success(request, _("You are in line. We tell you when a seat is kept for you."))
    return redirect("group", pk)


@login_required
@require_POST
def group_go_ahead(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(offers(), session=pk, session__coach=request.user).session
    go_ahead(session, by=request.user, now=clock.now())
    messages.success(request, _("It takes place, however few enrol."))
    return redirect("group", pk)


def _seats(offer: GroupOffer, user: User, now: datetime) -> dict[str, Any]:
    """How many seats are left, and how this person stands to the session."""
    session = offer.session
    reserved = reserved_for(session, now)
    taken = session.participants.filter(role=Role.STUDENT, state=Participant.State.TAKEN).count()
    facts = {"free": max(0, session.seats - len(reserved)), "taken": taken, "few": max(0, session.least - taken)}
    is_ahead = session.state == Session.State.SCHEDULED and session.span[0] > now
    return facts | {"is_ahead": is_ahead, "now": now, **(_mine(session, user) if user.is_authenticated else {})}


def _mine(session: Session, user: User) -> dict[str, Any]:
    seat = session.participants.filter(user=user).exclude(state=Participant.State.LEFT).first()
    waiting = session.waiting.filter(student=user, state__in=Waiting.OPEN).first()
    line = session.waiting.filter(state=Waiting.State.WAITING)
    unpaid = Contract.objects.filter(bookings__session=session, student=user, state=Contract.State.AWAITING_PAYMENT)
    return {
        "seat": seat,
        "waiting": waiting,
        "position": line.filter(pk__lte=waiting.pk).count() if waiting else 0,
        "in_line": line.count(),
        "unpaid": unpaid.first() if seat and seat.state == Participant.State.HELD else None,
        "is_coach": session.coach_id == user.pk,
    }


@require_GET
def groups_of_coach(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a coach's profile that shows what they announce."""
    now = clock.now()
    found = offers().upcoming(now).with_seats(now).filter(session__coach=pk).order_by("session__starts_at", "pk")
    return render(request, "contracts/_groups_of_coach.html", {"offers": found[:3], "coach": pk})
