"""Sessions in people's own calendar programs: the private address, one file, and the calendar at Google."""

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import google as permission
from core import clock
from core.throttles import NetworkThrottle
from scheduling import ics
from scheduling.models import Feed, GoogleCalendar, Session
from scheduling.operations.calendars import disconnect_google
from scheduling.operations.feeds import renew_feed, sessions_in_feed

KIND = "text/calendar; charset=utf-8"


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads: no sign-in but the address, which is nobody else's to keep."""
    throttle = NetworkThrottle()
    if not throttle.allow_request(request, None):
        return HttpResponse(status=429, headers={"Retry-After": str(int(throttle.wait() or 60))})
    found = Feed.objects.select_related("user").filter(token=token, user__is_active=True).first()
    if not constant_time_compare(found.token if found else "", token) or found is None:
        raise Http404
    with translation.override(found.user.language), timezone.override(found.user.zone):
        rows = [(row, row.changed_at) for row in sessions_in_feed(found.user, clock.now())]
        text = ics.feed(rows, found.user)
    answer = HttpResponse(text, content_type=KIND)
    answer["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


@login_required
@require_safe
def session_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One session, for a calendar program that opens files."""
    session = get_object_or_404(Session.objects.of(request.user).with_people(), pk=pk, version__gt=0)
    if session.starts_at is None:
        raise Http404
    answer = HttpResponse(ics.download(session, request.user, at=clock.now()), content_type=KIND)
    answer["Content-Disposition"] = f'attachment; filename="session-{session.pk}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_safe
def calendar_settings(request: HttpRequest) -> HttpResponse:
    return render(request, "scheduling/calendar_settings.html", programs_of(request))


@login_required
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    is_first = not Feed.objects.filter(user=request.user).exists()
    renew_feed(by=request.user, now=clock.now())
    messages.success(request, _("Here is your address.") if is_first else _("The old address leads nowhere now."))
    return redirect("calendar-settings")


@login_required
@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """On to Google, which asks the person and leads back."""
    return permission.ask_for_calendar(request, back_to=reverse("calendar-settings"))


@login_required
@require_POST
def disconnect(request: HttpRequest) -> HttpResponse:
    calendar = get_object_or_404(GoogleCalendar, user=request.user)
    calendar = disconnect_google(calendar, by=request.user, now=clock.now(), removing="removing" in request.POST)
    if not calendar.is_not_given_back:  # else the page says what is left to be done
        messages.success(request, _("Your calendar at Google is disconnected."))
    return redirect("calendar-settings")


def programs_of(request: HttpRequest) -> dict[str, Any]:
    """What connects this person's calendars, as their page and the API say it."""
    now = clock.now()
    found = Feed.objects.filter(user=request.user).first()
    google = GoogleCalendar.objects.filter(user=request.user).first()
    return {
        "feed": found,
        "feed_url": request.build_absolute_uri(reverse("calendar-feed", args=[found.token])) if found else "",
        "google": google,
        "is_offered": permission.is_offered(),
        "is_verified": bool(google and google.verified_until and google.verified_until > now),
    }
