from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_object_actions import DjangoObjectActions, action

from accounts.models import Relation, StudentProfile, User
from accounts.operations import remove_photo
from core import clock
from core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(DjangoObjectActions, admin.ModelAdmin):
    """People sign up themselves; addresses and passwords are theirs. Only superusers hand out power.

    Only the person takes the data along or leaves: staff see that somebody left, and can do neither for them.
    """

    list_display = [
        "email",
        "name",
        "role",
        "is_student",
        "is_coach",
        "is_staff",
        "is_active",
        "date_joined",
        "erased_at",
    ]
    list_filter = [
        "is_student",
        "is_coach",
        "is_staff",
        "is_active",
        ("erased_at", admin.EmptyFieldListFilter),
        "groups",
    ]
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
        ("date_joined", "last_login", "erased_at"),
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
        return ["face", "email", "date_joined", "last_login", "erased_at", *power]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        above = obj is not None and (obj.is_superuser or obj.is_staff) and not request.user.is_superuser
        has_left = obj is not None and obj.erased_at is not None
        return super().has_change_permission(request, obj) and not above and not has_left


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
