from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import CoachProfile
from core import clock
from dashboards.todo import needs_of
from dashboards.work import Work

SAMPLE = 6


def home(request: HttpRequest) -> HttpResponse:
    """What Skileez is, with a few coaches to look at."""
    best = CoachProfile.objects.listed().defer(*CoachProfile.SEARCHED).order_by("-score", "-pk")
    coaches = best.select_related("user").prefetch_related("skills")[:SAMPLE]
    return render(request, "dashboards/home.html", {"coaches": coaches, "moment": clock.now()})


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """What needs the person now, and what they are in the middle of, in the role in use."""
    now = clock.now()
    work = Work(request.user, now)
    page = "coach" if work.as_coach else "student"
    context = {"work": work, "needs": needs_of(request.user, work, now), "now": now}
    return render(request, f"dashboards/{page}.html", context)
