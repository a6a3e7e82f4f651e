"""The stream over real HTTP, from the server that carries it in the demo and in production."""

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.tests.factories import StudentFactory
from core import away
from demo import embedded
from demo.children import Child
from notifications import live
from notifications.live import announce

ROOT = Path(__file__).resolve().parents[2]
MANY = 50
pytestmark = pytest.mark.django_db(transaction=True)


class Site:
    """A server of the site that may be away for a while, on a port that stays."""

    def __init__(self, log):
        self.port, self.log = embedded.quiet_port(), log
        server = ["granian", "--interface=asginl", f"--port={self.port}", "--workers=1", "--workers-kill-timeout=3"]
        self.command = [sys.executable, "-m", *server, "--no-ws", "skileez.asgi:application"]

    def start(self):
        env = os.environ | {
            "DATABASE_URL": url_of_this_database(),
            "CONN_MAX_AGE": "60",
            "REDIS_URL": settings.REDIS_URL,
        }
        self.child = Child("site", self.command, log=self.log, env=env, cwd=ROOT)
        self.child.wait_until(lambda: answers(self.port))


@pytest.fixture
def served(tmp_path):
    served = Site(tmp_path / "site.log")
    try:
        served.start()
        yield served
    finally:
        served.child.stop()
        print(served.child.output())


@pytest.fixture
def port(served):
    return served.port


def url_of_this_database():
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"])).replace(":/?", ":///?")


def answers(port):
    try:
        return get(port, "/healthz").status == 200
    except OSError:
        return False


def get(port, path, cookie="", **headers):
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("GET", path, headers=headers | ({"Cookie": cookie} if cookie else {}))
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


def listening(port, cookie, path="/live/", **headers):
    """A stream that has said that it listens."""
    stream = get(port, path, cookie, **headers)
    assert stream.status == 200
    wait_for(stream, b": listening")
    return stream


def next_event(stream):
    return next(line for line in iter(stream.readline, b"") if line.startswith(b"event")).decode().strip()


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
    assert next_event(stream) == "event: money"


def test_nobody_listens_without_signing_in(port):
    assert get(port, "/live/").status == 401


def test_fifty_open_streams_hold_no_database_connection(port, cookie, student):
    streams = [listening(port, cookie) for _number in range(MANY)]
    assert backends() == 0
    announce([student.pk], "money")
    for stream in streams:
        wait_for(stream, b"event: money")


def test_a_page_looks_again_when_something_was_said_before_its_stream_listened(port, cookie, student):
    asked_at = time.time()
    announce([student.pk], "sessions")
    stream = listening(port, cookie, f"/live/?since={asked_at}")
    announce([student.pk], "money")
    assert (next_event(stream), next_event(stream)) == ("event: again", "event: money")


def test_a_page_that_is_asked_for_after_a_word_knows_it(port, cookie, student):
    announce([student.pk], "sessions")
    announce([student.pk + 1], "money")
    stream = listening(port, cookie, f"/live/?since={time.time()}")
    announce([student.pk], "money")
    assert next_event(stream) == "event: money"


@pytest.mark.parametrize("path", ["/live/?since=1", "/live/?since=x", "/live/?since=nan", "/live/?since=", "/live/"])
def test_only_a_page_as_old_as_the_hills_looks_again_unasked(port, cookie, student, path):
    stream = listening(port, cookie, path)
    announce([student.pk], "money")
    assert next_event(stream) == ("event: again" if path.endswith("since=1") else "event: money")


def test_a_stream_that_comes_again_is_told_to_look_again(port, cookie):
    stream = get(port, "/live/", cookie)
    wait_for(stream, b"id: heard")
    assert next_event(listening(port, cookie, **{"Last-Event-ID": "heard"})) == "event: again"


@pytest.fixture
def own_redis(settings, tmp_path):
    """A Redis of this test's own, which may stand still."""
    with embedded.redis(log=tmp_path / "redis.log") as server:
        settings.REDIS_URL = server.url
        live._client.cache_clear()
        yield psutil.Process(server.child.process.pid)


def test_what_is_said_while_redis_stands_still_arrives_soon_after(own_redis, port, cookie, student, monkeypatch):
    monkeypatch.setattr(live, "PATIENCE", {**live.PATIENCE, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)})
    stream = listening(port, cookie)
    own_redis.suspend()
    began = time.monotonic()
    for _number in range(20):
        announce([student.pk], "sessions")
    assert time.monotonic() - began < 2
    time.sleep(3)
    own_redis.resume()
    resumed = time.monotonic()
    assert next_event(stream) == "event: sessions"
    assert time.monotonic() - resumed < 5
    announce([student.pk], "money")
    wait_for(stream, b"event: money")
    assert time.monotonic() - resumed < 6


def test_a_stream_that_begins_while_redis_stands_still_listens_soon_after(own_redis, port, cookie):
    own_redis.suspend()
    stream = get(port, "/live/", cookie)
    wait_for(stream, b": waiting")
    own_redis.resume()
    resumed = time.monotonic()
    assert next_event(stream) == "event: again"
    assert time.monotonic() - resumed < 5


def test_nobody_waits_for_a_redis_that_is_away(settings, student):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live._client.cache_clear()
    try:
        began = time.monotonic()
        for _time in range(20):
            announce([student.pk], "money")
        assert time.monotonic() - began < 2
    finally:
        live._client.cache_clear()
