"""What an unclear session came to, and what went wrong with one, in the words of its people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.pages import refusals_on
from scheduling import operations, policy
from scheduling.forms import ProblemForm, SaysForm
from scheduling.models import Problem, Session


@login_required
@require_http_methods(["GET", "POST"])
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    if request.method == "GET" and not found.is_unclear_to(request.user):
        return redirect(found)
    form = SaysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            found = operations.say_outcome(found, by=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _said(found))
            return redirect(found)
    return render(request, "scheduling/outcome.html", {"form": form, "session": found})


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    found, now = _mine(request, pk), clock.now()
    form = ProblemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            operations.report_problem(found, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Thank you. We look into it; until then the money of this session stays held."))
            return redirect(found)
    problems = Problem.objects.of(request.user).filter(session=found).select_related("reporter").order_by("pk")
    context = {
        "form": form,
        "session": found,
        "problems": problems,
        "may_report": found.may_be_reported_by(request.user, now) and not found.was_reported_by(request.user),
        "until": policy.reported_until(found.ended_at or found.ends_at, found.terms) if found.ends_at else None,
    }
    return render(request, "scheduling/report.html", context)


@login_required
@require_POST
def withdraw_report(request: HttpRequest, pk: int) -> HttpResponse:
    problem = get_object_or_404(Problem.objects.filter(reporter=request.user).select_related("session"), pk=pk)
    operations.withdraw_problem(problem, by=request.user, now=clock.now())
    messages.success(request, _("You have taken your report back."))
    return redirect(problem.session)


def _said(session: Session) -> str:
    if session.outcome == Session.Outcome.UNCLEAR:
        return _("Thank you. It is settled as soon as the other side says the same.")
    return _("Thank you. You agree, so this session is settled.")


def _mine(request: HttpRequest, pk: int) -> Session:
    return get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)
