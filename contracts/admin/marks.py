"""The queue of excuses and appeals, and who waits for a review."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from contracts import operations
from contracts.admin.deciding import DecisionForm, decide
from contracts.models import Mark, Sanction
from core import clock
from core.admin import ReadOnlyAdmin

State = Mark.State
WAITING_FIRST = Case(
    When(state__in=[State.EXCUSE_ASKED, State.APPEALED], then=Value(0)), default=Value(1), output_field=IntegerField()
)
OPERATIONS = {
    "excuse": (State.EXCUSED, operations.excuse_mark, _("Take the excuse")),
    "keep": (State.KEPT, operations.keep_mark, _("Do not take the excuse")),
    "uphold": (State.UPHELD, operations.uphold_mark, _("The mark stands after the appeal")),
    "lift": (State.LIFTED, operations.lift_mark, _("Lift the mark")),
}


class SanctionInline(admin.TabularInline):
    model = Sanction
    fields = readonly_fields = ["step", "starts_at", "until", "lifted_at", "is_over"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Mark)
class MarkAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """Marks of coaches; what waits for a decision stands first."""

    list_display = ["id", "coach", "reason", "state", "step", "session", "made_at", "decided_by"]
    list_filter = ["state", "reason", "sanction__step", "made_at"]
    search_fields = ["coach__email", "coach__name", "=session__id"]
    list_select_related = ["coach", "session", "sanction", "decided_by"]
    ordering = [WAITING_FIRST, "-pk"]
    inlines = [SanctionInline]
    readonly_fields = ["timeline"]
    change_actions = ["excuse", "keep", "uphold", "lift", "end_sanction"]
    show_full_result_count = False

    @admin.display(description=_("led to"))
    def step(self, mark: Mark) -> Any:
        return mark.sanction.get_step_display()

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        mark = Mark.objects.filter(pk=object_id).select_related("sanction").first()
        if mark is None or not request.user.has_perm("contracts.change_mark"):
            return []
        possible = [name for name, (state, _operation, _label) in OPERATIONS.items() if mark.may_move_to(state)]
        return [*possible, *(["end_sanction"] if mark.sanction.is_running else [])]

    @action(label=OPERATIONS["excuse"][2], methods=("GET", "POST"))
    def excuse(self, request: HttpRequest, mark: Mark) -> HttpResponse:
        return self._decide(request, mark, "excuse")

    @action(label=OPERATIONS["keep"][2], methods=("GET", "POST"))
    def keep(self, request: HttpRequest, mark: Mark) -> HttpResponse:
        return self._decide(request, mark, "keep")

    @action(label=OPERATIONS["uphold"][2], methods=("GET", "POST"))
    def uphold(self, request: HttpRequest, mark: Mark) -> HttpResponse:
        return self._decide(request, mark, "uphold")

    @action(label=OPERATIONS["lift"][2], methods=("GET", "POST"))
    def lift(self, request: HttpRequest, mark: Mark) -> HttpResponse:
        return self._decide(request, mark, "lift")

    @action(label=_("Show the coach again"), methods=("GET", "POST"))
    def end_sanction(self, request: HttpRequest, mark: Mark) -> HttpResponse:
        return decide(
            self,
            request,
            mark,
            form=forms.Form(request.POST if request.method == "POST" else None),
            title=_("Show the coach again? The mark stands."),
            said=_("The sanction is lifted."),
            work=lambda: operations.lift_sanction(mark.sanction, by=request.user, now=clock.now()),
        )

    def _decide(self, request: HttpRequest, mark: Mark, name: str) -> HttpResponse:
        _state, operation, label = OPERATIONS[name]
        return decide(
            self,
            request,
            mark,
            form=DecisionForm(request.POST or None),
            title=label,
            said=_("The coach is told."),
            work=lambda decision: operation(mark, decision=decision, by=request.user, now=clock.now()),
        )
