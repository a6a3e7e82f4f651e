"""Pages of the two parties of a contract: the list, one contract, the steps to an agreement."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from contracts import operations
from contracts.forms import SendContractForm
from contracts.models import Booking, Contract
from contracts.operations.reviews import may_be_reviewed
from contracts.series import may_be_booked_weekly
from contracts.templatetags.contracts import HAPPENED
from core import clock
from core.models import Event
from core.pages import page_of, refusals_on
from payments.books import where_is
from scheduling.models import Session

SESSION = "scheduling.session"
TOLD_AT_ONCE = 6
DECISIONS: dict[str, dict[str, Any]] = {
    "accept": {
        "operation": operations.accept_contract,
        "tone": "",
        "title": gettext_lazy("Accept this contract?"),
        "text": gettext_lazy("You agree to teach at these terms. The student is asked to pay next."),
        "button": gettext_lazy("Accept contract"),
        "done": gettext_lazy("Accepted. The student is asked to pay now."),
    },
    "decline": {
        "operation": operations.decline_contract,
        "tone": "bad",
        "title": gettext_lazy("Decline this contract?"),
        "text": gettext_lazy("The contract ends here. Nobody pays anything."),
        "button": gettext_lazy("Decline contract"),
        "done": gettext_lazy("The contract is declined."),
    },
    "cancel": {
        "operation": operations.cancel_contract,
        "tone": "bad",
        "title": gettext_lazy("Call this contract off?"),
        "text": gettext_lazy("It is not paid yet, so it ends here and nobody pays anything."),
        "button": gettext_lazy("Call it off"),
        "done": gettext_lazy("The contract is called off."),
    },
}


def contract_of(request: HttpRequest, pk: int) -> Contract:
    """One that this person is a party of, with all that its pages show."""
    contracts = Contract.objects.of(request.user).with_progress()
    return get_object_or_404(contracts.select_related("student", "coach", "escrow", "proposal"), pk=pk)


@login_required
@require_GET
def contract_list(request: HttpRequest) -> HttpResponse:
    mine = Contract.objects.of(request.user).of_role(request.user, request.user.role_in_use)
    contracts = mine.with_progress().select_related("student", "coach", "escrow")
    return render(request, "contracts/contract_list.html", {"page": page_of(contracts, request)})


@login_required
@require_GET
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_of(request, pk)
    bookings = contract.bookings.select_related("session", "portion", "contract").order_by("number")
    return render(
        request,
        "contracts/contract.html",
        {
            "contract": contract,
            "other": contract.other_party(request.user),
            "sessions": [_line(booking, request.user) for booking in sorted(bookings, key=_importance)],
            "money": where_is(contract.escrow),
            "timeline": _timeline(contract, bookings),
            "now": clock.now(),
            **_offers(contract, request.user, bookings),
        },
    )


def _importance(booking: Booking) -> tuple[int, float]:
    """What comes next first, then what has no time yet, then what is over, the latest first."""
    session = booking.session
    if session.state in {*Session.OVER, Session.State.CANCELLED}:
        return 2, -(session.starts_at.timestamp() if session.starts_at else 0)
    return (0, session.starts_at.timestamp()) if session.starts_at else (1, booking.number)


def _line(booking: Booking, user: User) -> dict[str, Any]:
    """What the page says of one session and lets this person do with it."""
    now, session = clock.now(), booking.session
    open_ = session.state in {Session.State.UNSCHEDULED, Session.State.HELD}
    return {
        "booking": booking,
        "session": session,
        "state": session.shown_state(now),
        "may_schedule": open_ and booking.contract.may_be_scheduled_by(user),
        "may_join": session.may_be_joined(now),
    }


def _timeline(contract: Contract, bookings: Any) -> dict[str, Any]:
    """What happened to the contract and its sessions, in words, the newest first."""
    numbers = {booking.session_id: booking.number for booking in bookings}
    events = Event.objects.about(contract, *(booking.session for booking in bookings)).select_related("by")
    told = [_told(event, numbers) for event in events if event.name in HAPPENED][::-1]
    return {"latest": told[:TOLD_AT_ONCE], "earlier": told[TOLD_AT_ONCE:]}


def _told(event: Event, numbers: dict[int, int]) -> dict[str, Any]:
    text = HAPPENED[event.name]
    if event.subject_kind == SESSION:
        text = _("Session %(number)d: %(what)s") % {"number": numbers[event.subject_id], "what": text}
    return {"text": text, "at": event.at, "who": event.by.name if event.by else ""}


def _offers(contract: Contract, user: User, bookings: Any) -> dict[str, bool]:
    open_states = {Session.State.UNSCHEDULED, Session.State.HELD}
    return {
        "may_send": contract.may_be_sent_by(user),
        "may_answer": contract.may_be_answered_by(user),
        "may_pay": contract.may_be_paid_by(user),
        "may_call_off": contract.may_be_called_off_by(user),
        "may_schedule": contract.may_be_scheduled_by(user) and any(b.session.state in open_states for b in bookings),
        "may_book_weekly": may_be_booked_weekly(contract, [b.session for b in bookings], by=user),
        "may_review": may_be_reviewed(contract, by=user, now=clock.now()),
    }


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """The student's draft, made from an accepted proposal: add goals and send it."""
    contract = get_object_or_404(Contract.objects.filter(student=request.user), proposal=pk)
    if not contract.may_be_sent_by(request.user):
        return redirect(contract)
    form = SendContractForm(request.POST or None, instance=contract)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            operations.send_contract(contract, by=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("Sent. Your coach has a week to answer."))
            return redirect(contract)
    return render(request, "contracts/create.html", {"form": form, "contract": contract})


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """A decision on a contract: asked on GET, taken on POST."""
    contract, decision = contract_of(request, pk), DECISIONS[verb]
    if request.method == "POST":
        decision["operation"](contract, by=request.user, now=clock.now())
        messages.success(request, decision["done"])
        return redirect(contract)
    may = contract.may_be_answered_by if verb in {"accept", "decline"} else contract.may_be_called_off_by
    if not may(request.user):
        return redirect(contract)
    return render(request, "contracts/decide.html", {"contract": contract, "decision": decision, "verb": verb})


@login_required
@require_GET
def next_session(request: HttpRequest, pk: int) -> HttpResponse:
    """To the first session of a contract that has no time yet."""
    contract = contract_of(request, pk)
    waiting = contract.bookings.filter(session__state__in=[Session.State.UNSCHEDULED, Session.State.HELD])
    booking = waiting.order_by("number").first()
    if booking is None or not contract.may_be_scheduled_by(request.user):
        messages.info(request, _("There is no session to schedule now."))
        return redirect(contract)
    return redirect("session-schedule", booking.session_id)


@login_required
@require_GET
def of_session(request: HttpRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(Booking.objects.of(request.user), session=pk)
    return redirect("contract", booking.contract_id)
