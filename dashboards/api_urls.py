"""Endpoints of this floor under /api/v1/."""

from django.urls import path

from dashboards import api

urlpatterns = [
    path("me/export/", api.ExportView.as_view(), name="api-export"),
    path("me/erase/", api.EraseView.as_view(), name="api-erase"),
]
