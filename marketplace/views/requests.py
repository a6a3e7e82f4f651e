from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import CoachProfile, Skill
from core import clock
from core.filtering import applied
from core.pages import page_of, refusals_on
from marketplace import operations
from marketplace.filters import RequestFilter
from marketplace.forms import RequestForm
from marketplace.models import LearningRequest, Proposal

FACETS = 10
OPEN = Q(proposals__state=Proposal.State.OPEN)


@login_required
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """A student's own requests; to a coach, what others want to learn."""
    return _find_work(request) if request.user.is_using_coach_role else _own_requests(request)


def _own_requests(request: HttpRequest) -> HttpResponse:
    own = LearningRequest.objects.filter(student=request.user).defer(*LearningRequest.SEARCHED, "description")
    counted = own.annotate(proposal_count=Count("proposals"), open_count=Count("proposals", filter=OPEN))
    return render(request, "marketplace/own_requests.html", {"page": page_of(counted, request)})


def _find_work(request: HttpRequest) -> HttpResponse:
    if not CoachProfile.objects.public().filter(user=request.user).exists():
        return render(request, "marketplace/not_approved.html")
    offered = Proposal.objects.open().filter(request=OuterRef("pk"), coach=request.user)
    work = LearningRequest.objects.open().filter(expires_at__gt=clock.now()).exclude(student=request.user)
    work = work.annotate(is_offered=Exists(offered)).defer(*LearningRequest.SEARCHED).select_related("student")
    found = RequestFilter(request.GET, work.prefetch_related("skills"), request=request)
    context: dict[str, Any] = {
        "filter": found,
        "page": page_of(found.qs, request),
        "chosen": request.GET.getlist("skill"),
        "skills": _facets(request.GET.getlist("skill")),
        "filter_fields": [found.form[name] for name in ("level", "budget_min")],
        "applied": applied(found, request),
    }
    return render(request, "marketplace/find_work.html", context)


def _facets(chosen: list[str]) -> Any:
    """The skills that most open requests ask for, and the chosen ones."""
    asked = Count("learning_requests", filter=Q(learning_requests__state=LearningRequest.State.OPEN))
    counted = Skill.objects.annotate(request_count=asked)
    return counted.filter(Q(request_count__gt=0) | Q(slug__in=chosen)).order_by("-request_count", "name")[:FACETS]


@login_required
@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    if not request.user.is_student:
        return redirect("become", role="student")
    form = RequestForm(request.POST or None, initial={"time_zone": request.user.time_zone})
    if form.is_valid():
        with refusals_on(form):
            posted = operations.post_request(by=request.user, now=clock.now(), **form.to_post())
            messages.success(request, _("Posted. Coaches can send you proposals now."))
            return redirect(posted)
    return render(request, "marketplace/request_form.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = _own(request, pk)
    form = RequestForm(request.POST or None, instance=wanted)
    if form.is_valid():
        with refusals_on(form):
            operations.edit_request(wanted, by=request.user, now=clock.now(), **form.to_post())
            messages.success(request, _("Saved."))
            return redirect(wanted)
    return render(request, "marketplace/request_form.html", {"form": form, "wanted": wanted})


@login_required
@require_GET
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visible = LearningRequest.objects.of(request.user).defer(*LearningRequest.SEARCHED).select_related("student")
    wanted = get_object_or_404(visible.prefetch_related("skills", "screening_questions"), pk=pk)
    received = wanted.proposals.select_related("coach__coach_profile").defer("coach__coach_profile__search")
    if wanted.student_id == request.user.pk:
        return render(request, "marketplace/own_request.html", {"wanted": wanted, "page": page_of(received, request)})
    context = {"wanted": wanted, "own_proposals": received.filter(coach=request.user).order_by("-pk")[:10]}
    context["takes_proposals"] = wanted.takes_proposals(clock.now())
    return render(request, "marketplace/request.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def request_close(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = _own(request, pk)
    if request.method == "POST":
        operations.close_request(wanted, by=request.user, now=clock.now())
        messages.success(request, _("The request is closed."))
        return redirect(wanted)
    waiting = wanted.proposals.open().count()
    return render(request, "marketplace/request_close.html", {"wanted": wanted, "waiting": waiting})


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
