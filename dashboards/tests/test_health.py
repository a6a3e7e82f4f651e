from datetime import UTC, datetime, timedelta

import pytest

from accounts.tests.factories import StudentFactory, UserFactory
from core.models import Heartbeat
from dashboards import health

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.5"}


def beat(ago=timedelta()):
    Heartbeat.objects.update_or_create(name="sweep", defaults={"at": datetime.now(UTC) - ago})


def test_a_process_that_is_alive_says_so_without_the_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_process_is_ready_when_everything_answers(client):
    beat()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


@pytest.mark.django_db
def test_without_a_sweep_it_is_not_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": ["sweep: it has never run"]})


@pytest.mark.django_db
def test_with_a_late_sweep_it_is_not_ready(client):
    beat(ago=timedelta(minutes=4))
    [reason] = client.get("/readyz").json()["reasons"]
    assert reason.startswith("sweep: last seen 24")


@pytest.mark.django_db
def test_without_redis_it_is_not_ready(client, settings):
    beat()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["redis: it does not answer"])


@pytest.mark.django_db
def test_with_migrations_to_apply_it_is_not_ready(client, monkeypatch):
    from django.db.migrations.recorder import MigrationRecorder

    beat()
    monkeypatch.setattr(health, "migrated", {"yes": False})
    MigrationRecorder.Migration.objects.filter(app="notifications").delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["migrations: some are not applied"])


@pytest.mark.django_db
def test_metrics_count_what_is_due(client):
    beat()
    text = client.get("/metrics").content.decode()
    assert 'skileez_due{kind="mails"} 0.0' in text
    assert 'skileez_due{kind="transfers"} 0.0' in text
    assert "skileez_incidents_open 0.0" in text
    assert "process_cpu_seconds_total" in text


@pytest.mark.django_db
def test_metrics_are_for_this_machine_and_for_staff(client):
    assert client.get("/metrics", **ELSEWHERE).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 404
    client.force_login(StudentFactory())
    assert client.get("/metrics", **ELSEWHERE).status_code == 404
    client.force_login(UserFactory(is_staff=True))
    assert client.get("/metrics", **ELSEWHERE).status_code == 200
