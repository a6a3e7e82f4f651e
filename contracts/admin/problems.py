"""Problems with sessions, those that wait first, with the evidence; and the money of a session on its page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from contracts import operations
from contracts.admin.calling_off import PERMISSION, call_session_off
from contracts.admin.deciding import DecisionForm, decide
from contracts.models import Booking
from contracts.operations.problems import Verdict
from core import clock
from core.admin import ReadOnlyAdmin
from core.money import as_text
from scheduling.admin import SessionAdmin
from scheduling.evidence import evidence, lines
from scheduling.models import Problem, Session

OPEN_FIRST = Case(When(state=Problem.State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())


class VerdictForm(DecisionForm):
    """What becomes of the money, and why."""

    verdict = forms.ChoiceField(label=_("The money"), choices=Verdict.choices, widget=forms.RadioSelect)
    field_order = ["verdict", "decision"]


class MoneyInline(admin.TabularInline):
    """Whose the session's money is now."""

    model = Booking
    verbose_name_plural = _("money of this session")
    fields = readonly_fields = ["contract", "state", "worth", "money", "is_frozen", "release_due_at"]
    can_delete = False
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("contract", "portion__escrow")

    @admin.display(description=_("worth"))
    def worth(self, booking: Booking) -> str:
        return as_text(booking.portion.gross_cents, booking.portion.escrow.currency)

    @admin.display(description=_("money"))
    def money(self, booking: Booking) -> Any:
        return booking.portion.get_state_display()

    @admin.display(description=_("frozen"), boolean=True)
    def is_frozen(self, booking: Booking) -> bool:
        return booking.portion.is_frozen

    @admin.display(description=_("released on"))
    def release_due_at(self, booking: Booking) -> Any:
        return booking.portion.released_at or booking.portion.release_due_at

    def has_add_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False


admin.site.unregister(Session)


@admin.register(Session)
class PaidSessionAdmin(SessionAdmin):
    """Sessions with their money; one that is to come is called off by an action, with a reason."""

    inlines = [*SessionAdmin.inlines, MoneyInline]
    change_actions = [*SessionAdmin.change_actions, "call_off"]

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        offered = super().get_change_actions(request, object_id, form_url)
        ahead = Session.objects.filter(pk=object_id, state__in=[Session.State.UNSCHEDULED, Session.State.SCHEDULED])
        may = request.user.has_perm(PERMISSION) and ahead.exists()
        return [*(["settle"] if offered else []), *(["call_off"] if may else [])]

    @action(label=_("Call off"), methods=("GET", "POST"))
    def call_off(self, request: HttpRequest, session: Session) -> HttpResponse:
        return call_session_off(self, request, session)


@admin.register(Problem)
class ProblemAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """Problems with sessions; open ones stand first and are solved by an action."""

    list_display = ["id", "session", "kind", "reporter", "state", "reported_at", "solved_at"]
    list_filter = ["state", "kind", "reported_at"]
    search_fields = ["=session__id", "reporter__email", "reporter__name"]
    list_select_related = ["session", "reporter"]
    ordering = [OPEN_FIRST, "reported_at", "pk"]
    fields = ["link", "reporter", "kind", "text", "state", "reported_at", "who_came", "money", "decision", "timeline"]
    readonly_fields = ["link", "who_came", "money", "timeline"]
    change_actions = ["solve"]
    show_full_result_count = False

    @admin.display(description=_("session"))
    def link(self, problem: Problem) -> SafeString:
        address = reverse("admin:scheduling_session_change", args=[problem.session_id])
        return format_html('<a href="{}">{}</a>', address, problem.session)

    @admin.display(description=_("evidence"))
    def who_came(self, problem: Problem) -> SafeString:
        return evidence(problem.session)

    @admin.display(description=_("money"))
    def money(self, problem: Problem) -> SafeString:
        bookings = problem.session.bookings.select_related("contract", "portion__escrow")
        return lines(
            f"{each.contract.number}: {as_text(each.portion.gross_cents, each.portion.escrow.currency)}, "
            f"{each.portion.get_state_display()}"
            for each in bookings
        )

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        is_open = Problem.objects.filter(pk=object_id, state=Problem.State.OPEN).exists()
        return self.change_actions if is_open and request.user.has_perm("scheduling.change_problem") else []

    @action(label=_("Solve it"), methods=("GET", "POST"))
    def solve(self, request: HttpRequest, problem: Problem) -> HttpResponse:
        return decide(
            self,
            request,
            problem,
            form=VerdictForm(request.POST or None),
            title=_("Solve the problem"),
            said=_("Both sides are told."),
            work=lambda **said: operations.decide_problem(problem, by=request.user, now=clock.now(), **said),
        )
