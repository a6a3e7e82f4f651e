from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.core.paginator import Paginator
from django.db import connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from core import clock
from notifications.live import LONG_AGO, stream
from notifications.models import Notification
from notifications.operations import open_notice, read_notices

PER_PAGE = 20


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """What the person was told, newest first."""
    notices = Notification.objects.of(request.user).order_by("-pk")
    page = Paginator(notices, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/list.html", {"page": page})


@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for pages that are told to look again."""
    return render(request, "_bell.html")


@login_required
@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_object_or_404(Notification.objects.of(request.user), pk=pk)
    open_notice(notice, by=request.user, now=clock.now())
    return redirect(notice.url)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    read_notices(by=request.user, now=clock.now())
    return redirect("notifications")


@require_GET
async def live(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events that name what changed for the person signed in."""
    user = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=503)  # a WSGI worker would collect the endless stream before it answers
    # The thread of this request lives as long as the stream does, and would keep its connection.
    await sync_to_async(connections.close_all)()
    return StreamingHttpResponse(
        stream(user.pk, since=_since(request)),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _since(request: HttpRequest) -> float | None:
    """From when on the page behind a stream may have missed words; one that comes again has been away for a while."""
    if "Last-Event-ID" in request.headers:
        return LONG_AGO
    try:
        return float(request.GET["since"])
    except (KeyError, ValueError):
        return None
