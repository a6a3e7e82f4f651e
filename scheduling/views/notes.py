"""What people write down about a session, where it meets, and how it was."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.pages import refusals_on
from scheduling import operations
from scheduling.forms import MeetingForm, NotesForm
from scheduling.lines import Line
from scheduling.models import Session


@login_required
@require_http_methods(["GET", "POST"])
def notes(request: HttpRequest, pk: int) -> HttpResponse:
    line = _mine(request, pk)
    saved = {"summary": line.session.summary, "note": line.mine.note}
    may_sum_up = line.session.may_be_summed_up_by(request.user, line.now)
    form = NotesForm(request.POST or None, initial=saved, may_sum_up=may_sum_up)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _save(line, form)
            messages.success(request, _("Your notes are saved."))
            return redirect(line.session)
    return render(request, "scheduling/notes.html", {"line": line, "session": line.session, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    line = _mine(request, pk)
    if not line.as_coach:
        raise Http404
    form = MeetingForm(request.POST or None, initial={"meeting_url": line.session.meeting_url})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            url = form.cleaned_data["meeting_url"]
            operations.set_meeting_place(line.session, url=url, by=line.user, now=line.now)
            messages.success(request, _("Saved: this is where you meet."))
            return redirect(line.session)
    return render(request, "scheduling/meeting.html", {"line": line, "session": line.session, "form": form})


@login_required
@require_POST
def satisfaction(request: HttpRequest, pk: int) -> HttpResponse:
    line, stars = _mine(request, pk), request.POST.get("stars", "")
    stars = int(stars) if stars in set("12345") else 0
    operations.rate_session(line.session, stars=stars, by=request.user, now=line.now)
    messages.success(request, _("Thank you. Only our team sees it."))
    return redirect(line.session)


def _mine(request: HttpRequest, pk: int) -> Line:
    found = get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk)
    return Line(found, request.user, clock.now())


def _save(line: Line, form: NotesForm) -> None:
    written = form.cleaned_data
    if "summary" in written:
        operations.write_summary(line.session, text=written["summary"], by=line.user, now=line.now)
    operations.write_note(line.session, text=written["note"], by=line.user)
