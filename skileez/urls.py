"""Where each floor's pages and endpoints hang."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

handler404 = "core.pages.not_found"
handler500 = "core.pages.server_error"

urlpatterns = [
    path("api/", include("skileez.api_urls")),  # first: clients need not wait until no page has their address
    path("", include("dashboards.urls")),
    path("", include("accounts.urls")),
    path("", include("marketplace.urls")),
    path("", include("scheduling.urls")),
    path("", include("payments.urls")),
    path("", include("contracts.urls")),
    path("", include("notifications.urls")),
    path("accounts/", include("accounts.security_urls")),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [path("", include("demo.urls"))]
