from django.contrib import admin

from core.admin import ReadOnlyAdmin
from core.models import OutgoingMail
from notifications.deliveries import register_logs
from notifications.models import Notification

register_logs()


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "recipient", "kind", "text", "read_at"]
    list_filter = ["kind", ("read_at", admin.EmptyFieldListFilter)]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email", "text"]
    date_hierarchy = "made_at"


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """The delivery log: what was written to whom, and whether it left."""

    list_display = ["created_at", "to", "subject", "kind", "state", "attempts", "sent_at", "last_error"]
    list_filter = ["state", "kind"]
    search_fields = ["to", "subject", "key"]
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_fields(self, request, obj=None):
        """Letters hold codes and links that open accounts: only those who may do anything read them."""
        fields = super().get_fields(request, obj)
        return fields if request.user.is_superuser else [name for name in fields if name not in {"text", "html"}]
