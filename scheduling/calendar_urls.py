"""Pages of calendars."""

from django.urls import path, re_path

from scheduling.views import feeds
from scheduling.views.calendar import calendar

urlpatterns = [
    path("calendar/", calendar, name="calendar"),
    path("calendar/settings/", feeds.calendar_settings, name="calendar-settings"),
    path("calendar/address/", feeds.renew, name="calendar-feed-renew"),
    path("calendar/google/connect/", feeds.connect, name="calendar-google-connect"),
    path("calendar/google/disconnect/", feeds.disconnect, name="calendar-google-disconnect"),
    re_path(r"^calendar/(?P<token>[\w-]{20,64})\.ics$", feeds.feed, name="calendar-feed"),
    re_path(r"^sessions/(?P<pk>\d{1,18})/session\.ics$", feeds.session_file, name="session-ics"),
]
