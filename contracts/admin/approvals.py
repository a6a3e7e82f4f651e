"""What waits for a second person: it is called off on the page of its session or contract, or refused here."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from contracts.admin.deciding import page_of
from contracts.models import Approval
from contracts.operations import refuse_approval
from core import clock
from core.admin import ReadOnlyAdmin
from core.money import as_text
from core.pages import refusals_on


@admin.register(Approval)
class ApprovalAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """Who asked for what, and what became of it."""

    list_display = ["id", "about", "amount", "state", "asked_by", "asked_at", "decided_by", "decided_at"]
    list_filter = ["state", "asked_at"]
    list_select_related = ["session", "contract", "asked_by", "decided_by"]
    ordering = ["decided_at", "pk"]
    fields = ["link", "amount", "reason", "state", "asked_by", "asked_at", "decided_by", "decided_at", "timeline"]
    readonly_fields = ["link", "amount", "timeline"]
    change_actions = ["refuse"]

    @admin.display(description=_("about"))
    def about(self, approval: Approval) -> str:
        return str(approval.contract or approval.session)

    @admin.display(description=_("about"))
    def link(self, approval: Approval) -> SafeString:
        row = approval.contract or approval.session
        assert row  # noqa: S101 - the database holds it
        return format_html('<a href="{}">{}</a>', page_of(row), row)

    @admin.display(description=_("goes back"))
    def amount(self, approval: Approval) -> str:
        return as_text(approval.back_cents, approval.currency)

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        is_open = Approval.objects.filter(pk=object_id, state=Approval.State.OPEN).exists()
        return self.change_actions if is_open else []

    @action(label=_("Do not call it off"), methods=("GET", "POST"))
    def refuse(self, request: HttpRequest, approval: Approval) -> HttpResponse:
        form = forms.Form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                refuse_approval(approval, by=request.user, now=clock.now())
                messages.success(request, gettext("It is not called off."))
                return HttpResponseRedirect(reverse("admin:contracts_approval_changelist"))
        context = {"form": form, "title": gettext("Do not call it off?"), "back": page_of(approval), "opts": self.opts}
        return render(request, "admin/contracts/decide.html", self.admin_site.each_context(request) | context)
