"""What staff see of every floor: rows that admin never writes, and the timeline of a thing."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.models import Event


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only operations write: to look at, to search, to act on by actions."""

    view_on_site = False  # pages of a thing are for its people

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    @admin.display(description=_("timeline"))
    def timeline(self, row: models.Model) -> SafeString:
        """What happened to this thing, oldest first."""
        return timeline_of(row)


def timeline_of(*rows: models.Model) -> SafeString:
    """What happened to these things, oldest first."""
    events = Event.objects.about(*rows).select_related("by")
    lines = (
        (localtime(event.at).strftime("%Y-%m-%d %H:%M:%S %Z"), event.name, event.by or "–", _facts(event))
        for event in events
    )
    return format_html_join("", "<div>{} · <b>{}</b> · {} {}</div>", lines)


def _facts(event: Event) -> str:
    return " ".join(f"{name}={value}" for name, value in event.facts.items())


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "name", "subject_kind", "subject_id", "by"]
    list_filter = ["name", "subject_kind"]
    search_fields = ["=subject_id", "by__email"]
    list_select_related = ["by"]
    ordering = ["-pk"]
    show_full_result_count = False
