"""Refusals on pages: a message where the person was, an error in the form, or a fragment for htmx."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core.refused import Refused


class RefusedMiddleware:
    """Turns a refusal that no form caught into a message on the page the person came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        if getattr(request, "htmx", False):
            return render(request, "core/_refusal.html", {"refusal": error}, status=409)
        messages.error(request, str(error))
        return HttpResponseRedirect(came_from(request))


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
