"""Whether this process can serve, and numbers for whoever watches."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q
from prometheus_client.core import GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from core import clock
from core.models import Heartbeat, OutgoingMail
from payments.models import Forgetting, Incident, Refund, StripeEvent, Transfer
from scheduling.models import Session

SWEEP_IS_LATE = timedelta(minutes=3)
migrated = {"yes": False}


def reasons() -> list[str]:
    """Why this process should not be asked now; empty when it is ready."""
    checks: dict[str, Callable[[], str]] = {"database": _database, "migrations": _migrations, "sweep": _sweep}
    found = []
    for name, check in checks.items():
        try:
            found.append(check())
        except DatabaseError:
            found.append(f"{name}: the database does not answer")
            break
    return [reason for reason in [*found, _redis()] if reason]


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    if not migrated["yes"]:  # what is applied stays applied
        executor = MigrationExecutor(connection)
        migrated["yes"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "" if migrated["yes"] else "migrations: some are not applied"


def _sweep() -> str:
    beat = Heartbeat.objects.filter(name="sweep").first()
    if beat is None:
        return "sweep: it has never run"
    late = datetime.now(UTC) - beat.at
    return f"sweep: last seen {int(late.total_seconds())} seconds ago" if late > SWEEP_IS_LATE else ""


def _redis() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_PATIENCE).ping()
    except RedisError:
        return "redis: it does not answer"
    return ""


class Work:
    """What waits to be done, counted when somebody asks for the metrics."""

    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        unsent = Q(state__in=["planned", "sending"])
        waits = {
            "mails": OutgoingMail.objects.filter(unsent, due_at__lte=now),
            "stripe_events": StripeEvent.objects.filter(handled_at__isnull=True, due_at__lte=now),
            "transfers": Transfer.objects.filter(state__in=["planned", "unknown"], due_at__lte=now),
            "forgettings": Forgetting.objects.filter(done_at__isnull=True, due_at__lte=now),
            "refunds": Refund.objects.filter(state__in=["planned", "unknown"], due_at__lte=now),
        }
        due = GaugeMetricFamily("skileez_due", "Work that is due and not done", labels=["kind"])
        oldest = GaugeMetricFamily("skileez_oldest_due_seconds", "Age of the oldest due work", labels=["kind"])
        for kind, rows in waits.items():
            found = rows.aggregate(count=Count("pk"), first=Min("due_at"))
            due.add_metric([kind], found["count"])
            oldest.add_metric([kind], (now - found["first"]).total_seconds() if found["first"] else 0)
        yield from [due, oldest]
        yield _gauge(
            "incidents_open", "Differences staff must look at", Incident.objects.filter(closed_at=None).count()
        )
        yield _gauge("sessions_in_progress", "Sessions under way", Session.objects.filter(state="in_progress").count())
        beat = Heartbeat.objects.filter(name="sweep").first()
        yield _gauge("sweep_at_seconds", "When the sweep last began", beat.at.timestamp() if beat else 0)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"skileez_{name}", meaning, value=value)
