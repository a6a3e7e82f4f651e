"""Pages of this floor."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/bell/", views.bell, name="bell"),
    path("notifications/read/", views.read_all, name="notifications-read"),
    path("notifications/<int:pk>/open/", views.open_one, name="notification-open"),
    path("live/", views.live, name="live"),
]
