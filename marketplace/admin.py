"""Requests and proposals for staff: to look at; states move by operations only."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from core import clock
from core.admin import ReadOnlyAdmin
from core.money import as_text
from core.pages import refusals_on
from marketplace.forms import ClosingForm
from marketplace.models import (
    Invitation,
    LearningRequest,
    Proposal,
    SavedRequest,
    ScreeningAnswer,
    ScreeningQuestion,
    Terms,
)
from marketplace.operations import close_by_staff


class QuestionInline(admin.TabularInline):
    model = ScreeningQuestion
    fields = ["position", "text"]
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False


class AnswerInline(QuestionInline):
    model = ScreeningAnswer
    fields = ["question", "text"]
    readonly_fields = fields


class TermsInline(QuestionInline):
    """The thread: every version of the terms, oldest first."""

    model = Terms
    fields = ["number", "offered_by", "payment_model", "rate", "session_count", "session_minutes", "total"]
    fields += ["message", "offered_at", "agreed_at", "declined_at"]
    readonly_fields = fields
    verbose_name_plural = _("terms")

    @admin.display(description=_("rate"))
    def rate(self, terms):
        return as_text(terms.rate_cents, terms.currency)

    @admin.display(description=_("total"))
    def total(self, terms):
        return as_text(terms.expected_total_cents, terms.currency)


class InvitationInline(QuestionInline):
    """Which coaches the student asked, and what they said."""

    model = Invitation
    fields = ["coach", "state", "message", "decline_reason", "sent_at", "answered_at"]
    readonly_fields = fields


@admin.register(LearningRequest)
class LearningRequestAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """All requests; one that should not be here is closed by an action, with a reason."""

    list_display = ["pk", "title", "state", "student", "level", "created_at", "expires_at"]
    list_filter = ["state", "level", "currency", "created_at"]
    search_fields = ["=id", "title", "student__email", "student__name"]
    list_select_related = ["student"]
    exclude = ["search", "words", "more_words", "skill_ids", "preferred_cells", "utc_offset_minutes"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [QuestionInline, InvitationInline]
    readonly_fields = ["timeline"]
    change_actions = ["close"]

    def get_change_actions(self, request, object_id, form_url):
        lasts = LearningRequest.objects.lasting().filter(pk=object_id).exists()
        return self.change_actions if lasts and request.user.has_perm("marketplace.change_learningrequest") else []

    @action(label=_("Close"), methods=("GET", "POST"))
    def close(self, request, wanted):
        if not request.user.has_perm("marketplace.change_learningrequest"):
            raise PermissionDenied
        form = ClosingForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                close_by_staff(wanted, reason=form.cleaned_data["reason"], by=request.user, now=clock.now())
                messages.success(request, gettext("The request is closed, and the student is told why."))
                return HttpResponseRedirect(reverse("admin:marketplace_learningrequest_change", args=[wanted.pk]))
        context = self.admin_site.each_context(request) | {"form": form, "wanted": wanted, "opts": self.opts}
        return render(request, "admin/marketplace/close_request.html", context)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["pk", "request", "coach", "state", "sent_at", "answered_at"]
    list_filter = ["state", "sent_at"]
    search_fields = ["=id", "request__title", "request__student__email", "coach__email"]
    list_select_related = ["request", "coach"]
    ordering = ["-pk"]
    show_full_result_count = False
    readonly_fields = ["timeline"]


@admin.register(SavedRequest)
class SavedRequestAdmin(ReadOnlyAdmin):
    list_display = ["pk", "request", "coach", "saved_at"]
    search_fields = ["request__title", "coach__email"]
    list_select_related = ["request", "coach"]
    ordering = ["-pk"]
    show_full_result_count = False


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ["pk", "request", "state", "coach", "total", "session_count", "terms_number", "created_at"]
    list_filter = ["state", "declined_because", "payment_model"]
    search_fields = ["request__title", "coach__email"]
    list_select_related = ["request", "coach"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [TermsInline, AnswerInline]
    readonly_fields = ["timeline"]

    @admin.display(description=_("total"))
    def total(self, proposal):
        return as_text(proposal.expected_total_cents, proposal.currency)
