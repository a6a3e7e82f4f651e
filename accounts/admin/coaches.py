from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from accounts.documents import differences, digest, missing, name_of
from accounts.forms import RejectionForm
from accounts.models import CoachProfile
from accounts.operations import approve_coach, reject_coach
from accounts.readable import compared, readable
from core import clock
from core.admin import ReadOnlyAdmin
from core.pages import refusals_on
from core.templatetags.skileez import money

WAITING_FIRST = Case(
    When(state=CoachProfile.State.SUBMITTED, then=Value(0)), default=Value(1), output_field=IntegerField()
)


@admin.register(CoachProfile)
class CoachProfileAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """The approval queue, who has waited longest first: read what is new, then approve it or send it back."""

    list_display = ["user", "state", "what", "country", "submitted_at", "approved_at"]
    list_filter = ["state", ("approved_at", admin.EmptyFieldListFilter), "country", "currency"]
    search_fields = ["user__email", "user__name", "headline"]
    list_select_related = ["user"]
    ordering = [WAITING_FIRST, "submitted_at", "pk"]
    fields = [
        ("user", "state"),
        ("country", "hour", "trial"),
        "meeting_url",
        ("submitted_at", "approved_at"),
        "rejection_reason",
        ("rating_count", "sessions_done"),
        "timeline",
    ]
    readonly_fields = ["hour", "trial", "timeline"]
    change_actions = ["approve", "reject"]
    change_form_template = "admin/accounts/coachprofile/change_form.html"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoachProfile]:
        return super().get_queryset(request).defer(*CoachProfile.SEARCHED)

    @admin.display(description=_("hourly rate"))
    def hour(self, profile: CoachProfile) -> str:
        return money(profile.hourly_rate_cents, profile.currency) if profile.hourly_rate_cents else "–"

    @admin.display(description=_("trial rate"))
    def trial(self, profile: CoachProfile) -> str:
        return money(profile.trial_rate_cents, profile.currency) if profile.trial_rate_cents else "–"

    @admin.display(description=_("what"))
    def what(self, profile: CoachProfile) -> str:
        if profile.state == CoachProfile.State.APPROVED:
            return "–"
        return gettext("a change") if profile.is_public and profile.wanted else gettext("first profile")

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        return []  # the page has its own buttons, which carry what was seen

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        profile = self.get_object(request, object_id)
        context = _to_decide(request, profile) if profile else {}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    @action(label=_("Approve"), methods=("POST",))
    def approve(self, request: HttpRequest, profile: CoachProfile) -> None:
        said = gettext("The change is public.") if profile.is_public else gettext("The coach can be found now.")
        approve_coach(profile, seen=request.POST.get("seen", ""), by=request.user, now=clock.now())
        messages.success(request, said)

    @action(label=_("Send back"), methods=("POST",))
    def reject(self, request: HttpRequest, profile: CoachProfile) -> HttpResponse:
        form = RejectionForm(request.POST)
        if form.is_valid():
            with refusals_on(form):
                reject_coach(profile, by=request.user, now=clock.now(), **form.cleaned_data)
        if form.is_valid():
            messages.success(request, gettext("The coach is told why."))
            return HttpResponseRedirect(reverse("admin:accounts_coachprofile_change", args=[profile.pk]))
        context = self.admin_site.each_context(request) | {"form": form, "profile": profile, "opts": self.opts}
        return render(request, "admin/accounts/reject_coach.html", context)


def _to_decide(request: HttpRequest, profile: CoachProfile) -> dict[str, Any]:
    """All of a first profile, only what differs of a change, and the buttons of who may decide."""
    is_change = profile.is_public and bool(profile.wanted)
    seen = digest(profile)
    return {
        "profile": profile,
        "changes": compared(differences(profile)) if is_change else [],
        "sections": [] if is_change else readable(profile),
        "missing": [name_of(section) for section in missing(profile)],
        "may_decide": profile.is_waiting
        and profile.user_id != request.user.pk
        and request.user.has_perm("accounts.change_coachprofile"),
        "seen": seen,
        "rejection": RejectionForm(initial={"seen": seen}),
    }
