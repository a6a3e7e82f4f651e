"""Contracts, bookings and reviews for staff: to look at; money and states move by operations only."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from contracts.admin.calling_off import PERMISSION, call_contract_off
from contracts.models import Booking, ChangeRequest, Contract, Review
from contracts.operations import cancel_by_staff
from contracts.terms_forms import StaffReasonForm
from contracts.timeline import timeline_of
from core import clock
from core.admin import ReadOnlyAdmin
from core.money import as_text
from core.pages import refusals_on
from core.templatetags.skileez import when


class BookingInline(admin.TabularInline):
    model = Booking
    fields = ["number", "state", "session", "portion"]
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False


class ChangeRequestInline(BookingInline):
    """Other terms that the coach asked for, oldest first."""

    model = ChangeRequest
    fields = ["number", "state", "asked_by", "before", "after", "words", "asked_at", "answered_at"]
    readonly_fields = fields


@admin.register(Contract)
class ContractAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """All contracts; what is open is called off by an action, with a reason."""

    list_display = ["number", "title", "state", "kind", "student", "coach", "total", "created_at", "expires_at"]
    list_filter = ["state", "kind", "origin", "payment_model", "is_coachs_idea", "created_at"]
    search_fields = ["number", "title", "student__email", "student__name", "coach__email", "coach__name"]
    list_select_related = ["student", "coach", "escrow"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [BookingInline, ChangeRequestInline]
    readonly_fields = ["story", "timeline"]
    change_actions = ["call_off", "call_off_paid"]

    @admin.display(description=_("total"))
    def total(self, contract):
        return as_text(contract.total_cents, contract.currency)

    @admin.display(description=_("in words"))
    def story(self, contract):
        """What both parties read, newest first."""
        told = timeline_of(contract, contract.bookings.select_related("session", "portion"))
        lines = ((when(entry.at), entry.text, entry.who or "–") for entry in told)
        return format_html_join("", "<div>{} · {} · {}</div>", lines)

    def get_change_actions(self, request, object_id, form_url):
        contract = Contract.objects.get(pk=object_id)
        is_unpaid = contract.state in Contract.OPEN_STEPS and contract.kind not in Contract.HELD_KINDS
        offered = {
            "call_off": is_unpaid and request.user.has_perm("contracts.change_contract"),
            "call_off_paid": contract.state == Contract.State.ACTIVE and request.user.has_perm(PERMISSION),
        }
        return [name for name, may in offered.items() if may]

    @action(label=_("Call off what is to come"), methods=("GET", "POST"))
    def call_off_paid(self, request, contract):
        return call_contract_off(self, request, contract)

    @action(label=_("Call off"), methods=("GET", "POST"))
    def call_off(self, request, contract):
        if not request.user.has_perm("contracts.change_contract"):
            raise PermissionDenied
        back = reverse("admin:contracts_contract_change", args=[contract.pk])
        form = StaffReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                cancel_by_staff(contract, by=request.user, now=clock.now(), **form.cleaned_data)
                messages.success(request, gettext("The contract is called off, and both parties read why."))
                return HttpResponseRedirect(back)
        context = self.admin_site.each_context(request) | {"form": form, "row": contract, "opts": self.opts}
        context |= {"title": gettext("Call this contract off?"), "back": back}
        return render(request, "admin/contracts/decide.html", context)


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ["pk", "contract", "number", "state", "session", "portion"]
    list_filter = ["state"]
    search_fields = ["contract__number"]
    list_select_related = ["contract", "session", "portion"]
    ordering = ["-pk"]
    readonly_fields = ["timeline"]


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["contract", "author", "coach", "stars", "is_public", "written_at"]
    list_filter = ["stars", "is_public"]
    search_fields = ["author__email", "coach__email", "contract__number"]
    list_select_related = ["contract", "author", "coach"]
    ordering = ["-pk"]
