"""A booking that waits for the coach's yes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.pages import refusals_on
from scheduling import operations
from scheduling.forms import DeclineForm
from scheduling.models import Session


@login_required
@require_http_methods(["GET", "POST"])
def answer_request(request: HttpRequest, pk: int) -> HttpResponse:
    """What a student asks for, with the coach's yes and no."""
    session = _mine(request, pk)
    if request.method == "POST" and "decline" not in request.POST:
        return redirect(_confirm(request, session))
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            operations.decline_request(session, by=request.user, now=clock.now(), **form.cleaned_data)
            messages.info(request, _("Declined. The student is told, and the time is free again."))
            return redirect("session", pk)
    if not session.may_be_answered_by(request.user) or session.is_unanswered(clock.now()):
        return redirect(session)
    student = session.others(request.user)[0].user
    return render(request, "scheduling/request.html", {"session": session, "form": form, "student": student})


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A student takes back what they asked for."""
    session = operations.withdraw_request(_mine(request, pk), by=request.user, now=clock.now())
    messages.info(request, _("Taken back. The time is free again."))
    return redirect(session)


def _confirm(request: HttpRequest, session: Session) -> Session:
    session = operations.confirm_request(session, by=request.user, now=clock.now())
    messages.success(request, _("Agreed. We will remind you both."))
    return session


def _mine(request: HttpRequest, pk: int) -> Session:
    return get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)
