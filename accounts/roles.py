"""Pages that belong to one of the two roles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

View = Callable[..., HttpResponse]


def for_role(role: str) -> Callable[[View], View]:
    """Show the page in that role only: who has it but uses the other one may switch there, who lacks it may take it on.

    What is sent from the page is left to the operations.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_role(role):
                return redirect("become", role=role)
            if request.method in {"GET", "HEAD"} and request.user.role_in_use != role:
                return render(request, "accounts/other_role.html", {"wanted": role})
            return view(request, *args, **kwargs)

        return answer

    return decorate
