"""Writing a request: from the first draft to a posted one, and changing it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.roles import for_role
from core import clock
from core.pages import refusals_on
from core.refused import Refused
from marketplace import operations
from marketplace.forms import RequestForm
from marketplace.models import LearningRequest

Writing = Callable[..., LearningRequest]


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.STUDENT)
def request_new(request: HttpRequest) -> HttpResponse:
    form = RequestForm(request.POST or None, student=request.user)
    if form.is_valid():
        with refusals_on(form):
            return _write(request, form, keep=operations.save_draft, post=operations.post_request)
    return render(request, "marketplace/request_form.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def request_edit(request: HttpRequest, pk: int) -> HttpResponse:
    wanted = get_object_or_404(LearningRequest.objects.filter(student=request.user), pk=pk)
    if request.method == "GET" and not wanted.may_be_edited:
        return redirect(wanted)
    form = RequestForm(request.POST or None, student=request.user, wanted=wanted)
    edit = partial(operations.edit_request, wanted)
    if form.is_valid():
        with refusals_on(form):
            return _write(
                request, form, keep=edit, post=partial(operations.post_draft, wanted) if wanted.is_draft else edit
            )
    return render(request, "marketplace/request_form.html", {"form": form, "wanted": wanted})


def _write(request: HttpRequest, form: RequestForm, *, keep: Writing, post: Writing) -> HttpResponse:
    said = {"by": request.user, "now": clock.now(), **form.to_post()}
    try:
        written = (keep if form.is_draft else post)(**said)
    except Refused as refused:
        if refused.code != "age_missing":
            raise
        return _ask_for_age(request, keep(**said))
    if written.is_draft:
        messages.success(request, _("Saved as a draft. Only you see it."))
    elif keep is post:
        messages.success(request, _("Saved."))
    else:
        messages.success(request, _("Posted. Coaches can send you proposals now."))
    return redirect(written)


def _ask_for_age(request: HttpRequest, draft: LearningRequest) -> HttpResponse:
    """What was written waits as a draft, and the way leads back to it."""
    messages.warning(request, _("Your request is kept as a draft. Say when you were born, then you can post it."))
    return redirect(f"{reverse('onboarding-student')}?next={draft.get_absolute_url()}")
