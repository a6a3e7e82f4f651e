"""People for staff: roles and groups, the queue of coaches to approve, the list of skills."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from accounts.admin.coaches import CoachProfileAdmin
from accounts.admin.people import RelationAdmin, StudentProfileAdmin, UserAdmin
from accounts.admin.sign_in import AuthenticatorAdmin, UserSessionAdmin
from accounts.admin.skills import SkillAdmin

__all__ = [
    "AuthenticatorAdmin",
    "CoachProfileAdmin",
    "RelationAdmin",
    "SkillAdmin",
    "StudentProfileAdmin",
    "UserAdmin",
    "UserSessionAdmin",
]

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
