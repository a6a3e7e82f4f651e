"""Requests and proposals for staff: to look at; states move by operations only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin
from core.money import as_text
from marketplace.models import LearningRequest, Proposal, ScreeningAnswer, ScreeningQuestion, Terms


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


@admin.register(LearningRequest)
class LearningRequestAdmin(ReadOnlyAdmin):
    list_display = ["pk", "title", "state", "student", "level", "created_at", "expires_at"]
    list_filter = ["state", "level"]
    search_fields = ["title", "student__email"]
    list_select_related = ["student"]
    exclude = ["search"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [QuestionInline]
    readonly_fields = ["timeline"]


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
