from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import clock
from core.pages import refusals_on
from core.throttles import NetworkThrottle
from dashboards.forms import SupportForm
from dashboards.operations import ask_staff


def support(request: HttpRequest) -> HttpResponse:
    """A message to staff; a person signed in gets a copy."""
    person = request.user if request.user.is_authenticated else None
    form = SupportForm(request.POST or None, person=person, initial={"about": request.GET.get("about", "")})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            ask_staff(**form.cleaned_data, by=person, network=NetworkThrottle().get_ident(request), now=clock.now())
            messages.success(request, _("Thank you. We answer by e-mail, usually within a working day."))
            return redirect("support")
    return render(request, "dashboards/support.html", {"form": form})
