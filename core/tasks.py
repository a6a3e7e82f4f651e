"""The sweep: all due work of every floor, by the minute or by hand. Running it twice changes nothing."""

from datetime import UTC, datetime

import structlog
from celery import shared_task
from django.db import connection

from core import clock
from core.models import Heartbeat, KeptAnswer, OutgoingMail
from core.outbox import carry, due_mails
from core.registry import in_order, sweep

log = structlog.get_logger(__name__)
SWEEP_LOCK = 7_355_608


@shared_task
def sweep_all() -> dict[str, int]:
    """Do what is due on every floor; one sweep at a time, a second one leaves at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SWEEP_LOCK])
        if not cursor.fetchone()[0]:
            return {}
        try:
            return _sweep()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])


def _sweep() -> dict[str, int]:
    counts = {}
    for name, work in in_order():
        try:
            counts[name] = work(clock.now())
        except Exception:
            log.exception("sweep failed", sweep=name)  # one broken floor must not stop the others
            counts[name] = -1
    Heartbeat.objects.update_or_create(name="sweep", defaults={"at": datetime.now(UTC)})
    return counts


@shared_task
def carry_mail(pk: int) -> None:
    """Send one mail of the outbox."""
    carry(OutgoingMail(pk=pk), now=clock.now())


@sweep("mails", outside=True)
def carry_due_mails(now: datetime) -> int:
    return sum(carry(mail, now=now) for mail in due_mails(now))


@sweep("kept answers")
def forget_spent_answers(now: datetime) -> int:
    spent = KeptAnswer.objects.spent(now).values("pk")[:1000]
    return KeptAnswer.objects.filter(pk__in=spent).delete()[0]
