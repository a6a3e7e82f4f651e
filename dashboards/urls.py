"""Pages of this floor."""

from django.urls import path

from dashboards import views

urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("money/", views.money, name="money"),
    path("money/<str:label>/", views.money_of, name="money-of"),
    path("profile/data/", views.own_data, name="own-data"),
    path("profile/data/download/", views.own_data_download, name="own-data-download"),
    path("profile/erase/", views.erase, name="erase"),
    path("support/", views.support, name="support"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
