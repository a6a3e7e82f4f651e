"""Pages of this floor."""

from allauth.headless.constants import Client
from django.urls import path, register_converter

from accounts import views
from accounts.api.address import ConfirmAddressView
from accounts.models import Role


class RoleConverter:
    regex = "|".join(Role.values)

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(RoleConverter, "role")

urlpatterns = [
    path("_allauth/app/v1/auth/email/verify", ConfirmAddressView.as_api_view(client=Client.APP)),
    path("profile/", views.profile, name="profile"),
    path("profile/photo/", views.photo, name="photo"),
    path("profile/photo/remove/", views.photo_remove, name="photo-remove"),
    path("profile/zone/", views.zone, name="zone"),
    path("profile/role/", views.switch_role, name="switch-role"),
    path("profile/become/<role:role>/", views.become, name="become"),
    path("students/<int:pk>/", views.student, name="student"),
    path("onboarding/", views.onboarding, name="onboarding"),
    path("onboarding/student/", views.onboarding_student, name="onboarding-student"),
    path("onboarding/coach/", views.onboarding_coach, name="onboarding-coach"),
    path("onboarding/coach/review/", views.onboarding_review, name="onboarding-review"),
    path("onboarding/coach/discard/", views.onboarding_discard, name="onboarding-discard"),
    path("onboarding/coach/<slug:step>/", views.onboarding_step, name="onboarding-step"),
]
