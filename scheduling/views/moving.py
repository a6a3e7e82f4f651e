"""Another time for an agreed session: chosen, asked for, answered."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core import clock
from core.pages import refusals_on
from core.refused import Refused
from scheduling import operations, zones
from scheduling.forms import MoveForm
from scheduling.models import Move, Session
from scheduling.operations.moving import is_asked, moves_at_once, refuse_unless_movable
from scheduling.views.picking import week_page
from scheduling.zones import Zone

ANSWERS = {
    "agree": (operations.agree_to_move, gettext_lazy("Agreed: the session has moved.")),
    "decline": (operations.decline_move, gettext_lazy("Declined: the agreed time stands.")),
    "withdraw": (operations.withdraw_move, gettext_lazy("Taken back: the agreed time stands.")),
}


@login_required
@require_http_methods(["GET", "POST"])
def reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """A week of times to move to; who is asked for another time already may answer with one."""
    session = _mine(request, pk)
    now, form = clock.now(), MoveForm(request.POST or None)
    if session.open_move and not _may_answer_with_another(session, request.user, now):
        return redirect("session-move", session.pk)
    zone = refuse_unless_movable(session, by=request.user, now=now)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _refuse_another_question(request, session)
            return _wish(request, session, form.cleaned_data, now)
    context = week_page(request, session, now) | _zones(session, request.user, zone)
    with timezone.override(context["week"].zone):
        return render(request, "scheduling/reschedule.html", context | {"session": session, "form": form})


@login_required
@require_GET
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another time that is asked for: the agreed one beside it, and what can be answered."""
    session, now = _mine(request, pk), clock.now()
    wanted = session.open_move
    if wanted is None:
        messages.info(request, _("Nobody asks for another time now."))
        return redirect(session)
    context = {
        "session": session,
        "move": wanted,
        "is_asked": is_asked(session, request.user, now),
        "is_mine": wanted.asked_by_id == request.user.pk,
        "may_answer_with_another": _may_answer_with_another(session, request.user, now),
        "may_take_money_back": session.kind != Session.Kind.CONSULTATION and wanted.role == "coach",
        "other": next((place.user for place in session.others(request.user)), None),
    }
    return render(request, "scheduling/move.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Agree, decline, or take it back: of the very question that was shown."""
    operation, done = ANSWERS[verb]
    wanted = _asked(_mine(request, pk), request.POST.get("move", ""))
    operation(wanted, by=request.user, now=clock.now())
    messages.success(request, done)
    return redirect("session", pk)


def _mine(request: HttpRequest, pk: int) -> Session:
    return get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)


def _asked(session: Session, shown: str) -> Move:
    """The question somebody saw; without a word of which, the one that is open."""
    found = session.open_move
    if shown:
        found = next((each for each in session.moves.all() if str(each.pk) == shown), None)
    if found is None:
        raise Refused(_("Nobody asks for another time now."), code="answered")
    return found  # type: ignore[no-any-return]


def _refuse_another_question(request: HttpRequest, session: Session) -> None:
    """What was a move at once is no answer to a question that came meanwhile, nor the other way round."""
    shown, open_one = request.POST.get("question"), session.open_move
    if shown is not None and shown != str(open_one.pk if open_one else ""):
        sentence = _("Something has changed since you looked. Nothing has happened yet: please look at it again.")
        raise Refused(sentence, code="stale")


def _wish(request: HttpRequest, session: Session, data: dict[str, Any], now: datetime) -> HttpResponse:
    facts = {"starts_at": data["start"], "reason": data["reason"], "by": request.user, "now": now}
    if session.open_move:
        wanted = operations.answer_move(session.open_move, **facts)
    else:
        wanted = operations.move_session(session, **facts)
    if wanted.state == Move.State.AGREED:
        messages.success(request, _("Moved. Everybody gets the new time, and reminders for it."))
    else:
        messages.success(request, _("Asked. Until there is an answer, the agreed time stands."))
    return redirect(session)


def _may_answer_with_another(session: Session, user: User, now: datetime) -> bool:
    return is_asked(session, user, now) and session.open_move.role == "coach"


def _zones(session: Session, user: User, zone: Zone) -> dict[str, Any]:
    """In which zone this person is, until when each of them lasts, and what the button will do."""
    role, counts = session.role_of(user), session.stricter_start or session.span[0]
    return {
        "zone": str(zone),
        "role": role,
        "at_once": moves_at_once(session, role, zone) and not session.open_move,
        "free_until": zones.free_until(role, session.kind, counts, session.terms),
        "consent_until": zones.locked_after(role, session.kind, counts, session.terms),
        "has_consent": session.kind != Session.Kind.CONSULTATION,
        "other": next((place.user for place in session.others(user)), None),
    }
