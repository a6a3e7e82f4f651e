"""Pages about one's own sign-in that are ours; what is not here is allauth's, under the same `/accounts/`."""

from django.urls import path

from accounts import security

urlpatterns = [
    path("security/", security.overview, name="security"),
    path("sessions/", security.sessions, name="usersessions_list"),
]
