"""The stream over real HTTP, from the server that carries it in the demo and in production."""

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from accounts.tests.factories import StudentFactory
from core import away
from demo import embedded
from demo.children import Child
from notifications import live
from notifications.live import announce

ROOT = Path(__file__).resolve().parents[2]
MANY = 50
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(tmp_path):
    port = embedded.quiet_port()
    server = ["granian", "--interface=asginl", f"--port={port}", "--workers=1", "--workers-kill-timeout=3"]
    env = os.environ | {"DATABASE_URL": url_of_this_database(), "CONN_MAX_AGE": "60"}
    command = [sys.executable, "-m", *server, "--no-ws", "skileez.asgi:application"]
    with Child("site", command, log=tmp_path / "site.log", env=env, cwd=ROOT) as child:
        child.wait_until(lambda: answers(port))
        yield port


def url_of_this_database():
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"])).replace(":/?", ":///?")


def answers(port):
    try:
        return get(port, "/healthz").status == 200
    except OSError:
        return False


def get(port, path, cookie=""):
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = asking.getresponse()
    answer.asking = asking  # kept open as long as the answer
    return answer


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A slow moment of this machine must neither lose a word nor keep quiet afterwards, as live pages may."""
    monkeypatch.setattr(away, "_until", {})
    monkeypatch.setattr(live, "PATIENCE", {"socket_timeout": 5, "socket_connect_timeout": 5})
    live._client.cache_clear()
    yield
    live._client.cache_clear()


@pytest.fixture
def student():
    return StudentFactory()


@pytest.fixture
def cookie(client, student):
    client.force_login(student)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def listening(port, cookie):
    """A stream that has said that it listens."""
    stream = get(port, "/live/", cookie)
    assert stream.status == 200
    wait_for(stream, b": listening")
    return stream


def wait_for(stream, line):
    while not stream.readline().startswith(line):
        pass


def backends():
    """How many connections to this database others have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def test_what_changed_arrives_within_two_seconds(port, cookie, student):
    stream = listening(port, cookie)
    began = time.monotonic()
    announce([student.pk], "sessions")
    wait_for(stream, b"event: sessions")
    assert time.monotonic() - began < 2
    assert stream.readline() == b"data: 1\n"


def test_the_words_of_others_do_not_arrive(port, cookie, student):
    stream = listening(port, cookie)
    announce([student.pk + 1], "contracts")
    announce([student.pk], "money")
    assert next(line for line in iter(stream.readline, b"") if line.startswith(b"event")) == b"event: money\n"


def test_nobody_listens_without_signing_in(port):
    assert get(port, "/live/").status == 401


def test_fifty_open_streams_hold_no_database_connection(port, cookie, student):
    streams = [listening(port, cookie) for _number in range(MANY)]
    assert backends() == 0
    announce([student.pk], "money")
    for stream in streams:
        wait_for(stream, b"event: money")


def test_a_redis_that_is_away_loses_a_word_and_nothing_else(settings, student):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live._client.cache_clear()
    try:
        began = time.monotonic()
        for _time in range(20):
            announce([student.pk], "money")
        assert time.monotonic() - began < 2
    finally:
        live._client.cache_clear()
