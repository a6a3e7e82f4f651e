"""People for staff: roles and groups, the queue of coaches to approve, the list of skills."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from accounts.forms import RejectionForm
from accounts.models import CoachProfile, Relation, Skill, StudentProfile, User
from accounts.operations import approve_coach, reject_coach, remove_photo
from core import clock
from core.admin import ReadOnlyAdmin
from core.pages import refusals_on

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(DjangoObjectActions, admin.ModelAdmin):
    """People sign up themselves; addresses and passwords are theirs. Only superusers hand out power."""

    list_display = ["email", "name", "role", "is_student", "is_coach", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_student", "is_coach", "is_staff", "is_active", "groups"]
    search_fields = ["email", "name"]
    ordering = ["-pk"]
    filter_horizontal = ["groups"]
    fields = [
        ("name", "email"),
        "face",
        ("is_student", "is_coach", "role"),
        ("time_zone", "language"),
        ("is_active", "is_staff", "is_superuser"),
        "groups",
        ("date_joined", "last_login"),
    ]
    show_full_result_count = False
    change_actions = ["take_photo_down"]

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        shown = User.objects.filter(pk=object_id).exclude(photo="").exists()
        return self.change_actions if shown and request.user.has_perm("accounts.change_coachprofile") else []

    @action(label=_("Take the photo down"), methods=("POST",), button_type="form")
    def take_photo_down(self, request: HttpRequest, person: User) -> None:
        remove_photo(person, by=request.user, now=clock.now())
        messages.success(request, gettext("The photo is gone, and the person is told."))

    @admin.display(description=_("photo"))
    def face(self, person: User) -> str:
        return format_html('<img src="{}" alt="" width="96" height="96">', person.portrait) if person.photo else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        power = [] if request.user.is_superuser else ["is_staff", "is_superuser", "groups"]
        return ["face", "email", "date_joined", "last_login", *power]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        above = obj is not None and (obj.is_superuser or obj.is_staff) and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not above


@admin.register(CoachProfile)
class CoachProfileAdmin(DjangoObjectActions, ReadOnlyAdmin):
    """The approval queue: read the profile, then approve it or send it back with a reason."""

    list_display = ["user", "headline", "state", "country", "submitted_at", "approved_at"]
    list_filter = ["state", "country", "currency"]
    search_fields = ["user__email", "user__name", "headline"]
    list_select_related = ["user"]
    ordering = ["-submitted_at", "-pk"]
    exclude = [*CoachProfile.SEARCHED, "score", "skill_ids", "language_codes"]
    readonly_fields = ["timeline"]
    change_actions = ["approve", "reject"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoachProfile]:
        return super().get_queryset(request).defer(*CoachProfile.SEARCHED)

    def get_change_actions(self, request: HttpRequest, object_id: str, form_url: str) -> list[str]:
        waiting = CoachProfile.objects.filter(pk=object_id, state=CoachProfile.State.SUBMITTED).exists()
        return self.change_actions if waiting and request.user.has_perm("accounts.change_coachprofile") else []

    @action(label=_("Approve"), methods=("POST",), button_type="form")
    def approve(self, request: HttpRequest, profile: CoachProfile) -> None:
        approve_coach(profile, by=request.user, now=clock.now())
        messages.success(request, gettext("The coach is approved and can be found."))

    @action(label=_("Send back"), methods=("GET", "POST"))
    def reject(self, request: HttpRequest, profile: CoachProfile) -> HttpResponse:
        form = RejectionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                reject_coach(profile, reason=form.cleaned_data["reason"], by=request.user, now=clock.now())
            if form.is_valid():
                messages.success(request, gettext("The coach is told why."))
                return HttpResponseRedirect(reverse("admin:accounts_coachprofile_change", args=[profile.pk]))
        context = self.admin_site.each_context(request) | {"form": form, "profile": profile, "opts": self.opts}
        return render(request, "admin/accounts/reject_coach.html", context)


@admin.register(StudentProfile)
class StudentProfileAdmin(ReadOnlyAdmin):
    list_display = ["user", "country"]
    search_fields = ["user__email", "user__name"]
    list_select_related = ["user"]


@admin.register(Relation)
class RelationAdmin(ReadOnlyAdmin):
    list_display = ["student", "coach", "since"]
    search_fields = ["student__email", "coach__email"]
    list_select_related = ["student", "coach"]


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
