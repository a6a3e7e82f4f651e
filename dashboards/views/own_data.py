"""One's own data: take it along, or leave for good. Both ask once more who is there."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.pages import refusals_on
from dashboards.forms import EraseForm
from dashboards.operations import erase_account, export_data, reasons_to_stay


@login_required
@require_GET
@reauthentication_required
def own_data(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboards/own_data.html")


@login_required
@require_POST
@reauthentication_required
def own_data_download(request: HttpRequest) -> FileResponse:
    file = export_data(request.user, by=request.user, now=clock.now())
    headers = {"Cache-Control": "no-store"}
    return FileResponse(
        file, as_attachment=True, filename="skileez.zip", content_type="application/zip", headers=headers
    )


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required
def erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            erase_account(request.user, by=request.user, now=clock.now())
            logout(request)
            messages.success(request, _("Your account is erased. Thank you for having been here."))
            return redirect("home")
    return render(request, "dashboards/erase.html", {"form": form, "reasons": reasons_to_stay(request.user)})
