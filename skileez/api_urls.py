"""The REST API: each floor's endpoints under /api/v1/, the schema and its page."""

from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api-docs"), name="api"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("v1/", include("dashboards.api_urls")),
    path("v1/", include("accounts.api_urls")),
    path("v1/", include("marketplace.api_urls")),
    path("v1/", include("scheduling.api_urls")),
    path("v1/", include("payments.api_urls")),
    path("v1/", include("contracts.api_urls")),
    path("v1/", include("notifications.api_urls")),
]
