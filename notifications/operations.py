"""Telling people what happened: a notice, a mail, a word on their live stream; each once."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone, translation

from accounts.models import User
from core import outbox
from core.erasure import Words, addresses_in, replace_words, replaced
from core.models import Event, KeptAnswer, OutgoingMail
from core.operations import operation
from notifications.live import announce
from notifications.models import Notification

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAIL_KEY = Concat(Value("event:"), Cast("pk", CharField()))
MAIL_WORDS = ["subject", "text", "html"]


@operation
def tell(
    recipient: User, event: Event, *, kind: str, text: "StrOrPromise", url: str, mail: str | None = None, **about: Any
) -> Notification:
    """Tell a person of an event, once: a notice, a mail of that template when one is named, a word to open pages.

    The text may be lazy: it is read in the recipient's language and time zone.
    """
    with as_read_by(recipient):
        sentence = str(text)
    notice, fresh = Notification.objects.get_or_create(
        recipient=recipient,
        event=event,
        defaults={"kind": kind, "text": sentence[:300], "url": url, "made_at": event.at},
    )
    if fresh:
        announce([recipient.pk], "notifications", kind)
    if fresh and mail:
        write_to(recipient, event, mail=mail, text=sentence, url=url, **about)
    return notice


@operation
def write_to(recipient: User, event: Event, *, mail: str, **about: Any) -> None:
    """Put the mail on an event to a person in the outbox; the same event is the same mail."""
    with as_read_by(recipient):
        outbox.post(mail, key=f"event:{event.pk}", to=recipient.email, recipient=recipient, now=event.at, **about)


@operation
def open_notice(notice: Notification, *, by: User, now: datetime) -> None:
    """Mark a notice as read; the first reading counts."""
    if notice.recipient_id != by.pk:
        raise PermissionDenied
    if Notification.objects.unread().filter(pk=notice.pk).update(read_at=now):
        announce([by.pk], "notifications")


@operation
def read_notices(*, by: User, now: datetime, ids: list[int] | None = None) -> int:
    """Mark these notices of a person as read, or all of them; says how many were unread."""
    notices = Notification.objects.of(by).unread()
    count = (notices if ids is None else notices.filter(pk__in=ids)).update(read_at=now)
    if count:
        announce([by.pk], "notifications")
    return count


@operation
def forget_words(person: User, *, around: Collection[int], about: QuerySet[Event], words: Words) -> None:
    """A person leaves: what they were told goes, and in what others were told of them another word is their name.

    Only what is about them: whoever is called “Your” takes no word out of what others were told of others.
    """
    Notification.objects.filter(recipient=person).delete()
    replace_words(Notification.objects.filter(recipient__in=around, event__in=about), ["text"], words)
    mails, keys = OutgoingMail.objects.filter(recipient__in=around), about.values_list(MAIL_KEY)
    replace_words(mails.filter(key__in=keys), MAIL_WORDS, words)
    mails.filter(key__in=keys).update(calendar="")  # its lines are folded: a name is not found in them
    replace_words(mails, MAIL_WORDS, addresses_in(words))
    for kept in KeptAnswer.objects.filter(user__in=around, body__isnull=False):
        fresh = replaced(kept.body, words)
        if fresh != kept.body:
            KeptAnswer.objects.filter(pk=kept.pk).update(body=fresh)


@contextmanager
def as_read_by(recipient: User) -> Iterator[None]:
    """Words in the person's language, times in their zone."""
    with translation.override(recipient.language), timezone.override(ZoneInfo(recipient.time_zone)):
        yield
