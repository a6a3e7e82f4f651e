"""dj-stripe's lists: those of use to staff are shown, the others can be reached; none can be changed.

Two are taken away, because they show secrets in plain text: the API keys and the webhook endpoints.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from djstripe import admin as _registers_its_lists  # noqa: F401
from djstripe import models

SHOWN = {
    models.Account,
    models.BalanceTransaction,
    models.Charge,
    models.Customer,
    models.Event,
    models.PaymentIntent,
    models.Refund,
    models.Session,
    models.Transfer,
}
SECRET = {models.APIKey, models.WebhookEndpoint}


class Mirror(admin.ModelAdmin):  # type: ignore[type-arg]
    """One kind of object as Stripe last described it."""

    list_display = ["id", "livemode", "created"]
    search_fields = ["=id"]
    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HiddenMirror(Mirror):
    """Reached by its address, not listed."""

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}


class BareMirror(HiddenMirror):
    """A table of dj-stripe's own, which has no Stripe id."""

    list_display = ["__str__"]
    search_fields = []


def _has_id(model: Any) -> bool:
    return {"id", "livemode", "created"} <= {field.name for field in model._meta.get_fields()}


for model in [model for model in admin.site._registry if model._meta.app_label == "djstripe"]:
    admin.site.unregister(model)
    if model not in SECRET:
        admin.site.register(model, Mirror if model in SHOWN else HiddenMirror if _has_id(model) else BareMirror)
