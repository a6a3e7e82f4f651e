"""Requests that a coach keeps for later."""

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.roles import for_role
from core import clock
from core.pages import came_from, page_of
from marketplace import operations
from marketplace.models import LearningRequest, SavedRequest
from marketplace.views.tabs import work_tabs


@login_required
@require_GET
@for_role(Role.COACH)
def saved_list(request: HttpRequest) -> HttpResponse:
    """What a coach has saved, also what they may no longer read: that it was there, and nothing of it."""
    visible = LearningRequest.objects.of(request.user).filter(pk=OuterRef("request"))
    mine = SavedRequest.objects.filter(coach=request.user).annotate(is_visible=Exists(visible))
    rows = mine.select_related("request__student").prefetch_related("request__skills")
    hidden = [f"request__{name}" for name in LearningRequest.SEARCHED]
    context = {"page": page_of(rows.defer(*hidden), request), "tabs": work_tabs(request.user, "saved")}
    return render(request, "marketplace/saved.html", context)


@login_required
@require_POST
def request_save(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = get_object_or_404(LearningRequest.objects.of(request.user), pk=pk)
    operations.save_request(wanted, by=request.user, now=clock.now())
    return _answer(request, pk, is_saved=True)


@login_required
@require_POST
def request_unsave(request: HttpRequest, pk: int) -> HttpResponse:
    operations.forget_request(pk, by=request.user)
    return _answer(request, pk, is_saved=False)


def _answer(request: HttpRequest, pk: int, *, is_saved: bool) -> HttpResponse:
    """The other button in its place, or the page the person was on."""
    if request.htmx:
        return render(request, "marketplace/_save.html", {"pk": pk, "is_saved": is_saved})
    return redirect(came_from(request))
