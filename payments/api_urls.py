"""Endpoints of this floor under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from payments import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("connect/onboard/", api.ConnectOnboard.as_view(), name="api-connect-onboard"),
    path("connect/status/", api.ConnectStatus.as_view(), name="api-connect-status"),
    path("transactions/", api.Transactions.as_view(), name="api-transactions"),
    path("payouts/", api.Payouts.as_view({"get": "list"}), name="api-payouts"),
    path("webhook/", api.Webhook.as_view(), name="api-webhook"),
    path("webhook", views.stripe_webhook),
]
