"""What every page shares: refusals shown where the person was, lists cut into pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import defaults

from core.keyset import OddCursor, part_of
from core.refused import ODD_INPUT, Refused

CURSORS = ("before", "after", "cursor")
log = structlog.get_logger(__name__)


class RefusedMiddleware:
    """Turns a refusal that no form caught into a message on the page the person came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and _has_just_signed_in(request):
            messages.info(request, _("You are signed in. Please press the button again."))
            return HttpResponseRedirect("/dashboard/")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ODD_INPUT):
            log.warning("odd input", error=repr(error)[:200])
            return odd_request(request, error)
        if not isinstance(error, Refused):
            return None
        if getattr(request, "htmx", False):
            return render(request, "core/_refusal.html", {"refusal": error}, status=409)
        messages.error(request, str(error))
        return HttpResponseRedirect(came_from(request))


def _has_just_signed_in(request: HttpRequest) -> bool:
    """Signing in leads back to where somebody pressed a button, but by GET."""
    return request.method == "GET" and urlsplit(request.headers.get("referer", "")).path.startswith("/accounts/")


def odd_request(request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody could have typed, in the form of the API below /api/."""
    if request.path.startswith("/api/"):
        detail = _("This contains something that no text of ours can hold.")
        return JsonResponse({"code": "invalid", "detail": detail}, status=400)
    return defaults.bad_request(request, error)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is not there, in the form of the API below /api/."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "not_found", "detail": _("Not found.")}, status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A mistake of ours, in the form of the API below /api/."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "error", "detail": _("Something went wrong here. We have been told.")}, status=500)
    return defaults.server_error(request)


def came_from(request: HttpRequest) -> str:
    """The page of ours the person was on; the dashboard when that is unknown or the very page that refused."""
    back = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return "/dashboard/"
    if request.method == "GET" and urlsplit(back).path == request.path:
        return "/dashboard/"
    return back


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Show a refusal as an error of the form, so that nothing typed is lost; the form is invalid afterwards."""
    try:
        yield
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal))


@dataclass
class Page:
    """Some rows of a list, newest first, and the addresses of its neighbours."""

    rows: list[Any]
    previous: str
    next: str
    count: int | None = None  # of the whole list, as far as it was counted
    is_more: bool = False


def page_of(rows: QuerySet[Any], request: HttpRequest, size: int = 20) -> Page:
    """The page of a list that `?before=<pk>` or `?after=<pk>` asks for, by primary key and without counting."""
    before, after = _whole(request.GET.get("before")), _whole(request.GET.get("after"))
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        shown, newer, older = found[:size][::-1], len(found) > size, True
    else:
        part = rows.filter(pk__lt=before) if before is not None else rows
        found = list(part.order_by("-pk")[: size + 1])
        shown, newer, older = found[:size], before is not None, len(found) > size
    return Page(
        rows=shown,
        previous=_address(request, after=shown[0].pk) if shown and newer else "",
        next=_address(request, before=shown[-1].pk) if shown and older else "",
    )


def sorted_page_of(rows: QuerySet[Any], request: HttpRequest, size: int = 20, count: int = 0) -> Page:
    """The page of a list in its own order that `?cursor=…` asks for; the first one where nobody gave that cursor out.

    `count` is how far to count the list on its first page; later pages do not say it again. Two queries.
    """
    try:
        part = part_of(rows, request.GET.get("cursor", ""), size, look=count + 1)
    except OddCursor:
        part = part_of(rows, "", size, look=count + 1)
    previous, next_ = (_address(request, cursor=each) if each else "" for each in (part.previous, part.next))
    if part.is_first and count:
        return Page(part.rows, previous, next_, count=min(part.ahead, count), is_more=part.ahead > count)
    return Page(part.rows, previous, next_)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _address(request: HttpRequest, **cursor: int | str) -> str:
    query = request.GET.copy()
    for name in CURSORS:
        query.pop(name, None)
    for name, value in cursor.items():
        query[name] = str(value)
    return "?" + query.urlencode()
