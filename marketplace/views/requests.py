from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import CoachProfile, User
from core import clock
from core.pages import page_of
from marketplace import faults, operations
from marketplace.calendars import with_matches
from marketplace.fitting import fit_of, fitting_coaches
from marketplace.models import Invitation, LearningRequest, Proposal, SavedRequest
from marketplace.views.work import find_work

COMPARED = 10
State = LearningRequest.State
OPEN = Q(proposals__state=Proposal.State.OPEN)


@login_required
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """A student's own requests; to a coach, what others want to learn."""
    return find_work(request) if request.user.is_using_coach_role else _own_requests(request)


def _own_requests(request: HttpRequest) -> HttpResponse:
    own = LearningRequest.objects.filter(student=request.user)
    state = request.GET.get("state", "")
    shown = own.filter(state=state) if state in State.values else own
    counted = shown.annotate(proposal_count=Count("proposals"), open_count=Count("proposals", filter=OPEN))
    rows = counted.defer(*LearningRequest.SEARCHED, "description")
    context = {"page": page_of(rows, request), "tabs": _tabs(own, state), "state": state}
    return render(request, "marketplace/own_requests.html", context)


def _tabs(own: QuerySet[LearningRequest], state: str) -> list[dict[str, Any]]:
    """All of them, and each state in which there are some; one query."""
    counts = dict(own.order_by().values_list("state").annotate(Count("pk")))
    here = [each for each in State if each in counts or each == state]
    tabs = [(each.value, each.label.capitalize(), counts.get(each.value, 0)) for each in here]
    return [
        {"label": label, "count": count, "url": f"?state={key}" if key else "?", "active": key == state}
        for key, label, count in [("", _("All"), sum(counts.values())), *tabs]
    ]


@login_required
@require_GET
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visible = LearningRequest.objects.of(request.user).defer(*LearningRequest.SEARCHED).select_related("student")
    wanted = get_object_or_404(visible.prefetch_related("skills", "screening_questions"), pk=pk)
    received = wanted.proposals.select_related("coach__coach_profile").defer("coach__coach_profile__search")
    if wanted.student_id == request.user.pk:
        return _own_request(request, wanted, received)
    proposals = list(received.filter(coach=request.user).order_by("-pk")[:10])
    context = {"wanted": wanted, "takes_proposals": wanted.takes_proposals(clock.now()), "own_proposals": proposals}
    context |= _for_coach(request.user, wanted) | {"has_open_proposal": any(each.is_open for each in proposals)}
    return render(request, "marketplace/request.html", context)


def _own_request(request: HttpRequest, wanted: LearningRequest, received: QuerySet[Proposal]) -> HttpResponse:
    hidden = [f"coach__coach_profile__{name}" for name in CoachProfile.SEARCHED]
    invited = wanted.invitations.select_related("coach__coach_profile").defer(*hidden).order_by("-pk")
    context = {
        "wanted": wanted,
        "page": page_of(received, request),
        "compared": with_matches(wanted.proposals.open().with_people().order_by("-pk")[:COMPARED], now=clock.now()),
        "accepted": received.filter(state=Proposal.State.ACCEPTED).first() if wanted.state == State.MATCHED else None,
        "lapsed": received.filter(state=Proposal.State.LAPSED).last() if wanted.state == State.PAUSED else None,
        "invitations": invited,
        "fitting": fitting_coaches(wanted) if wanted.takes_proposals(clock.now()) else [],
        "faults": list(faults.of_request(wanted.written)) if wanted.is_draft else [],
    }
    return render(request, "marketplace/own_request.html", context)


def _for_coach(user: User, wanted: LearningRequest) -> dict[str, Any]:
    """How well this request fits the coach who reads it, and what is between them already."""
    invited = Invitation.objects.filter(request=wanted, coach=user).select_related("request__student").first()
    is_saved = SavedRequest.objects.filter(coach=user, request=wanted).exists()
    is_public = CoachProfile.objects.public().filter(user=user).exists()
    return {"fit": fit_of(user, wanted), "invitation": invited, "is_saved": is_saved, "may_save": is_public}


@login_required
@require_http_methods(["GET", "POST"])
def request_close(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = _own(request, pk)
    if request.method == "POST":
        operations.close_request(wanted, by=request.user, now=clock.now())
        messages.success(request, _("The request is closed."))
        return redirect(wanted)
    if not wanted.may_be_closed:
        return redirect(wanted)
    waiting = wanted.proposals.open().count()
    return render(request, "marketplace/request_close.html", {"wanted": wanted, "waiting": waiting})


@login_required
@require_http_methods(["GET", "POST"])
def request_discard(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = _own(request, pk)
    if request.method == "POST":
        operations.discard_draft(wanted, by=request.user, now=clock.now())
        messages.success(request, _("The draft is thrown away."))
        return redirect("requests")
    if not wanted.is_draft:
        return redirect(wanted)
    return render(request, "marketplace/request_discard.html", {"wanted": wanted})


@login_required
@require_POST
def request_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a draft as it was kept; what is missing is said on its form."""
    wanted = operations.post_draft(_own(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Posted. Coaches can send you proposals now."))
    return redirect(wanted)


@login_required
@require_POST
def request_pause(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = operations.pause_request(_own(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Paused: no new proposals for now."))
    return redirect(wanted)


@login_required
@require_POST
def request_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = operations.reopen_request(_own(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("Open again. Coaches can send you proposals."))
    return redirect(wanted)


def _own(request: HttpRequest, pk: int) -> LearningRequest:
    return get_object_or_404(LearningRequest.objects.filter(student=request.user), pk=pk)
