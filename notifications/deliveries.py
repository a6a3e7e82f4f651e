"""The delivery log of reminders for staff: which went by which way, when, and whether it was read."""

from typing import Any

from django.contrib import admin
from django.db.models import BigIntegerField, CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin import PaidSessionAdmin
from core.models import Event, OutgoingMail
from notifications.models import Notification
from scheduling.admin import ReminderAdmin
from scheduling.events import REMINDER_DUE
from scheduling.models import Reminder, Session


def with_deliveries(reminders: "QuerySet[Reminder]") -> Any:
    """Each reminder with the moments and states of its notice in the app and of its mail, in one statement."""
    sent = Event.objects.filter(
        name=REMINDER_DUE, subject_kind="scheduling.session", subject_id=OuterRef("session_id")
    ).annotate(of=Cast(KeyTextTransform("reminder", "facts"), BigIntegerField()))
    rows = reminders.annotate(told_by=Subquery(sent.filter(of=OuterRef("pk")).values("pk")[:1]))
    rows = rows.annotate(mail_key=Concat(Value("event:"), Cast(F("told_by"), CharField())))
    notice = Notification.objects.filter(event=OuterRef("told_by"), recipient=OuterRef("recipient"))
    mail = OutgoingMail.objects.filter(key=OuterRef("mail_key"), recipient=OuterRef("recipient"))
    parts = {"told_at": (notice, "made_at"), "opened_at": (notice, "read_at")}
    parts |= {f"mail_{name}": (mail, name) for name in ("state", "sent_at", "attempts", "last_error")}
    return rows.annotate(**{name: Subquery(found.values(field)[:1]) for name, (found, field) in parts.items()})


class ReminderLogAdmin(ReminderAdmin):
    """The log of reminders: planned, sent, dropped; and what became of those that were sent."""

    list_display = [*ReminderAdmin.list_display, "in_app", "by_mail"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_deliveries(super().get_queryset(request))

    @admin.display(description=_("in the app"))
    def in_app(self, row: Any) -> str:
        return in_app(row)

    @admin.display(description=_("by mail"))
    def by_mail(self, row: Any) -> str:
        return by_mail(row)


class SessionWithLogAdmin(PaidSessionAdmin):
    """Sessions, with who was reminded of them, by which way and when."""

    fields = [*PaidSessionAdmin.fields, "reminders_log", "notices"]
    readonly_fields = [*PaidSessionAdmin.readonly_fields, "reminders_log", "notices"]

    @admin.display(description=_("who was told what"))
    def notices(self, session: Session) -> SafeString:
        about = Event.objects.about(session, *session.problems.all()).exclude(name=REMINDER_DUE)
        told = Notification.objects.filter(event__in=about).select_related("recipient").order_by("pk")
        lines = ((_at(notice.made_at), notice.recipient, notice.text) for notice in told)
        return format_html_join("", "<div>{} · {} · {}</div>", lines)

    @admin.display(description=_("reminders"))
    def reminders_log(self, session: Session) -> SafeString:
        rows = with_deliveries(Reminder.objects.filter(session=session)).select_related("recipient")
        lines = (
            (
                f"v{row.version}",
                row.get_kind_display(),
                row.recipient,
                _at(row.due_at),
                row.get_state_display(),
                in_app(row),
                by_mail(row),
            )
            for row in rows.order_by("due_at", "pk")
        )
        return format_html_join("", "<div>{} · <b>{}</b> · {} · {} · {} · {} · {}</div>", lines)


def in_app(row: Any) -> str:
    if not row.told_at:
        return "–"
    said = gettext("in the app %(at)s") % {"at": _at(row.told_at)}
    return said + (", " + gettext("read %(at)s") % {"at": _at(row.opened_at)} if row.opened_at else "")


def by_mail(row: Any) -> str:
    if not row.mail_state:
        return "–"
    state = str(OutgoingMail.State(row.mail_state).label)
    if row.mail_sent_at:
        return f"{state} {_at(row.mail_sent_at)}"
    return f"{state} ({row.mail_attempts}) {row.mail_last_error}".strip()


def register_logs() -> None:
    """In place of the lists of the floor below, which cannot know what became of a reminder."""
    for model, log in ((Reminder, ReminderLogAdmin), (Session, SessionWithLogAdmin)):
        if admin.site.is_registered(model):
            admin.site.unregister(model)
        admin.site.register(model, log)


def _at(moment: Any) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")
