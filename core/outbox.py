"""The outbox: a mail is a row of the transaction that causes it, and is carried afterwards, once."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import mjml
import structlog
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.template.loader import render_to_string
from django.utils import translation
from kombu.exceptions import KombuError

from core import away
from core.models import OutgoingMail

log = structlog.get_logger(__name__)
PATIENCE = timedelta(minutes=10)
TRIES = 8
METHOD = re.compile(r"^METHOD:(\w+)", re.MULTILINE)
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML, and so MJML, cannot hold


def post(
    template: str,
    *,
    key: str,
    to: str,
    recipient: AbstractBaseUser | None,
    now: datetime,
    is_last: bool = False,
    calendar: str = "",
    **context: Any,
) -> OutgoingMail:
    """Put a mail in the outbox; the same key and address is the same mail. Templates: `mail/<template>.*`.

    `calendar` is an .ics file that goes along.
    """
    context |= {"site_url": settings.SITE_URL, "recipient": recipient}
    with translation.override(getattr(recipient, "language", None) or settings.LANGUAGE_CODE):
        subject = " ".join(render_to_string(f"mail/{template}_subject.txt", context).split())
        text = render_to_string(f"mail/{template}.txt", context)
        html = mjml.mjml2html(UNPRINTABLE.sub("", render_to_string(f"mail/{template}.mjml", context)))
    return put(
        kind=template,
        key=key,
        to=to,
        recipient=recipient,
        subject=subject,
        text=text,
        html=html,
        now=now,
        is_last=is_last,
        calendar=calendar,
    )


def put(
    *,
    kind: str,
    key: str,
    to: str,
    recipient: AbstractBaseUser | None,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    is_last: bool = False,
    calendar: str = "",
) -> OutgoingMail:
    """Put a finished mail in the outbox and nudge the worker after commit."""
    mail, fresh = OutgoingMail.objects.get_or_create(
        key=key,
        to=to,
        defaults={
            "kind": kind,
            "recipient_id": recipient.pk if recipient else None,
            "subject": subject[:200],
            "text": text,
            "html": html,
            "calendar": calendar,
            "is_last": is_last,
            "created_at": now,
            "due_at": now,
        },
    )
    if fresh:
        nudge("core.tasks.carry_mail", mail.pk)
    return mail


def nudge(name: str, *args: Any) -> None:
    """Ask a worker to do a task after commit; when no broker answers, the sweep will find the row."""
    task = current_app.tasks[name]  # by name, since tasks call the operations that nudge them
    transaction.on_commit(lambda: _publish(task, args), robust=True)


def _publish(task: Any, args: tuple[Any, ...]) -> None:
    """Hand the task to the broker; one that hangs costs one person a moment, not everybody each time."""
    if away.is_away(settings.REDIS_URL):
        return
    try:
        task.apply_async(args, retry=False, ignore_result=True)
    except (OSError, KombuError) as error:
        away.found_away(settings.REDIS_URL)
        log.warning("nudge lost", task=task.name, error=str(error))


def forget_mails_to(person: AbstractBaseUser, addresses: Collection[str], *, needed: Collection[str] = ()) -> None:
    """Forget every mail to a person who leaves: those sent lose their words, those not sent are dropped.

    What is needed by law still goes out, and is forgotten then.
    """
    theirs = Q(recipient=person) | Q(to__in=addresses)
    rows = OutgoingMail.objects.select_for_update().filter(theirs).order_by("pk").values_list("pk", "state", "kind")
    by_fate: dict[str, list[int]] = {"forget": [], "send": [], "drop": []}
    for pk, state, kind in rows:
        by_fate[_fate(state, is_needed=kind in needed)].append(pk)
    OutgoingMail.objects.filter(pk__in=by_fate["drop"]).delete()
    OutgoingMail.objects.filter(pk__in=by_fate["send"]).update(is_last=True)
    forget(OutgoingMail.objects.filter(pk__in=by_fate["forget"]))


def _fate(state: str, *, is_needed: bool) -> str:
    if state == OutgoingMail.State.PLANNED:
        return "send" if is_needed else "drop"
    return "send" if state == OutgoingMail.State.SENDING else "forget"


def forget(mails: QuerySet[OutgoingMail]) -> None:
    """Keep that there was a mail, and nothing of what it said and to whom."""
    nowhere = Concat(Value("erased-"), Cast("pk", CharField()), Value("@erased.invalid"), output_field=CharField())
    mails.update(to=nowhere, subject="", text="", html="", calendar="", last_error="")


def due_mails(now: datetime) -> Iterable[OutgoingMail]:
    return OutgoingMail.objects.filter(state__in=["planned", "sending"], due_at__lte=now).order_by("due_at")[:200]


def carry(mail: OutgoingMail, *, now: datetime) -> bool:
    """Claim a due mail, send it, and say so; false when another process has it or it failed."""
    claimed = OutgoingMail.objects.filter(pk=mail.pk, state__in=["planned", "sending"], due_at__lte=now).update(
        state=OutgoingMail.State.SENDING, due_at=now + PATIENCE
    )
    if not claimed:
        return False
    mail = OutgoingMail.objects.get(pk=mail.pk)
    try:
        _send(mail)
    except Exception as error:  # whatever breaks a mail is kept with it, and must not stop the next one
        _try_later(mail, error, now)
        return False
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=OutgoingMail.State.SENT, sent_at=now, attempts=mail.attempts + 1, last_error=""
    )
    forget(OutgoingMail.objects.filter(pk=mail.pk, is_last=True))
    return True


def _send(mail: OutgoingMail) -> None:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        headers={"Message-ID": f"<{mail.pk}.{mail.created_at:%Y%m%d%H%M%S}@skileez>"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        _attach_calendar(message, mail.calendar)
    message.send()


def _attach_calendar(message: EmailMultiAlternatives, file: str) -> None:
    """As a part that mail programs act upon, and as a file for those that only show it."""
    method = METHOD.search(file)
    kind = f"text/calendar; method={method[1]}" if method else "text/calendar"
    message.attach_alternative(file, kind)
    message.attach("invite.ics", file, kind)


def _try_later(mail: OutgoingMail, error: Exception, now: datetime) -> None:
    attempts = mail.attempts + 1
    given_up = attempts >= TRIES
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=OutgoingMail.State.FAILED if given_up else OutgoingMail.State.PLANNED,
        attempts=attempts,
        last_error=str(error)[:300],
        due_at=now + timedelta(minutes=2**attempts),
    )
    forget(OutgoingMail.objects.filter(pk=mail.pk, is_last=True, state=OutgoingMail.State.FAILED))
