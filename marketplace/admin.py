"""Requests and proposals for staff: to look at; states move by operations only."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from marketplace.models import LearningRequest, Proposal, ScreeningAnswer, ScreeningQuestion


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
    list_display = ["pk", "request", "state", "coach", "rate_cents", "currency", "session_count", "created_at"]
    list_filter = ["state", "payment_model"]
    search_fields = ["request__title", "coach__email"]
    list_select_related = ["request", "coach"]
    ordering = ["-pk"]
    show_full_result_count = False
    inlines = [AnswerInline]
    readonly_fields = ["timeline"]
