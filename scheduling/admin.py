"""Time for staff: sessions with their evidence, reminders, calendars. Nothing changes state by being saved."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from core import clock
from core.admin import ReadOnlyAdmin, timeline_of
from core.pages import refusals_on
from scheduling.desk import AskedForm
from scheduling.evidence import after_start, evidence
from scheduling.figures import said_of_coaches, said_of_sessions
from scheduling.forms import OutcomeForm
from scheduling.models import Calendar, Move, Participant, Problem, Reminder, Series, Session, TimeClaim, WeeklyHours
from scheduling.operations import mend_availability, settle_outcome
from scheduling.why import why


class Rows(admin.TabularInline):
    """What belongs to a session, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False


class Seats(Rows):
    model = Participant
    verbose_name_plural = _("participants and their check-ins")
    fields = readonly_fields = ["user", "role", "state", "came", "says", "outcome", "confirmed_at"]

    @admin.display(description=_("checked in"))
    def came(self, place: Participant) -> str:
        return after_start(place.session, place.checked_in_at)


class Moves(Rows):
    model = Move
    verbose_name_plural = _("other times asked for")
    fields = readonly_fields = ["asked_by", "from_starts_at", "starts_at", "state", "asked_at", "answered_at"]


class Problems(Rows):
    model = Problem
    verbose_name_plural = _("problems reported")
    show_change_link = True
    fields = readonly_fields = ["reporter", "kind", "text", "state", "reported_at", "decision"]


@admin.register(Session)
class SessionAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """All sessions; an unclear outcome is settled by an action."""

    list_display = ["id", "coach", "kind", "state", "outcome", "starts_at", "duration_minutes", "version"]
    list_filter = ["state", "outcome", "kind", "starts_at"]
    search_fields = ["=id", "title", "participants__user__email", "participants__user__name"]
    list_select_related = ["coach"]
    date_hierarchy = "starts_at"
    ordering = ["-pk"]
    inlines = [Seats, Problems, Moves]
    fields = [
        ("coach", "kind", "state"),
        ("title", "starts_at", "duration_minutes", "version"),
        ("outcome", "ended_at", "staff_asked_at"),
        "evidence",
        "timeline",
    ]
    readonly_fields = ["evidence", "timeline"]
    change_actions = ["settle"]
    changelist_actions = ["figures"]
    show_full_result_count = False

    @admin.display(description=_("evidence"))
    def evidence(self, session: Session) -> SafeString:
        return evidence(session)

    @admin.display(description=_("timeline"))
    def timeline(self, row: Session) -> SafeString:
        """What happened to it and to what was reported of it."""
        return timeline_of(row, *row.problems.all())

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        unclear = Session.objects.filter(pk=object_id, outcome=Session.Outcome.UNCLEAR).exists()
        return self.change_actions if unclear and request.user.has_perm("scheduling.change_session") else []

    @action(label=_("How sessions were"), methods=("GET",))
    def figures(self, request: HttpRequest, _sessions: Any) -> HttpResponse:
        """For whoever may look at sessions; a sum over the last 90 days."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = clock.now()
        told = {"all": said_of_sessions(now), "coaches": said_of_coaches(now), "opts": self.opts}
        return render(request, "admin/scheduling/figures.html", self.admin_site.each_context(request) | told)

    @action(label=_("Settle the outcome"), methods=("GET", "POST"))
    def settle(self, request: HttpRequest, session: Session) -> HttpResponse:
        if not request.user.has_perm("scheduling.change_session"):
            raise PermissionDenied
        form = OutcomeForm(request.POST or None, session=session)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                settle_outcome(session, by=request.user, now=clock.now(), **form.cleaned_data)
            if form.is_valid():
                messages.success(request, gettext("The outcome is settled."))
                return HttpResponseRedirect(reverse("admin:scheduling_session_change", args=[session.pk]))
        context = self.admin_site.each_context(request) | {"form": form, "session": session, "opts": self.opts}
        return render(request, "admin/scheduling/settle_outcome.html", context)


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """The log of reminders: planned, sent, dropped."""

    list_display = ["id", "session", "version", "kind", "recipient", "due_at", "state"]
    list_filter = ["state", "kind", "due_at"]
    search_fields = ["=session__id", "recipient__email"]
    list_select_related = ["session", "recipient"]
    ordering = ["-due_at", "-pk"]
    show_full_result_count = False


@admin.register(TimeClaim)
class TimeClaimAdmin(ReadOnlyAdmin):
    """Whose time is taken by what."""

    list_display = ["id", "user", "session", "during"]
    search_fields = ["=session__id", "user__email"]
    list_select_related = ["user", "session"]
    ordering = ["-pk"]
    show_full_result_count = False


class HoursInline(admin.TabularInline):
    model = WeeklyHours
    extra = 0


@admin.register(Calendar)
class CalendarAdmin(DjangoObjectActions, admin.ModelAdmin):
    """A coach's hours; staff may mend them, for no state hangs on them."""

    change_actions = ["why_not"]

    list_display = ["coach", "time_zone", "notice_hours", "step_minutes", "horizon_days"]
    list_filter = ["time_zone"]
    search_fields = ["coach__email", "coach__name"]
    list_select_related = ["coach"]
    autocomplete_fields = ["coach"]
    inlines = [HoursInline]

    def has_delete_permission(self, request: HttpRequest, obj: Calendar | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        mend_availability(form.instance, by=request.user, now=clock.now())

    @action(label=_("Why not?"), methods=("GET",))
    def why_not(self, request: HttpRequest, calendar: Calendar) -> HttpResponse:
        """Why a time of this coach can't be booked, in full: nothing is written, so whoever may look may ask."""
        if not self.has_view_permission(request, calendar):
            raise PermissionDenied
        form = AskedForm(request.GET or None, calendar=calendar)
        told: dict[str, Any] = {"asked": form.is_valid()}
        if told["asked"]:
            data = form.cleaned_data
            told["starts_at"], facts = data["moment"], (data["student"], data["moment"], data["minutes"])
            told["reason"] = why(calendar.coach_id, *facts, clock.now(), data["kind"])
        context = self.admin_site.each_context(request) | {"form": form, "calendar": calendar, "opts": self.opts}
        with timezone.override(form.zone):
            return render(request, "admin/scheduling/why_not.html", context | told)


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin):
    """Weekly series, and by which zone data their instants were worked out."""

    list_display = ["id", "coach", "student", "weekday", "clock", "time_zone", "weeks", "tz_version", "ended_at"]
    search_fields = ["=id", "coach__email", "student__email"]
    list_select_related = ["coach", "student"]
