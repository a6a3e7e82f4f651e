"""allauth's lists for staff, where they do not fit: sessions are searched by address, and no secret is shown."""

from allauth.mfa.admin import AuthenticatorAdmin
from allauth.usersessions.admin import UserSessionAdmin

AuthenticatorAdmin.exclude = ["data"]
AuthenticatorAdmin.search_fields = ["user__email"]
UserSessionAdmin.exclude = ["data"]
UserSessionAdmin.search_fields = ["user__email", "ip"]

__all__ = ["AuthenticatorAdmin", "UserSessionAdmin"]
