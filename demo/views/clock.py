from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.pages import came_from
from demo.clock import StandinIsAway, go_on, moment_of


def clock_page(request: HttpRequest) -> HttpResponse:
    """The demo's clock; a POST moves it on, does what is then due, and returns to where the person was."""
    if request.method != "POST":
        return render(request, "demo/clock.html")
    moment = moment_of(request.POST.get("to", ""), request.user)
    if moment is None:
        messages.info(request, _("There is no session to go to."))
        return redirect(came_from(request))
    try:
        go_on(moment)
    except StandinIsAway:
        messages.warning(request, _("The clock has moved, but the Stripe stand-in does not answer."))
    return redirect(came_from(request))
