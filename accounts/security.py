"""Pages about one's own sign-in: what keeps the account safe, and where it is open."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_google_adapter
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.sessions import sessions_of


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All that keeps the account safe, and whether it is on."""
    person, kept = request.user, {}
    for row in Authenticator.objects.filter(user=person):
        kept.setdefault(row.type, []).append(row.wrap())
    context = {
        "address": EmailAddress.objects.filter(user=person).order_by("-primary").first(),
        "app": kept.get("totp"),
        "codes": kept["recovery_codes"][0].get_unused_codes() if "recovery_codes" in kept else None,
        "passkeys": kept.get("webauthn", []),
        "sessions": sessions_of(person),
        "google": person.socialaccount_set.exists(),
        "has_google": bool(get_google_adapter().list_providers(request)),
    }
    return render(request, "accounts/security.html", context)


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Every place where the account is open, to close one of them or all."""
    if request.method == "POST":
        return _close(request, request.POST.get("session", ""))
    return render(request, "usersessions/usersession_list.html", {"sessions": sessions_of(request.user)})


def _close(request: HttpRequest, which: str) -> HttpResponse:
    chosen = _chosen(request.user, which)
    if which == "others":
        chosen = [session for session in chosen if not session.is_current()]
    end_sessions(request, chosen)
    if not request.user.is_authenticated:
        messages.success(request, _("You are signed out everywhere.") if which == "all" else _("You are signed out."))
        return redirect("account_login")
    told = ngettext("One device is signed out.", "{count} devices are signed out.", len(chosen))
    messages.success(request, told.format(count=len(chosen)))
    return redirect("usersessions_list")


def _chosen(person: User, which: str) -> list[UserSession]:
    own = UserSession.objects.filter(user=person)
    if which in {"all", "others"}:
        return list(own)
    return get_list_or_404(own, pk=int(which) if which.isdecimal() and len(which) < 10 else 0)
