"""Pages of this floor."""

from django.contrib.sitemaps.views import index, sitemap
from django.urls import path
from django.views.decorators.cache import cache_page

from dashboards import views
from dashboards.sitemaps import SITEMAPS

SITEMAP = {"sitemaps": SITEMAPS}
KEPT = 3600  # seconds

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
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", cache_page(KEPT)(index), SITEMAP | {"sitemap_url_name": "sitemap-of"}, name="sitemap"),
    path("sitemap-<slug:section>.xml", cache_page(KEPT)(sitemap), SITEMAP, name="sitemap-of"),
]
