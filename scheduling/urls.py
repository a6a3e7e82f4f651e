"""Pages of this floor. Addresses that are posted to are known with and without a slash at the end."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from scheduling import calendar_urls, views

PK = r"(?P<pk>\d{1,18})"
OLD_CALLS = RedirectView.as_view(pattern_name="session")

urlpatterns = [
    *calendar_urls.urlpatterns,
    path("availability/", views.availability, name="availability"),
    path("sessions/", views.sessions, name="sessions"),
    re_path(rf"^sessions/{PK}/$", views.session, name="session"),
    re_path(rf"^sessions/{PK}/schedule/$", views.pick, name="session-schedule"),
    re_path(rf"^sessions/{PK}/hold/$", views.hold, name="session-hold"),
    re_path(rf"^sessions/{PK}/reschedule/$", views.reschedule, name="session-reschedule"),
    re_path(rf"^sessions/{PK}/move/$", views.move, name="session-move"),
    re_path(rf"^sessions/{PK}/approve-reschedule/?$", views.answer, {"verb": "agree"}, name="session-move-agree"),
    re_path(rf"^sessions/{PK}/decline-reschedule/?$", views.answer, {"verb": "decline"}, name="session-move-decline"),
    re_path(
        rf"^sessions/{PK}/withdraw-reschedule/?$", views.answer, {"verb": "withdraw"}, name="session-move-withdraw"
    ),
    re_path(rf"^sessions/{PK}/join/?$", views.join, name="session-join"),
    re_path(rf"^sessions/{PK}/meeting/$", views.meeting, name="session-meeting"),
    re_path(rf"^sessions/{PK}/notes/$", views.notes, name="session-notes"),
    re_path(rf"^sessions/{PK}/satisfaction/?$", views.satisfaction, name="session-satisfaction"),
    re_path(rf"^sessions/{PK}/start/?$", views.start, name="session-start"),
    re_path(rf"^sessions/{PK}/end/?$", views.end, name="session-end"),
    re_path(rf"^sessions/{PK}/complete/?$", views.complete, name="session-complete"),
    re_path(rf"^sessions/{PK}/outcome/?$", views.outcome, name="session-outcome"),
    re_path(rf"^sessions/{PK}/report/?$", views.report, name="session-report"),
    re_path(rf"^problems/{PK}/withdraw/?$", views.withdraw_report, name="problem-withdraw"),
    re_path(rf"^series/{PK}/$", views.series, name="series"),
    re_path(rf"^series/{PK}/end/?$", views.series_end, name="series-end"),
    re_path(rf"^sessions/{PK}/confirm/?$", views.answer_request, name="session-confirm"),
    re_path(rf"^sessions/{PK}/withdraw/?$", views.withdraw, name="session-withdraw"),
    re_path(rf"^schedule/free-consultation/{PK}/?$", views.consultation, name="coach-consultation"),
    path("calls/", RedirectView.as_view(pattern_name="sessions")),
    re_path(rf"^calls/{PK}(?:/.*)?$", OLD_CALLS),
]
