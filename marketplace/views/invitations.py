"""Students ask coaches for a proposal; coaches read who asked them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import CoachProfile, Role
from accounts.roles import for_role
from core import clock
from core.pages import page_of, refusals_on
from marketplace import operations
from marketplace.forms import InvitationForm, ReasonForm
from marketplace.models import Invitation, LearningRequest
from marketplace.views.tabs import work_tabs


@login_required
@require_http_methods(["GET", "POST"])
@for_role(Role.STUDENT)
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose one of one's open requests and ask this coach for a proposal."""
    coach = get_object_or_404(
        CoachProfile.objects.listed().exclude(user=request.user).select_related("user"), user_id=pk
    )
    form = InvitationForm(
        request.POST or None, requests=_inviting(request, coach), initial={"request": request.GET.get("request")}
    )
    if form.is_valid():
        with refusals_on(form):
            wanted, message = form.cleaned_data["request"], form.cleaned_data["message"]
            operations.invite_coach(wanted, coach=coach.user, by=request.user, now=clock.now(), message=message)
            messages.success(request, _("%(name)s is invited.") % {"name": coach.user.name})
            return redirect(wanted)
    return render(request, "marketplace/invite.html", {"form": form, "coach": coach})


@login_required
@require_GET
@for_role(Role.COACH)
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Who asked a coach for a proposal, newest first."""
    received = Invitation.objects.filter(coach=request.user).select_related("request__student")
    hidden = [f"request__{name}" for name in LearningRequest.SEARCHED]
    context = {"page": page_of(received.defer(*hidden), request), "tabs": work_tabs(request.user, "invitations")}
    return render(request, "marketplace/invitations.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def invitation_decline(request: HttpRequest, pk: int) -> HttpResponse:
    received = Invitation.objects.filter(coach=request.user).select_related("request__student")
    invitation = get_object_or_404(received, pk=pk)
    if request.method == "GET" and not invitation.is_open:
        return redirect("invitations")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            operations.decline_invitation(invitation, by=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("Declined. The student is told."))
            return redirect("invitations")
    return render(request, "marketplace/invitation_decline.html", {"invitation": invitation, "form": form})


def _inviting(request: HttpRequest, coach: CoachProfile) -> QuerySet[LearningRequest]:
    """The student's open requests that have not invited this coach yet, and that the coach has not answered."""
    invited = Invitation.objects.filter(request=OuterRef("pk"), coach=coach.user)
    proposed = coach.user.proposals.filter(request=OuterRef("pk"))
    mine = LearningRequest.objects.open().filter(student=request.user, expires_at__gt=clock.now())
    return mine.exclude(Exists(invited)).exclude(Exists(proposed)).defer(*LearningRequest.SEARCHED).order_by("-pk")
