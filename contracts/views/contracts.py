"""Pages of the two parties of a contract: the list, one contract, the steps to an agreement."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from contracts import operations
from contracts.differences import differences, sums_of
from contracts.forms import SendContractForm
from contracts.models import Booking, ChangeRequest, Contract
from contracts.operations.reviews import may_be_reviewed
from contracts.progress import progress_of
from contracts.series import may_be_booked_weekly
from contracts.terms_forms import ReasonForm
from contracts.timeline import Entry, timeline_of, why_ended
from core import clock
from core.pages import page_of, refusals_on
from core.templatetags.skileez import when
from payments.books import not_given_back, where_is
from scheduling.lines import Line
from scheduling.models import Session

TOLD_AT_ONCE = 6
DECISIONS: dict[str, dict[str, Any]] = {
    "accept": {
        "operation": operations.accept_contract,
        "tone": "",
        "title": gettext_lazy("Accept this contract?"),
        "text": gettext_lazy("Both of you agree to these terms then. The student is asked to pay next."),
        "button": gettext_lazy("Accept contract"),
        "done": gettext_lazy("Accepted. It can be paid now."),
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
    return get_object_or_404(contracts.select_related("student", "coach", "escrow", "proposal", "extends"), pk=pk)


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
    sessions = Prefetch("session", Session.objects.with_people())
    bookings = contract.bookings.select_related("portion", "contract").prefetch_related(sessions).order_by("number")
    now, money = clock.now(), where_is(contract.escrow)
    return render(
        request,
        "contracts/contract.html",
        {
            "contract": contract,
            "other": contract.other_party(request.user),
            "sessions": [(each, Line(each.session, request.user, now)) for each in sorted(bookings, key=_importance)],
            "money": money,
            "not_given_back": _not_given_back(contract, bookings, money["held"]),
            "progress": progress_of(bookings),
            "now": now,
            **_history(contract, bookings),
            **_agreement(contract, request.user),
            **_offers(contract, request.user, bookings),
        },
    )


def _importance(booking: Booking) -> tuple[int, float]:
    """What comes next first, then what has no time yet, then what is over, the latest first."""
    session = booking.session
    if session.state in {*Session.OVER, Session.State.CANCELLED}:
        return 2, -(session.starts_at.timestamp() if session.starts_at else 0)
    return (0, session.starts_at.timestamp()) if session.starts_at else (1, booking.number)


def _not_given_back(contract: Contract, bookings: Any, held_cents: int) -> int:
    """What should be back with the student by now, in cents; asked only where something was called off."""
    is_off = contract.kind == Contract.Kind.GROUP or any(
        Session.State.CANCELLED in {each.session.state, each.state} for each in bookings
    )
    if not (is_off and held_cents):
        return 0
    return sum(portion.gross_cents for portion in not_given_back(contract.escrow))


def _history(contract: Contract, bookings: Any) -> dict[str, Any]:
    """What happened, the newest first, and why it ended."""
    told = timeline_of(contract, bookings)
    parts: dict[str, list[Entry]] = {"latest": told[:TOLD_AT_ONCE], "earlier": told[TOLD_AT_ONCE:]}
    return {"timeline": parts, "why_ended": why_ended(contract, told)}


def _agreement(contract: Contract, user: User) -> dict[str, Any]:
    """Terms that are discussed, and the contracts before and after this one that this person may see."""
    is_coach = contract.coach_id == user.pk
    changes = [_change(change, is_coach) for change in contract.change_requests.select_related("contract__escrow")]
    around = Contract.objects.of(user).filter(Q(pk=contract.extends_id) | Q(extends=contract)).order_by("pk")
    chain = list(around.select_related("escrow"))
    is_being_extended = any(each.extends_id == contract.pk and each.state in Contract.OPEN_STEPS for each in chain)
    return {
        "may_extend": contract.may_be_extended_by(user, clock.now()) and not is_being_extended,
        "changes": changes,
        "open_change": next((each for each in changes if each["change"].state == ChangeRequest.State.OPEN), None),
        "chain": chain,
        "sums": sums_of(contract.terms, contract.fee_basis_points),
        "is_coach": is_coach,
    }


def _change(change: ChangeRequest, is_coach: bool) -> dict[str, Any]:
    contract = change.contract
    money: Any = {"currency": contract.currency, "fee_basis_points": contract.fee_basis_points}
    return {"change": change, "lines": differences(change.before, change.after, for_coach=is_coach, **money)}


def _offers(contract: Contract, user: User, bookings: Any) -> dict[str, bool]:
    open_states = {Session.State.UNSCHEDULED, Session.State.HELD}
    return {
        "may_send": contract.may_be_sent_by(user),
        "may_answer": contract.may_be_answered_by(user),
        "may_change": contract.may_be_changed_by(user),
        "may_pay": contract.may_be_paid_by(user),
        "may_call_off": _may_call_off(contract, user, bookings),
        "may_schedule": contract.may_be_scheduled_by(user) and any(b.session.state in open_states for b in bookings),
        "may_book_weekly": may_be_booked_weekly(contract, [b.session for b in bookings], by=user),
        "may_review": may_be_reviewed(contract, by=user, now=clock.now()),
    }


def _may_call_off(contract: Contract, user: User, bookings: Any) -> bool:
    """Whether there is something to call off; whoever has to answer declines instead."""
    if contract.may_be_answered_by(user) or not contract.may_be_cancelled_by(user):
        return False
    return contract.may_be_called_off_by(user) or any(
        each.session.may_be_called_off_by(user, clock.now()) for each in bookings
    )


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
            sent = operations.send_contract(contract, by=request.user, now=clock.now(), **form.cleaned_data)
            until = when(sent.expires_at)
            messages.success(request, _("Sent. Your coach can answer until %(moment)s.") % {"moment": until})
            return redirect(contract)
    return render(request, "contracts/create.html", {"form": form, "contract": contract})


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """A decision on a contract: asked on GET, taken on POST."""
    contract, decision = contract_of(request, pk), DECISIONS[verb]
    is_asked_why = verb == "decline" or (verb == "cancel" and contract.kind not in Contract.HELD_KINDS)
    form = ReasonForm(request.POST if request.method == "POST" else None) if is_asked_why else None
    if request.method == "POST" and (form is None or form.is_valid()):
        said = form.cleaned_data if form else {}
        decision["operation"](contract, by=request.user, now=clock.now(), **said)
        messages.success(request, decision["done"])
        return redirect(contract)
    may = contract.may_be_answered_by if verb in {"accept", "decline"} else contract.may_be_called_off_by
    if not may(request.user):
        return redirect(contract)
    context = {"contract": contract, "decision": decision, "form": form, "other": contract.other_party(request.user)}
    return render(
        request, "contracts/decide.html", context | {"sums": sums_of(contract.terms, contract.fee_basis_points)}
    )


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
