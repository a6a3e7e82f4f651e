"""What staff see of every floor: rows that admin never writes, the timeline of a thing, the numbers of the rules."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from core import clock
from core.models import Event, PolicyNumber
from core.numbers import MAX_WHY, NOTICE, bounds_of, change_number, floor_of, number, withdraw_number
from core.pages import refusals_on


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


class NumberForm(forms.Form):
    """What a number is to be, from when on, and why."""

    key = forms.ChoiceField(label=_("Number"))
    value = forms.IntegerField(label=_("Value"))
    valid_from = forms.DateTimeField(label=_("Valid from"), widget=forms.DateTimeInput({"type": "datetime-local"}))
    why = forms.CharField(label=_("Why"), max_length=MAX_WHY, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["key"]
        field.choices = [(floor, [(key, key) for key in _changeable(floor)]) for floor in settings.POLICY_OF]
        soon = localtime(now + NOTICE + timedelta(minutes=10)).replace(second=0, microsecond=0)
        self.fields["valid_from"].initial = soon.strftime("%Y-%m-%dT%H:%M")
        zone = gettext("By your clock: %(zone)s. Two minutes from now at the earliest.")
        self.fields["valid_from"].help_text = zone % {"zone": get_current_timezone_name()}


@admin.register(PolicyNumber)
class PolicyNumberAdmin(DjangoObjectActions, ReadOnlyAdmin):  # type: ignore[misc]
    """What each number of the rules is now and will be, and below it all that was ever written down."""

    list_display = ["key", "floor", "value", "valid_from", "standing", "why", "by", "made_at"]
    list_filter = ["key", ("withdrawn_at", admin.EmptyFieldListFilter)]
    search_fields = ["key", "why", "by__email"]
    list_select_related = ["by"]
    readonly_fields = ["timeline"]
    ordering = ["-valid_from", "-pk"]
    change_actions = ["withdraw"]
    change_list_template = "admin/core/numbers.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.add_policynumber")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"numbers": _overview(clock.now())} | (extra_context or {}))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        now, asked = clock.now(), {"key": request.GET.get("key")}
        form = NumberForm(request.POST or None, now=now, initial=asked)
        if request.method == "POST" and form.is_valid():
            by: Any = request.user
            with refusals_on(form):
                change_number(**form.cleaned_data, by=by, now=now)
                messages.success(request, gettext("Written down. What was agreed before keeps its own numbers."))
                return HttpResponseRedirect(reverse("admin:core_policynumber_changelist"))
        context = self.admin_site.each_context(request) | {"form": form, "opts": self.opts}
        return render(request, "admin/core/change_number.html", context)

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        coming = PolicyNumber.objects.standing().filter(pk=object_id, valid_from__gte=clock.now() + NOTICE)
        may = request.user.has_perm("core.change_policynumber")
        return self.change_actions if may and coming.exists() else []

    @action(label=_("Take back"), methods=("POST",), button_type="form")  # type: ignore[untyped-decorator]
    def withdraw(self, request: HttpRequest, row: PolicyNumber) -> None:
        by: Any = request.user
        withdraw_number(row, by=by, now=clock.now())
        messages.success(request, gettext("Taken back: it will not come."))

    @admin.display(description=_("floor"))
    def floor(self, row: PolicyNumber) -> str:
        return floor_of(row.key) if row.key in settings.POLICY else "–"

    @admin.display(description=_("state"))
    def standing(self, row: PolicyNumber) -> str:
        if row.withdrawn_at:
            return gettext("taken back")
        if row.valid_from > clock.now():
            return gettext("to come")
        newer = PolicyNumber.objects.standing().filter(key=row.key, valid_from__lte=clock.now()).first()
        return gettext("in force") if newer == row else gettext("over")


def _changeable(floor: str) -> list[str]:
    return [key for key in settings.POLICY_OF[floor] if bounds_of(key)]


def _overview(now: datetime) -> list[dict[str, Any]]:
    """Each number with its default, its bounds, what it is now and what is to come."""
    coming = defaultdict(list)
    for row in PolicyNumber.objects.standing().filter(valid_from__gt=now).reverse():
        coming[row.key].append(row)
    return [
        {
            "floor": floor,
            "key": key,
            "default": settings.POLICY[key],
            "bounds": bounds_of(key),
            "now": number(key, now),
            "coming": coming[key],
        }
        for floor, its in settings.POLICY_OF.items()
        for key in its
    ]
