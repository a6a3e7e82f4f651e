"""What Stripe said, what differs, and whom Stripe can pay."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import clock
from core.admin import ReadOnlyAdmin
from payments import operations
from payments.models import ConnectAccount, Forgetting, Incident, StripeCustomer, StripeEvent


class Done(admin.SimpleListFilter):
    """Waiting to be handled, waiting to be mirrored, done."""

    title = _("state")
    parameter_name = "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("not handled")), ("unmirrored", _("not mirrored")), ("yes", _("done"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {
            "no": {"handled_at__isnull": True},
            "unmirrored": {"handled_at__isnull": False, "mirrored_at__isnull": True},
            "yes": {"mirrored_at__isnull": False},
        }
        return rows.filter(**wanted.get(self.value() or "", {}))


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    """The inbox: an event that could not be applied shows why, and can be applied again."""

    list_display = ["received_at", "type", "event_id", "handled_at", "mirrored_at", "tries", "last_error"]
    list_filter = [Done, "type"]
    search_fields = ["=event_id", "type", "=account"]
    actions = ["apply_again"]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.action(description=_("Apply again"), permissions=["apply"])
    def apply_again(self, request: HttpRequest, events: QuerySet[StripeEvent]) -> None:
        now = clock.now()
        done = 0
        for event in events:
            event = operations.apply_event(operations.make_due(event, now=now), now=now)
            done += operations.mirror_event(event, now=now).mirrored_at is not None
        said = ngettext("%(done)d event is handled and mirrored.", "%(done)d events are handled and mirrored.", done)
        messages.info(request, said % {"done": done})

    def has_apply_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_stripeevent")


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Differences between the books and the world; closed by whoever has looked at them."""

    list_display = ["opened_at", "kind", "key", "subject_kind", "subject_id", "facts", "closed_at"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "kind"]
    search_fields = ["key", "kind"]
    actions = ["close"]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.action(description=_("Close"), permissions=["close"])
    def close(self, request: HttpRequest, incidents: QuerySet[Incident]) -> None:
        by: Any = request.user
        for incident in incidents:
            operations.close_incident(incident, by=by, now=clock.now())

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_incident")


@admin.register(ConnectAccount)
class ConnectAccountAdmin(ReadOnlyAdmin):
    list_display = ["user", "stripe_id", "status", "transfers_active", "payouts_enabled", "checked_at"]
    list_filter = ["transfers_active", "payouts_enabled", "details_submitted"]
    search_fields = ["user__email", "=stripe_id"]
    list_select_related = ["user"]
    readonly_fields = ["timeline"]


@admin.register(StripeCustomer)
class StripeCustomerAdmin(ReadOnlyAdmin):
    list_display = ["user", "stripe_id"]
    search_fields = ["user__email", "=stripe_id"]
    list_select_related = ["user"]


@admin.register(Forgetting)
class ForgettingAdmin(ReadOnlyAdmin):
    """Who has left, and whether Stripe and our copies of it have forgotten them."""

    list_display = ["user", "planned_at", "done_at", "due_at", "tries", "last_error"]
    list_filter = [("done_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    ordering = ["-pk"]
