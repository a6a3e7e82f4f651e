import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def asked_at(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Notes when a page was asked for: what is said from then on, before its stream listens, it is told to look for."""

    def note(request: HttpRequest) -> HttpResponse:
        request.asked_at = f"{time.time():.3f}"
        return get_response(request)

    return note
