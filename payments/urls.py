"""Pages of this floor."""

from django.urls import URLPattern, URLResolver, path

from payments import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/stripe", views.stripe_webhook, name="stripe-webhook"),
    path("payouts/", views.payouts, name="payouts"),
    path("payouts/onboard/", views.connect_onboard, name="connect-onboard"),
    path("payouts/return/", views.connect_return, name="connect-return"),
    path("payouts/refresh/", views.connect_refresh, name="connect-refresh"),
    path("payouts/dashboard/", views.connect_dashboard, name="connect-dashboard"),
]
